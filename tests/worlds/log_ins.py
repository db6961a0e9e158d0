"""Log-ins to production as CloudTrail tells them, kept and judged by what the trail says of the cast's accesses."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest

from access_requests.models import Elevation, TargetRole
from audits.log_ins import knowing
from audits.log_ins.extent import LOOKUP
from audits.log_ins.reading import Round
from audits.models import EnabledRegions, Reading
from portal.verbs.run import run
from tests.worlds import cloudtrail, story
from tests.worlds.cast import Cast, iam_user_id, let_portal_in
from tests.worlds.told import write_down

Keep = Callable[..., int]


@pytest.fixture
def keep(cast: Cast, now: datetime) -> Iterator[Keep]:
    """Return what keeps raw events as a worker does that has read them."""
    knowing.forget()
    let_portal_in(cast.production)
    TargetRole.objects.filter(name="Prod_MemberRole").update(role_id=cloudtrail.ROLE_ID)
    write_down(now=now)

    def keep(raws: Sequence[dict[str, Any]], at: datetime = now, complete: dict[str, datetime] | None = None) -> int:
        round_ = Round(
            known=knowing.known(), portal=frozenset({"AIDAPORTAL"}), complete=complete or {}, now=at, is_over=lambda: False
        )
        return run(lambda: round_.keep([one for raw in raws for one in round_.parsed([raw], LOOKUP, **place_of(raw))]))

    yield keep
    knowing.forget()


def place_of(raw: dict[str, Any]) -> dict[str, str]:
    """Return the account and Region in whose history an event is."""
    return {"account": raw["recipientAccountId"], "region": "ap-northeast-1"}


@pytest.fixture
def elevation(keep: Keep, cast: Cast, now: datetime) -> Elevation:
    """Return member01's access of half an hour, which AWS has by the trail."""
    return story.taken_for_given(story.elevated(cast.member01, cast.leader01, now=now), now=now)


def member01(**more: Any) -> dict[str, Any]:
    """Return the cast's member01 as who calls."""
    return {**cloudtrail.user(user_id=iam_user_id("member01")), **more}


def regions_told(now: datetime) -> None:
    """Have AWS tell of each account that it has switched on the Regions which are declared."""
    for place in knowing.known().places:
        told = {"regions": list(place.regions), "asked_at": now}
        EnabledRegions.objects.update_or_create(account=place.account, defaults=told)


def read_until(moment: datetime, *, account: str = cloudtrail.PRODUCTION, region: str = "ap-northeast-1", **more: Any) -> Reading:
    """Return that an account and Region was read until then."""
    facts = {"since": moment, "until": moment, "swept_at": moment, **more}
    return Reading.objects.create(account=account, region=region, source=LOOKUP, **facts)
