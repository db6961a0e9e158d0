"""API clients and people's own tokens as verbs: whoever comes by another door than the pages is refused too."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from allauth.core.context import request_context
from django.test import RequestFactory

from access_requests.models import ApiClient, KeptIn, PersonalToken
from access_requests.services.people import clients, device_codes, personal_tokens
from access_requests.services.people.client_errors import (
    ClientKeyTaken,
    CodeUnusable,
    DecidesByFile,
    KeptInFile,
    PersonalClientsName,
)
from access_requests.services.people.clients import EVERYONE, Made, Terms
from access_requests.services.people.device_codes import Asked
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.actor import COMMAND, Actor
from portal.verbs.rejections import Missing, NotAnAdministrator, TransitionNotAllowed
from portal.verbs.run import run
from tests.stand_ins.bots import make_client, make_personal_client
from tests.worlds.cast import Cast, actor_of, add_person

pytestmark = pytest.mark.django_db(transaction=True)
TERMS = Terms(name="Pager", scopes=["requests:read"], people=EVERYONE, work_groups=[], source_addresses=["192.0.2.0/28"])


def add(actor: Actor, now: datetime, *, kind: str = "service", terms: Terms = TERMS, **changes: Any) -> Made:
    fields = {"key": "pager", "client_id": "pager", "kept_in": KeptIn.BROWSER, **changes}
    return run(partial(clients.add, kind=kind, terms=terms, actor=actor, now=now, **fields))


def asked_by(client: ApiClient, now: datetime) -> Asked:
    with request_context(RequestFactory().post("/")):  # allauth keeps what a call has asked for with the call.
        given = device_codes.begin(client=client, scopes=["requests:read"], address="192.0.2.1", now=now)
    found = device_codes.find(given.user_code)
    assert found is not None
    return found


@pytest.mark.parametrize("who", ["member01", "leader01", "auditor01"])
def test_only_administrators_keep_clients(cast: Cast, now: datetime, who: str) -> None:
    actor, there = actor_of(getattr(cast, who)), make_client("there", cast)
    acts = (
        partial(clients.change, client=there, terms=TERMS, kept_in=KeptIn.BROWSER),
        partial(clients.rotate_secret, client=there),
        partial(clients.revoke, client=there),
        partial(clients.bring_back, client=there),
    )
    with pytest.raises(NotAnAdministrator):
        add(actor, now)
    for act in acts:
        with pytest.raises(NotAnAdministrator):
            run(partial(act, actor=actor, now=now))
    assert not TrailEntry.objects.exists()


def test_administrator_disabled_meanwhile_makes_none(admin01: User, now: datetime) -> None:
    admin01.is_active = False
    with pytest.raises(NotAnAdministrator):
        add(actor_of(admin01), now)


def test_two_clients_never_share_a_key_or_a_client_id(admin01: User, now: datetime) -> None:
    add(actor_of(admin01), now)
    taken: list[dict[str, Any]] = [{}, {"client_id": "other"}, {"key": "other"}]
    for changes in taken:
        with pytest.raises(ClientKeyTaken):
            add(actor_of(admin01), now, **changes)
    assert ApiClient.objects.count() == 1
    assert TrailEntry.objects.count() == 1


def test_personal_client_names_nobody(admin01: User, now: datetime) -> None:
    terms = Terms(**{**vars(TERMS), "may_name_by_email": True})
    with pytest.raises(PersonalClientsName):
        add(actor_of(admin01), now, kind="personal", terms=terms)


def test_client_without_a_scope_is_none(admin01: User, now: datetime) -> None:
    with pytest.raises(Missing):
        add(actor_of(admin01), now, terms=Terms(**{**vars(TERMS), "scopes": []}))


def test_browser_changes_no_client_of_the_file_and_a_load_may(cast: Cast, now: datetime) -> None:
    there = make_client("there", cast)
    change = partial(clients.change, client=there, terms=TERMS, kept_in=KeptIn.FILE, now=now)
    with pytest.raises(KeptInFile):
        run(partial(change, actor=actor_of(cast.admin01)))
    with pytest.raises(KeptInFile):
        run(partial(clients.rotate_secret, client=there, actor=actor_of(cast.admin01), now=now))
    run(partial(change, actor=COMMAND))
    assert ApiClient.objects.get().oauth_client.name == "Pager"


def test_what_is_revoked_is_neither_changed_nor_revoked_again(cast: Cast, now: datetime) -> None:
    there, admin = make_client("there", cast), actor_of(cast.admin01)
    run(partial(clients.revoke, client=there, actor=admin, now=now))
    for act in (partial(clients.revoke), partial(clients.rotate_secret)):
        with pytest.raises(TransitionNotAllowed):
            run(partial(act, client=there, actor=admin, now=now))


def test_brought_back_it_is_on_the_same_terms_but_decides_for_nobody(cast: Cast, now: datetime) -> None:
    """Whoever brings it back is shown its secret."""
    there, admin = make_client("there", cast), actor_of(cast.admin01)
    before = clients.describe(there)
    run(partial(clients.revoke, client=there, actor=admin, now=now))
    made = run(partial(clients.bring_back, client=there, actor=admin, now=now))
    scopes = [scope for scope in before["scopes"] if scope != "decisions:write"]
    assert clients.describe(made.client) == {**before, "kept_in": "browser", "scopes": scopes, "owners": ["admin01"]}
    assert made.client.oauth_client.check_secret(made.secret)


def test_own_scripts_brought_back_decide_as_before(cast: Cast, now: datetime) -> None:
    there, admin = make_personal_client("there", cast), actor_of(cast.admin01)
    run(partial(clients.revoke, client=there, actor=admin, now=now))
    made = run(partial(clients.bring_back, client=there, actor=admin, now=now))
    assert "decisions:write" in clients.describe(made.client)["scopes"]


def test_whoever_is_shown_a_secret_owns_the_service_from_then_on(cast: Cast, now: datetime) -> None:
    other = add_person("admin02", administrator=True)
    client = add(actor_of(cast.admin01), now).client
    assert clients.describe(client)["owners"] == ["admin01"]
    run(partial(clients.change, client=client, terms=TERMS, kept_in=KeptIn.BROWSER, actor=actor_of(other), now=now))
    assert clients.describe(client)["owners"] == ["admin01"]
    run(partial(clients.rotate_secret, client=client, actor=actor_of(other), now=now))
    assert clients.describe(client)["owners"] == ["admin01", "admin02"]
    entry = TrailEntry.objects.get(act="client.secret_rotated")
    assert (entry.data["before"]["owners"], entry.data["after"]["owners"]) == (["admin01"], ["admin01", "admin02"])


def test_file_says_who_owns_a_service_and_owns_it_itself_by_no_load(cast: Cast, now: datetime) -> None:
    owned = replace(TERMS, owners=["leader01", "leader02"])
    client = add(COMMAND, now, terms=owned, kept_in=KeptIn.FILE).client
    assert clients.describe(client)["owners"] == ["leader01", "leader02"]
    run(partial(clients.rotate_secret, client=client, actor=COMMAND, now=now))
    assert clients.describe(client)["owners"] == ["leader01", "leader02"]
    fewer = replace(owned, owners=["leader02"])
    run(partial(clients.change, client=client, terms=fewer, kept_in=KeptIn.FILE, actor=COMMAND, now=now))
    assert clients.describe(client)["owners"] == ["leader02"]


def test_nobody_owns_a_client_that_has_no_secret(cast: Cast, now: datetime) -> None:
    assert clients.describe(add(actor_of(cast.admin01), now, kind="personal").client)["owners"] == []


def test_only_the_file_makes_a_service_decide(cast: Cast, now: datetime) -> None:
    deciding = replace(TERMS, scopes=["requests:read", "decisions:write"])
    with pytest.raises(DecidesByFile):
        add(actor_of(cast.admin01), now, terms=deciding)
    made = add(actor_of(cast.admin01), now)
    with pytest.raises(DecidesByFile):
        run(partial(clients.change, client=made.client, terms=deciding, kept_in="browser", actor=actor_of(cast.admin01), now=now))
    add(actor_of(cast.admin01), now, kind="personal", terms=deciding, key="own", client_id="own")
    add(COMMAND, now, terms=deciding, key="file", client_id="file")


def test_code_that_another_browser_answered_meanwhile_gives_nothing(cast: Cast, now: datetime) -> None:
    asked = asked_by(make_personal_client("scripts", cast), now)
    run(partial(personal_tokens.allow, asked=asked, actor=actor_of(cast.member01), now=now))
    for verb in (personal_tokens.allow, personal_tokens.deny):
        with pytest.raises(CodeUnusable):
            run(partial(verb, asked=asked, actor=actor_of(cast.member02), now=now))
    assert PersonalToken.objects.get().person == cast.member01
    assert TrailEntry.objects.filter(act__startswith="token.").count() == 1


def test_code_that_expires_while_it_is_allowed_gives_nothing(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asked_by(make_personal_client("scripts", cast), now)
    monkeypatch.setattr(device_codes, "answer", lambda *_args, **_fields: False)
    with pytest.raises(CodeUnusable):
        run(partial(personal_tokens.allow, asked=asked, actor=actor_of(cast.member01), now=now))
    assert not PersonalToken.objects.exists()
    assert not TrailEntry.objects.exists()
