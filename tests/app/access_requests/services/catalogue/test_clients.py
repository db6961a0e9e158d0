"""Clients of the file and of the browser: each is kept in one place; no load destroys or revives what is not its own."""

from datetime import datetime

import pytest

from access_requests.models import ApiClient, KeptIn
from access_requests.services import catalogue
from access_requests.services.people import clients
from access_requests.services.people.clients import EVERYONE, Terms
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.actor import Actor
from portal.verbs.run import run
from tests.app.access_requests.services.catalogue.loading import DEMO, edited, load, refused, signs
from tests.worlds.cast import actor_of
from tests.worlds.factors import give_codes

pytestmark = pytest.mark.django_db
TERMS = Terms(name="Pager", scopes=["requests:read"], people=EVERYONE, work_groups=[], source_addresses=["192.0.2.0/28"])
OWNED = "    owners: [admin01]\n"
PAGER = """
  pager:
    client_id: pager
    name: Pager
    scopes: [requests:read]
    people: everyone
    work_groups: [ProdMemberWorkGroup]
    source_addresses: [192.0.2.0/28]
"""


@pytest.fixture
def pager(demo: None, now: datetime) -> ApiClient:
    """A client that an administrator made in the browser."""
    actor = administrator()
    add = {"key": "pager", "client_id": "pager", "kind": "service", "kept_in": KeptIn.BROWSER}
    return run(lambda: clients.add(**add, terms=TERMS, actor=actor, now=now)).client


def administrator() -> Actor:
    """Return admin01, who has proven it by a code."""
    person = User.objects.get(username="admin01")
    if not person.second_factors:
        give_codes([person])
        person.forget_factors()
    return actor_of(person)


def revoked(key: str, now: datetime) -> None:
    client, actor = ApiClient.objects.get(key=key), administrator()
    run(lambda: clients.revoke(client=client, actor=actor, now=now))


@pytest.mark.usefixtures("pager")
def test_a_load_leaves_a_client_of_the_browser_alone_and_says_so(later: datetime) -> None:
    wanted = catalogue.read(DEMO.encode())
    assert load(DEMO, later).changes == []
    assert catalogue.left_alone(wanted) == ["pager"]
    assert ApiClient.objects.get(key="pager").retired_at is None


@pytest.mark.usefixtures("pager")
def test_a_file_that_names_it_takes_it_over_and_shows_that(later: datetime) -> None:
    loaded = load(DEMO + PAGER, later)
    assert [line for change in loaded.changes for line in change.lines()] == [
        "~ client pager",
        '    kept_in: "browser" -> "file"',
        '    owners: ["admin01"] -> []',
        '    work_groups: [] -> ["ProdMemberWorkGroup"]',
    ]
    taken = ApiClient.objects.get(key="pager")
    assert taken.kept_in == KeptIn.FILE
    # Whoever made it in the browser knows the secret that it had.
    assert taken.oauth_client.check_secret(loaded.made_secrets["pager"])
    assert load(DEMO + PAGER, later).changes == []
    assert signs(load(DEMO, later)) == ["- client pager"]


@pytest.mark.usefixtures("pager")
def test_a_client_id_of_the_browsers_is_taken(later: datetime) -> None:
    text = DEMO + PAGER.replace("  pager:", "  other:")
    assert "clients.other.client_id: another OAuth client has this id" in refused(text, later)


def test_a_client_revoked_in_the_browser_is_not_brought_back_by_a_load(demo: None, later: datetime) -> None:
    revoked("demo-bot", later)
    assert "clients.demo-bot: this was revoked in the browser" in refused(DEMO, later)
    assert ApiClient.objects.get(key="demo-bot").retired_at == later
    # Out of the file, the rest of it can be loaded; it stays revoked.
    assert signs(load(DEMO[: DEMO.index("clients:")], later)) == ["- client command-line"]
    assert ApiClient.objects.get(key="demo-bot").retired_at == later


def test_brought_back_in_the_browser_the_file_may_name_it_again(demo: None, later: datetime) -> None:
    revoked("demo-bot", later)
    client, actor = ApiClient.objects.get(key="demo-bot"), administrator()
    run(lambda: clients.bring_back(client=client, actor=actor, now=later))
    assert signs(load(DEMO, later)) == ["~ client demo-bot"]
    assert ApiClient.objects.get(key="demo-bot").kept_in == KeptIn.FILE


def test_a_personal_client_has_no_secret_and_logs_in_by_device_code(demo: None) -> None:
    client = ApiClient.objects.get(key="command-line")
    assert client.is_personal
    assert (client.oauth_client.type, client.oauth_client.get_grant_types()) == (
        "public",
        ["urn:ietf:params:oauth:grant-type:device_code"],
    )
    assert client.oauth_client.get_default_scopes() == ["audit:read", "requests:read", "requests:write"]
    after = TrailEntry.objects.get(subject="client:command-line").data["after"]
    assert (after["kind"], after["secret"], after["kept_in"]) == ("personal", None, "file")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("    secret: {env: CLI_SECRET}\n", "clients.command-line.secret: a personal client has no secret"),
        ("    owners: [admin01]\n", "clients.command-line.owners: a personal client has no secret that anybody could know"),
        ("    may_name_by_email: true\n", "clients.command-line.may_name_by_email: a personal client names nobody"),
    ],
)
def test_what_a_personal_client_cannot_have_is_refused(demo: None, later: datetime, line: str, says: str) -> None:
    assert says in refused(edited(("    kind: personal\n", "    kind: personal\n" + line)), later)


def test_file_names_who_owns_a_service(demo: None, later: datetime) -> None:
    assert signs(load(edited((OWNED, "    owners: [leader02, leader01]\n")), later)) == ["~ client demo-bot"]
    after = TrailEntry.objects.filter(subject="client:demo-bot").latest("id").data["after"]
    assert after["owners"] == ["leader01", "leader02"]
    assert load(edited((OWNED, "    owners: [leader01, leader02]\n")), later).changes == []


def test_owner_whom_the_file_does_not_name_is_refused(demo: None, later: datetime) -> None:
    said = refused(edited((OWNED, "    owners: [somebody]\n")), later)
    assert "clients.demo-bot.owners[1]: there is no person" in said


def test_the_kind_of_a_client_never_changes(demo: None, later: datetime) -> None:
    assert "clients.command-line.kind: this is personal and does not change" in refused(
        edited(("    kind: personal\n", "")), later
    )


def test_an_unknown_kind_is_refused(later: datetime) -> None:
    with pytest.raises(catalogue.CatalogueRefused, match="known: personal, service"):
        catalogue.read(edited(("kind: personal", "kind: robot")).encode())
