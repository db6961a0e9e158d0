"""People in the catalogue: who they are in AWS, and what happens when they leave."""

from datetime import datetime

import pytest

from access_requests.lifecycle import ElevationStatus
from access_requests.models import (
    IamUserBinding,
)
from access_requests.services.people import people
from audits.models import TrailEntry
from portal.aws.directory import IamUser
from portal.users.models import PORTAL, LinkedIdentity, User
from portal.verbs.actor import COMMAND
from tests.app.access_requests.services.catalogue.loading import (
    DEMO,
    an_elevation,
    edited,
    find,
    load,
    refused,
    without_member01,
)
from tests.worlds.cast import iam_user_id

pytestmark = pytest.mark.django_db


def test_who_left_the_file_is_disabled_and_loses_access_now(demo: None, now: datetime, later: datetime) -> None:
    elevation = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
    load(without_member01(), later)
    member = User.objects.get(username="member01")
    elevation.refresh_from_db()
    assert not member.is_active
    assert elevation.status == ElevationStatus.REVOKING
    assert member.iam_user.user_name == "member01"
    assert TrailEntry.objects.filter(act="person.disabled", subject="person:member01").count() == 1
    assert load(without_member01(), later).changes == []


def test_who_is_disabled_in_the_file_has_what_was_scheduled_cancelled(demo: None, now: datetime, later: datetime) -> None:
    elevation = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.SCHEDULED, now)
    load(edited(("name: 佐藤 美咲", "name: 佐藤 美咲\n    disabled: true")), later)
    elevation.refresh_from_db()
    assert elevation.status == ElevationStatus.CANCELLED


@pytest.mark.parametrize(
    "text", [without_member01(), edited(("name: 佐藤 美咲", "name: 佐藤 美咲\n    disabled: true"))], ids=["leaves", "disabled"]
)
def test_change_that_shuts_a_person_out_says_which_access_it_ends(text: str, demo: None, now: datetime, later: datetime) -> None:
    active = an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
    scheduled = an_elevation("member01", "ProdLeaderWorkGroup", ElevationStatus.SCHEDULED, now)
    an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ENDED, now)
    an_elevation("member02", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
    said = [line for change in load(text, later).changes for line in change.lines() if "    ends " in line]
    assert said == [
        f"    ends {active.code} (ProdMemberWorkGroup, active)",
        f"    ends {scheduled.code} (ProdLeaderWorkGroup, scheduled)",
    ]


def test_change_that_leaves_a_person_in_ends_nothing(demo: None, now: datetime, later: datetime) -> None:
    an_elevation("member01", "ProdMemberWorkGroup", ElevationStatus.ACTIVE, now)
    changes = load(edited(("name: 佐藤 美咲", "name: 佐藤")), later).changes
    assert [change.ends for change in changes] == [()]


def test_who_comes_back_is_enabled(demo: None, later: datetime) -> None:
    load(without_member01(), later)
    load(DEMO, later)
    assert User.objects.get(username="member01").is_active
    assert TrailEntry.objects.filter(act="person.enabled", subject="person:member01").count() == 1


def test_the_last_administrator_cannot_be_taken_out(demo: None, later: datetime) -> None:
    text = edited(("    administrator: true\n", ""))
    assert 'no administrator would be left; now there is "admin01"' in refused(text, later)


def test_an_iam_user_that_aws_does_not_know_is_refused(now: datetime) -> None:
    expected = 'people.member02.iam_user: there is no IAM user "member02" in the Jump account'
    assert expected in refused(DEMO, now, directory=lambda name: None if name == "member02" else find(name))


def test_a_user_id_that_aws_contradicts_is_refused(now: datetime) -> None:
    text = edited(("iam_user: member01", "iam_user: {name: member01, user_id: AIDASOMEBODYELSE0000}"))
    assert f'the UserId of "member01" is {iam_user_id("member01")} in AWS, not AIDASOMEBODYELSE0000' in refused(text, now)


def test_a_name_is_written_as_aws_spells_it(now: datetime) -> None:
    spelled = IamUser(name="Member01", user_id=iam_user_id("member01"))
    assert 'AWS spells this "Member01"' in refused(DEMO, now, directory=lambda n: spelled if n == "member01" else find(n))


def test_a_user_made_again_in_aws_is_not_bound_by_its_name(demo: None, later: datetime) -> None:
    def made_again(name: str) -> IamUser:
        return IamUser(name=name, user_id=iam_user_id(f"{name} again"))

    assert load(DEMO, later, directory=made_again).changes == []
    assert IamUserBinding.objects.get(person__username="member01").user_id == iam_user_id("member01")
    text = edited(("iam_user: member01", f"iam_user: {{name: member01, user_id: {iam_user_id('member01 again')}}}"))
    load(text, later, directory=made_again)
    assert IamUserBinding.objects.get(person__username="member01").user_id == iam_user_id("member01 again")
    acts = TrailEntry.objects.filter(subject="person:member01", at=later).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["iam_user.unbound", "iam_user.bound"]


def test_aws_is_asked_only_about_bindings_that_change(demo: None, later: datetime) -> None:
    asked: list[str] = []

    def directory(name: str) -> IamUser | None:
        asked.append(name)
        return find(name)

    load(edited(("iam_user: member02", "iam_user: member03")), later, directory=directory)
    assert asked == ["member03"]


def test_one_iam_user_is_one_person(now: datetime) -> None:
    assert 'people.member02.iam_user: this IAM user is "member01"\'s' in refused(
        edited(("iam_user: member02", "iam_user: member01")), now
    )
    same_id = IamUser(name="member02", user_id=iam_user_id("member01"))
    assert "this IAM user is" in refused(DEMO, now, directory=lambda n: same_id if n == "member02" else find(n))


def test_one_identity_is_one_person(now: datetime) -> None:
    text = edited(("U0MEMBER02", "U0MEMBER01"))
    assert 'people.member02.identities.slack: this identity is "member01"\'s' in refused(text, now)


def test_who_left_the_file_keeps_their_iam_user_until_it_is_taken(demo: None, later: datetime) -> None:
    load(without_member01(), later)
    text = without_member01().replace("iam_user: member02", "iam_user: member01", 1)
    assert 'this IAM user is "member01"\'s' in refused(text, later)
    freed = text.replace("people:\n", "people:\n  member01: {name: 佐藤 美咲, disabled: true}\n", 1)
    load(freed, later)
    assert IamUserBinding.objects.get(user_name="member01").person.username == "member02"


@pytest.mark.parametrize("status", [ElevationStatus.SCHEDULED, ElevationStatus.ACTIVE, ElevationStatus.REVOKING])
def test_a_binding_rests_while_access_is_open(status: ElevationStatus, demo: None, now: datetime, later: datetime) -> None:
    elevation = an_elevation("member01", "ProdMemberWorkGroup", status, now)
    expected = f"people.member01.iam_user: this is in use and can change when {elevation.code} is over"
    assert expected in refused(edited(("    iam_user: member01\n", "")), later)
    assert expected in refused(edited(("iam_user: member01", "iam_user: member03")), later)


def test_a_name_that_only_case_tells_from_one_in_use_is_refused(demo: None, later: datetime) -> None:
    assert "differ by letter case only" in refused(
        without_member01().replace("people:\n", "people:\n  Member01: {name: 佐藤}\n"), later
    )


SLACK_OF_MEMBER01 = "    identities: {slack: U0MEMBER01}\n"


def linked(username: str) -> dict[str, str]:
    return dict(LinkedIdentity.objects.filter(person__username=username).values_list("provider", "external_id"))


def test_what_people_have_linked_stays_where_the_file_says_nothing_of_it(demo: None, later: datetime) -> None:
    LinkedIdentity.objects.filter(person__username="member01").update(external_id="U0LINKED")
    assert load(edited((SLACK_OF_MEMBER01, "")), later).changes == []
    assert linked("member01") == {"slack": "U0LINKED"}


def test_where_the_file_says_who_somebody_is_it_rules(demo: None, later: datetime) -> None:
    LinkedIdentity.objects.filter(person__username="member01").update(external_id="U0LINKED")
    (change,) = load(DEMO, later).changes
    assert '    identities: {"slack": "U0LINKED"} -> {"slack": "U0MEMBER01"}' in change.lines()
    assert linked("member01") == {"slack": "U0MEMBER01"}
    load(edited((SLACK_OF_MEMBER01, "    identities: {}\n")), later)
    assert linked("member01") == {}


def test_identity_that_somebody_linked_is_not_given_to_another(demo: None, later: datetime) -> None:
    LinkedIdentity.objects.filter(person__username="member01").update(external_id="U0LINKED")
    text = edited((SLACK_OF_MEMBER01, ""), ("U0MEMBER02", "u0linked".upper()))
    assert 'people.member02.identities.slack: this identity is "member01"\'s' in refused(text, later)


@pytest.mark.parametrize("by", [PORTAL, "login:okta"])
def test_load_lets_nobody_in_whom_the_portal_or_a_provider_disabled(demo: None, later: datetime, by: str) -> None:
    people.disable(person=User.objects.get(username="member01"), actor=COMMAND, now=later, by=by)
    load(edited(("name: 佐藤 美咲", "name: 佐藤 みさき")), later)
    member = User.objects.get(username="member01")
    assert (member.name, member.is_active, member.disabled_by) == ("佐藤 みさき", False, by)
    load(without_member01(), later)
    load(edited(), later)
    assert not User.objects.get(username="member01").is_active
