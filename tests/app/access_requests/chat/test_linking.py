"""Becoming somebody in Slack, and nobody again."""

import re

import pytest
from django.test import Client

from access_requests.models import AccessRequest, LinkCode, WrongCode
from access_requests.services.people import identities, people
from audits.models import TrailEntry
from portal.users.models import LinkedIdentity, User
from portal.verbs.run import run
from tests.stand_ins.slack import Slack, told
from tests.worlds.cast import Cast, actor_of
from tests.worlds.clock import Clock
from tests.worlds.entry import shown_entry
from tests.worlds.story import submitted

NEWCOMER = "U0NEWCOMER"


def browser(person: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def code_for(person: User) -> str:
    """Have a code made on the page, as the person reads it there."""
    page = browser(person).post("/me/slack/link/").content.decode()
    found = re.search(r"/prod link ([0-9A-Z]{8})", page)
    assert found
    return found[1]


@pytest.fixture
def unlinked(cast: Cast) -> User:
    LinkedIdentity.objects.filter(person=cast.member01).delete()
    return cast.member01


def test_code_from_the_page_links_who_types_it_and_both_proofs_are_kept(unlinked: User, slack: Slack, clock: Clock) -> None:
    code = code_for(unlinked)
    told(slack.types(NEWCOMER, "list"), "identity_not_linked")
    told(slack.types(NEWCOMER, f"link {code}"), "You are member01 here now.")
    entry = shown_entry(act="identity.linked")
    assert (entry.actor, entry.subject, entry.data["door"]) == ("member01", "person:member01", "chat")
    assert (entry.data["proof"]["method"], entry.data["proof"]["identity"]) == ("slack-signature", f"slack:{NEWCOMER}")
    assert entry.data["after"]["code_made_by"]["method"] == "password"
    told(slack.types(NEWCOMER.lower(), "request ProdMemberWorkGroup 30m CHG-1 why"), AccessRequest.objects.get().code)
    page = browser(unlinked).get("/me/").content.decode()
    assert NEWCOMER in page
    assert "Link Slack" not in page


@pytest.mark.parametrize("change", [str.lower, lambda code: f"{code[:4]}-{code[4:]}", lambda code: f" {code} "])
def test_code_is_read_as_people_type_it(unlinked: User, slack: Slack, change: object) -> None:
    assert callable(change)
    told(slack.types(NEWCOMER, f"link {change(code_for(unlinked))}"), "You are member01")


def test_code_works_once(unlinked: User, slack: Slack) -> None:
    code = code_for(unlinked)
    slack.types(NEWCOMER, f"link {code}")
    told(slack.types("U0SOMEBODY", f"link {code}"), "link_code_wrong")
    assert not LinkCode.objects.exists()


def test_code_is_good_for_ten_minutes(unlinked: User, slack: Slack, clock: Clock) -> None:
    code = code_for(unlinked)
    clock.forward(minutes=10)
    told(slack.types(NEWCOMER, f"link {code}"), "link_code_wrong")
    assert not LinkedIdentity.objects.filter(person=unlinked).exists()


def test_new_code_takes_the_place_of_the_old_one_and_neither_is_kept(unlinked: User, slack: Slack) -> None:
    old, new = code_for(unlinked), code_for(unlinked)
    assert new not in str(LinkCode.objects.values())
    told(slack.types(NEWCOMER, f"link {old}"), "link_code_wrong")
    told(slack.types(NEWCOMER, f"link {new}"), "You are member01")


def test_five_wrong_codes_are_enough_for_ten_minutes(unlinked: User, slack: Slack, clock: Clock) -> None:
    code = code_for(unlinked)
    for number in range(5):
        told(slack.types(NEWCOMER if number % 2 else NEWCOMER.lower(), f"link {number:08}"), "link_code_wrong")
    told(slack.types(NEWCOMER, f"link {code}"), "too_many_guesses", "10 minutes")
    told(slack.types("U0SOMEBODY", "link 00000000"), "link_code_wrong")
    clock.forward(minutes=10, seconds=1)
    told(slack.types(NEWCOMER, f"link {code_for(unlinked)}"), "You are member01")


def test_what_is_over_is_forgotten(unlinked: User, slack: Slack, clock: Clock) -> None:
    code_for(unlinked)
    slack.types(NEWCOMER, "link 00000000")
    identities.forget_old(now=clock.now)
    assert (LinkCode.objects.count(), WrongCode.objects.count()) == (1, 1)
    clock.forward(minutes=11)
    identities.forget_old(now=clock.now)
    assert (LinkCode.objects.count(), WrongCode.objects.count()) == (0, 0)


@pytest.mark.parametrize("user", ["U0MEMBER02", "u0member02"])
def test_identity_of_somebody_else_stays_theirs(cast: Cast, unlinked: User, slack: Slack, user: str) -> None:
    told(slack.types(user, f"link {code_for(unlinked)}"), "identity_taken")
    assert LinkedIdentity.objects.get(external_id="U0MEMBER02").person == cast.member02


def test_who_is_linked_unlinks_first(cast: Cast, slack: Slack) -> None:
    code = code_for(cast.member01)
    told(slack.types(NEWCOMER, f"link {code}"), "already_linked", "U0MEMBER01")
    told(slack.types(cast.member01, f"link {code}"), "already_linked")


def test_disabled_person_links_nobody(cast: Cast, unlinked: User, slack: Slack, clock: Clock) -> None:
    code = code_for(unlinked)
    run(lambda: people.disable(person=unlinked, actor=actor_of(cast.admin01), now=clock.now))
    told(slack.types(NEWCOMER, f"link {code}"), "link_code_wrong")


def test_code_ends_with_the_password_of_whoever_made_it(unlinked: User, slack: Slack, clock: Clock) -> None:
    """Who had somebody's session open does not stay them in Slack."""
    code, actor = code_for(unlinked), actor_of(unlinked)
    run(lambda: people.set_password(person=unlinked, password="from Edo to Hakone and back", actor=actor, now=clock.now))
    told(slack.types(NEWCOMER, f"link {code}"), "link_code_wrong")


@pytest.mark.parametrize("user", ["", "nobody", "<!channel>"])
def test_who_has_no_member_id_cannot_be_linked(unlinked: User, slack: Slack, user: str) -> None:
    told(slack.types(user, f"link {code_for(unlinked)}"), "identity_not_linked")


def test_unlinked_in_slack_one_is_nobody_at_once(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    told(slack.types(cast.leader01, "unlink"), "You are unlinked")
    told(slack.types(cast.leader01, f"approve {request.code}"), "identity_not_linked")
    entry = shown_entry(act="identity.unlinked")
    assert entry.data["before"] == {"provider": "slack", "external_id": "U0LEADER01"}
    assert entry.data["proof"]["method"] == "slack-signature"


def test_unlinked_on_the_page_after_a_question(cast: Cast, slack: Slack) -> None:
    client = browser(cast.member01)
    assert "U0MEMBER01" in client.get("/me/slack/unlink/").content.decode()
    assert LinkedIdentity.objects.filter(person=cast.member01).exists()
    page = client.post("/me/slack/unlink/", follow=True).content.decode()
    assert "You are unlinked from Slack." in page
    assert TrailEntry.objects.get(act="identity.unlinked").data["proof"]["method"] == "password"
    told(slack.types(cast.member01, "list"), "identity_not_linked")
    assert client.post("/me/slack/unlink/").status_code == 302
