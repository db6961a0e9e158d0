"""Work groups of IAM Identity Center in the catalogue, and the people who are users there."""

from datetime import datetime

import pytest

from access_requests.grants.identity_center import IdentityCenterUser
from access_requests.lifecycle import ElevationStatus
from access_requests.models import IdentityCenterBinding, TargetRole, WorkGroup
from audits.models import TrailEntry
from portal.aws.directory import IamUser
from tests.app.access_requests.services.catalogue.loading import (
    DEMO,
    an_elevation,
    edited,
    find_in_identity_center,
    load,
    refused,
    signs,
)
from tests.worlds.cast import identity_center_user_id

pytestmark = pytest.mark.django_db
RESERVED = "production/AWSReservedSSO_SekishoOperate_0123456789abcdef"
GROUP = "ProdIdentityCenterGroup"
BOUND = "    identity_center_user: member01\n"


def test_group_says_how_long_sessions_may_live_on(demo: None, later: datetime) -> None:
    assert WorkGroup.objects.get(name=GROUP).session_minutes == 60
    loaded = load(edited(("    session: 1h\n", "")), later)
    assert [line for change in loaded.changes for line in change.lines()] == [f"~ work_group {GROUP}", "    session: 60 -> 720"]
    assert WorkGroup.objects.get(name=GROUP).session_minutes == 720
    entry = TrailEntry.objects.get(subject=f"work_group:{GROUP}", act="catalogue.changed")
    assert (entry.data["before"]["session"], entry.data["after"]["session"]) == (60, 720)


def test_session_is_told_of_no_other_group(demo: None) -> None:
    entry = TrailEntry.objects.get(subject="work_group:ProdMemberWorkGroup")
    assert entry.data["after"]["session"] is None


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("session: 1h", "session: 13h", f"{GROUP}.session: a permission set's session lasts up to 12h"),
        ("session: 1h", "session: soon", f'{GROUP}.session: "soon" is not a time'),
        ("backend: identity_center", "backend: iam_group", f"{GROUP}.session: only where Identity Center gives the session"),
        (
            "    backend: identity_center\n    session: 1h\n",
            "",
            f'{GROUP}.target_roles[1]: "{RESERVED}" is a role of IAM Identity',
        ),
        (f"[{RESERVED}]", "[production/Prod_LeaderRole]", f"{GROUP}.target_roles[1]: a group of Identity Center leads to roles"),
        (
            "[production/Prod_ReadOnlyRole, log-archive",
            f"[{RESERVED}, log-archive",
            f'standing_groups.AuditorGroup.target_roles[1]: "{RESERVED}" is a role of IAM Identity Center',
        ),
    ],
)
def test_mistake_is_named(old: str, new: str, mistake: str, now: datetime) -> None:
    assert mistake in refused(edited((old, new)), now)


def test_role_of_identity_center_has_the_arn_that_aws_shows(demo: None, settings: object) -> None:
    settings.AWS_IDENTITY_CENTER_REGION = "us-east-1"  # type: ignore[attr-defined]
    role = TargetRole.objects.get(name=RESERVED.partition("/")[2])
    assert role.arn == f"arn:aws:iam::444444444444:role/aws-reserved/sso.amazonaws.com/ap-northeast-1/{role.name}"
    assert not role.has_gate
    assert TargetRole.objects.get(name="Prod_MemberRole").has_gate


# People


def test_person_is_bound_to_the_user_with_its_id(demo: None) -> None:
    bound = IdentityCenterBinding.objects.get(person__username="member01")
    assert (bound.user_name, bound.user_id) == ("member01", identity_center_user_id("member01"))
    assert TrailEntry.objects.filter(act="identity_center_user.bound", subject="person:member01").count() == 1


def test_person_without_one_asks_identity_center_nothing(now: datetime) -> None:
    asked: list[str] = []

    def nobody(name: str) -> IdentityCenterUser | None:
        asked.append(name)
        return None

    text = "".join(line for line in DEMO.splitlines(keepends=True) if "identity_center_user" not in line)
    load(text, now, identity_center=nobody)
    assert asked == []
    assert not IdentityCenterBinding.objects.exists()


def test_user_that_identity_center_does_not_know_is_refused(now: datetime) -> None:
    mistake = 'people.member02.identity_center_user: there is no user "member02" in IAM Identity Center'
    assert mistake in refused(
        DEMO, now, identity_center=lambda name: None if name == "member02" else find_in_identity_center(name)
    )


def test_id_and_spelling_are_those_of_identity_center(now: datetime) -> None:
    other = identity_center_user_id("somebody else")
    text = edited((BOUND, f"    identity_center_user: {{name: member01, user_id: {other}}}\n"))
    assert f'the UserId of "member01" is {identity_center_user_id("member01")} in AWS, not {other}' in refused(text, now)
    text = edited((BOUND, "    identity_center_user: {name: member01, user_id: AIDACKCEVSQ6C2EXAMPLE}\n"))
    assert "does not fit: Identity Center's UserId" in refused(text, now)
    spelled = IdentityCenterUser(name="Member01", user_id=identity_center_user_id("member01"))
    said = refused(DEMO, now, identity_center=lambda name: spelled if name == "member01" else find_in_identity_center(name))
    assert 'AWS spells this "Member01"' in said


def test_user_made_again_is_bound_only_where_the_file_says_so(demo: None, later: datetime) -> None:
    again = IdentityCenterUser(name="member01", user_id=identity_center_user_id("member01 again"))
    assert load(DEMO, later, identity_center=lambda _name: again).changes == []
    text = edited((BOUND, f"    identity_center_user: {{name: member01, user_id: {again.user_id}}}\n"))
    assert signs(load(text, later, identity_center=lambda _name: again)) == ["~ person member01"]
    acts = TrailEntry.objects.filter(subject="person:member01", at=later).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["identity_center_user.unbound", "identity_center_user.bound"]


def test_one_user_is_one_person_and_may_go_to_another(demo: None, now: datetime, later: datetime) -> None:
    mistake = 'people.member02.identity_center_user: this Identity Center user is "member01"\'s'
    both = edited(("identity_center_user: member02", "identity_center_user: member01"))
    assert mistake in refused(both, now)
    moved = both.replace(BOUND, "", 1)
    load(moved, later)
    assert IdentityCenterBinding.objects.get(user_name="member01").person.username == "member02"


def test_an_iam_user_of_the_same_name_is_another_thing(now: datetime) -> None:
    load(DEMO, now, directory=lambda name: IamUser(name=name, user_id=f"AIDA{name.upper()}"))


@pytest.mark.parametrize("status", [ElevationStatus.SCHEDULED, ElevationStatus.ACTIVE, ElevationStatus.REVOKING])
def test_binding_rests_while_access_by_it_is_open(status: ElevationStatus, demo: None, now: datetime, later: datetime) -> None:
    elevation = an_elevation("member01", GROUP, status, now)
    mistake = f"people.member01.identity_center_user: this is in use and can change when {elevation.code} is over"
    assert mistake in refused(edited((BOUND, "")), later)
    # That access is not the IAM user's.
    load(edited(("    iam_user: member01\n", "")), later)


def test_group_keeps_its_backend_until_it_is_tidied_up(demo: None, now: datetime, later: datetime) -> None:
    elevation = an_elevation("member01", GROUP, ElevationStatus.ENDED, now)
    elevation.fence_due_at = now
    elevation.save()
    moved = edited(
        ("    backend: identity_center\n    session: 1h\n", ""),
        (f"target_roles: [{RESERVED}]", "target_roles: [production/Prod_MemberRole]"),
    )
    assert f"{GROUP}.backend: this is in use and can change when {elevation.code} is over" in refused(moved, later)
    elevation.fence_due_at = None
    elevation.save()
    load(moved, later)
