"""A sealed company with a few accesses, and the pack of its quarter."""

import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone

from audits.log_ins import knowing
from audits.models import Pack, SeenEvent
from audits.packs import asking, making, periods, storing
from portal.verbs.run import run
from tests.worlds import cloudtrail, story
from tests.worlds.cast import Cast, actor_of
from tests.worlds.log_ins import Keep, read_until, regions_told
from tests.worlds.sealed import Trail

QUARTER = "FY2026-Q3"
Order = Callable[..., Pack]


@pytest.fixture
def order(cast: Cast, keep: Keep, sealed_trail: Trail) -> Order:
    """Return what orders a pack of the quarter as auditor01, as of all that there is then, and has it made."""

    def order(*, make: bool = True, **said: Any) -> Pack:
        sealed_trail.seal()
        period = periods.named(said.pop("period", QUARTER))
        usual = {"seed": "", "count": 25, "language": "en", "actor": actor_of(cast.auditor01), "now": timezone.now()}
        pack = run(lambda: asking.ask(period=period, **{**usual, **said}))
        if make:
            making.make(pack.pk)
            pack.refresh_from_db()
        return pack

    return order


@pytest.fixture
def accessed(cast: Cast, keep: Keep, now: datetime) -> str:
    """Return the code of member01's access, which AWS has, and which CloudTrail shows was given."""
    elevation = story.taken_for_given(story.elevated(cast.member01, cast.leader01, now=now), now=now)
    event(elevation.iam_user_name, now)
    return elevation.code


def event(
    user: str, at: datetime, *, name: str = "AddUserToGroup", group: str = "ProdMemberWorkGroup", request: str = ""
) -> None:
    """Have CloudTrail say that a user was put into a work group, or taken out."""
    number = SeenEvent.objects.count()
    change = {"thing": group, "name": user, "by": f"arn:aws:iam::{cloudtrail.JUMP}:role/portal", "request_id": request}
    SeenEvent.objects.create(
        account=cloudtrail.JUMP,
        event_id=f"event-{number}",
        region="us-east-1",
        at=at,
        began_at=at,
        name=name,
        part="change",
        sha256="0" * 64,
        place="lookup",
        change=change,
    )


def all_read(now: datetime, *, until: datetime | None = None) -> None:
    """Have CloudTrail be read whole, from before the quarter on."""
    regions_told(now)
    for place in knowing.known().places:
        for region in place.regions:
            read_until(
                now,
                account=place.account,
                region=region,
                since=now - timedelta(days=200),
                until=until or now + timedelta(days=9000),
            )


def opened(pack: Pack) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(content(pack)))


def content(pack: Pack) -> bytes:
    return b"".join(storing.parts(pack.files.get()))
