"""Workers against workers and people, with AWS in between."""

from collections.abc import Iterator
from functools import partial

import pytest

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from access_requests.services.elevations import lease, provision, revoke
from portal.iam.fences import iso
from tests.races.racing import race
from tests.worlds.jump import MEMBER_TAG, Jump, ended, granted
from tests.worlds.story import acts, approved, assert_trail_tells, elevated, extension_asked, returned, submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scheduled(jump: Jump) -> Iterator[Elevation]:
    yield elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    for elevation in Elevation.objects.all():
        assert_trail_tells(elevation)


def test_message_delivered_five_times_at_once_grants_once(jump: Jump, scheduled: Elevation) -> None:
    race([partial(provision.grant, scheduled.pk)] * 5)
    granted(scheduled)
    assert acts(scheduled) == ["elevation.scheduled", "elevation.granting", "elevation.judged", "elevation.active"]
    assert jump.proxy.count("AddUserToGroup") == 1


def test_end_delivered_five_times_at_once_ends_once(jump: Jump, scheduled: Elevation) -> None:
    granted(scheduled)
    jump.clock.forward(minutes=30)
    race([partial(revoke.end, scheduled.pk)] * 5)
    ended(scheduled)
    assert acts(scheduled)[-2:] == ["elevation.revoking", "elevation.ended"]
    assert jump.proxy.count("RemoveUserFromGroup") == 1


def test_two_grants_of_one_person_go_one_after_the_other(jump: Jump) -> None:
    cast = jump.cast
    cast.prod_leader.policy = cast.one_lead
    cast.prod_leader.save()
    request = submitted(cast.member01, now=jump.clock.now, work_groups=["ProdMemberWorkGroup", "ProdLeaderWorkGroup"])
    approved(request, cast.leader01, now=jump.clock.now)
    jump.proxy.delay("TagUser", seconds=0.1)
    race([partial(provision.grant, elevation.pk) for elevation in request.elevations.all()])
    actions = list(jump.proxy.actions)
    writes = [action for action in actions if not action.startswith(("Get", "List"))]
    assert writes in (["PutUserPolicy", "TagUser", "AddUserToGroup"] * count for count in (1, 2))
    jump.sweep()
    assert jump.members() == jump.members("ProdLeaderWorkGroup") == {"member01"}


def test_end_waits_for_a_grant_that_hangs(jump: Jump, scheduled: Elevation) -> None:
    hold = jump.proxy.hold("AddUserToGroup")

    def end_meanwhile() -> None:
        hold.wait()
        returned(scheduled, jump.cast.member01, now=jump.clock.now)
        seen = jump.proxy.count()
        revoke.end(scheduled.pk)
        assert jump.proxy.count() == seen
        hold.release()

    race([partial(provision.grant, scheduled.pk), end_meanwhile])
    assert ended(scheduled).status == ElevationStatus.ENDED
    assert jump.members() == set()


def test_grant_that_hung_beyond_its_lease_lands_in_no_access(jump: Jump, scheduled: Elevation) -> None:
    hold = jump.proxy.hold("AddUserToGroup")

    def end_meanwhile() -> None:
        hold.wait()
        returned(scheduled, jump.cast.member01, now=jump.clock.now)
        jump.clock.forward(seconds=lease.length().total_seconds())
        assert ended(scheduled).status == ElevationStatus.ENDED
        hold.release()

    race([partial(provision.grant, scheduled.pk), end_meanwhile])
    # If the call landed after all, the fence denies the switch, and the tidying takes it out before the fence goes.
    assert jump.fence() == iso(jump.clock.now)
    jump.clock.forward(seconds=lease.length().total_seconds())
    jump.sweep()
    assert (jump.members(), jump.fences(), MEMBER_TAG in jump.tags()) == (set(), {}, False)


def test_extension_against_the_end_leaves_what_the_row_says(jump: Jump, scheduled: Elevation) -> None:
    granted(scheduled)
    later = jump.clock.now.replace(hour=6)
    extension = extension_asked(scheduled, jump.cast.member01, ends_at=later, now=jump.clock.now)
    just_before = jump.clock.forward(minutes=29, seconds=59)
    jump.clock.forward(seconds=1)
    race([partial(approved, extension, jump.cast.leader01, now=just_before), partial(revoke.end, scheduled.pk)])
    jump.sweep()
    scheduled.refresh_from_db()
    if scheduled.status == ElevationStatus.ACTIVE:
        assert (jump.members(), jump.tags()[MEMBER_TAG]) == ({"member01"}, "2026-11-23T06:00:00Z")
    else:
        assert (scheduled.status, jump.members()) == (ElevationStatus.ENDED, set())


def test_two_sweeps_at_once_do_everything_once(jump: Jump, scheduled: Elevation) -> None:
    elevated(jump.cast.member02, jump.cast.leader01, now=jump.clock.now)
    race([jump.sweep] * 3)
    assert jump.members() == {"member01", "member02"}
    jump.clock.forward(minutes=30)
    race([jump.sweep] * 3)
    jump.sweep()
    assert jump.members() == set()
    assert jump.proxy.count("AddUserToGroup") == jump.proxy.count("RemoveUserFromGroup") == 2
