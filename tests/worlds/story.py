"""Steps of the stories that tests tell: asking, deciding, and what a refusal must leave as it was.

Each goes through `portal.verbs.run`, as doors do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from access_requests import details
from access_requests.lifecycle import ElevationAction
from access_requests.models import AccessRequest, Decision, Elevation, RequestedGroup
from access_requests.services.elevations import stop
from access_requests.services.record import transition
from access_requests.services.requests import decide, extend, submit
from access_requests.services.requests.submit import Ask
from audits.models import TrailEntry
from portal.outbox.models import Message
from portal.users.models import User
from portal.verbs.actor import WORKER, Actor
from portal.verbs.models import IdempotentAnswer
from portal.verbs.rejections import Rejection
from portal.verbs.run import run
from tests.worlds.cast import actor_of
from tests.worlds.entry import data_of

WRITTEN: tuple[type[Model], ...] = (
    AccessRequest,
    RequestedGroup,
    Decision,
    Elevation,
    IdempotentAnswer,
    Message,
    TrailEntry,
)


def ask(**changes: Any) -> Ask:
    """Return a request for ProdMemberWorkGroup for 30 minutes from its approval on, but for the changes."""
    usual: dict[str, Any] = {"work_groups": ["ProdMemberWorkGroup"], "reason": "fix the index", "change_ticket": "CHG-123"}
    if not {"ends_at", "duration_minutes"} & set(changes):
        usual["duration_minutes"] = 30
    said = {name: changes.pop(name) for name in details.NAMES if name in changes}
    return Ask(**{**usual, **changes, "details": said})


def submitted(person: User | Actor, *, now: datetime, **changes: Any) -> AccessRequest:
    actor = person if isinstance(person, Actor) else actor_of(person)
    return run(lambda: submit.submit(ask=ask(**changes), actor=actor, now=now))


def approved(
    request: AccessRequest, approver: User | Actor, *, now: datetime, comment: str = "go ahead", seen: str | None = None
) -> AccessRequest:
    actor = approver if isinstance(approver, Actor) else actor_of(approver)
    return run(lambda: decide.approve(request_id=request.pk, comment=comment, seen=seen, actor=actor, now=now))


def rejected(request: AccessRequest, approver: User, *, now: datetime, comment: str = "not today") -> AccessRequest:
    actor = actor_of(approver)
    return run(lambda: decide.reject(request_id=request.pk, comment=comment, seen=None, actor=actor, now=now))


def sent_back(request: AccessRequest, approver: User, *, now: datetime, comment: str = "say how to go back") -> AccessRequest:
    actor = actor_of(approver)
    return run(lambda: decide.send_back(request_id=request.pk, comment=comment, seen=None, actor=actor, now=now))


def withdrawn(request: AccessRequest, person: User, *, now: datetime) -> AccessRequest:
    return run(lambda: decide.withdraw(request_id=request.pk, actor=actor_of(person), now=now))


def elevated(person: User, approver: User, *, now: datetime, **changes: Any) -> Elevation:
    """Return the elevation of a request that was submitted and approved at once; no worker has seen it yet."""
    request = submitted(person, now=now, **changes)
    approved(request, approver, now=now)
    return Elevation.objects.get(request=request)


def extension_asked(elevation: Elevation, person: User, *, ends_at: datetime, now: datetime) -> AccessRequest:
    actor = actor_of(person)
    return run(lambda: extend.extend(elevation_id=elevation.pk, ends_at=ends_at, reason="not done", actor=actor, now=now))


def returned(elevation: Elevation, person: User, *, now: datetime) -> Elevation:
    return run(lambda: stop.return_early(elevation_id=elevation.pk, actor=actor_of(person), now=now))


def stopped(elevation: Elevation, person: User | Actor, *, now: datetime, comment: str = "enough") -> Elevation:
    actor = person if isinstance(person, Actor) else actor_of(person)
    return run(lambda: stop.stop(elevation_id=elevation.pk, comment=comment, actor=actor, now=now))


def taken_for_given(elevation: Elevation, *, now: datetime) -> Elevation:
    """Have the rows and the trail say that the elevation is in AWS, where nothing is written."""
    elevation.granting_at = elevation.granted_at = now
    for action in (ElevationAction.START_GRANT, ElevationAction.CONFIRM_GRANT):
        transition.apply_to_elevation(elevation, action, actor=WORKER, now=now, data=data_of(action, now))
    return elevation


def not_granted(elevation: Elevation, *, now: datetime, problem: str = "groups_full:10") -> Elevation:
    """Have AWS refuse the grant, as a worker leaves it once nothing of it is there."""

    def refuse() -> Elevation:
        elevation.granting_at = now
        begun = data_of(ElevationAction.START_GRANT, now)
        transition.apply_to_elevation(elevation, ElevationAction.START_GRANT, actor=WORKER, now=now, data=begun)
        elevation.problem = problem
        stop.end_now(elevation, reason="grant_refused", actor=WORKER, now=now, comment=problem)
        elevation.ended_at = now
        read_back = data_of(ElevationAction.CONFIRM_REVOKE, now)
        transition.apply_to_elevation(elevation, ElevationAction.CONFIRM_REVOKE, actor=WORKER, now=now, data=read_back)
        return elevation

    return run(refuse)


@contextmanager
def refused(rejection: type[Rejection]) -> Iterator[pytest.ExceptionInfo[Rejection]]:
    """Expect the refusal, and every row that verbs write, trail and outbox among them, as it was."""
    before = written()
    with pytest.raises(rejection) as caught:
        yield caught
    assert written() == before


def written() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in WRITTEN}


@contextmanager
def trail_refuses_entries() -> Iterator[None]:
    """Have the database take no entry of the trail, as with a full disk or a right taken away."""
    on_sqlite = connection.vendor == "sqlite"
    make = (
        ["CREATE TRIGGER refuse BEFORE INSERT ON audits_trailentry BEGIN SELECT RAISE(ABORT, 'no entries'); END"]
        if on_sqlite
        else [
            """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no entries'; END $$""",
            "CREATE TRIGGER refuse BEFORE INSERT ON audits_trailentry FOR EACH ROW EXECUTE FUNCTION refuse()",
        ]
    )
    _execute(make)
    try:
        yield
    finally:
        _execute(["DROP TRIGGER refuse"] if on_sqlite else ["DROP FUNCTION refuse() CASCADE"])


def _execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def assert_trail_tells(subject: AccessRequest | Elevation) -> None:
    """Check that the trail has one entry for each change of state, one leading to the next, the last to the row as it is."""
    entries = TrailEntry.objects.filter(subject=subject.code, data__has_key="to").order_by("id")
    told = [(entry.data.get("from"), entry.data["to"]) for entry in entries]
    assert told[0][0] is None
    assert all(after[0] == before[1] for before, after in pairwise(told))
    subject.refresh_from_db()
    assert told[-1][1] == subject.status
    assert len({to for _, to in told}) == len(told)


def acts(subject: AccessRequest | Elevation) -> list[str]:
    """Return what the trail says happened to it, oldest first."""
    return list(TrailEntry.objects.filter(subject=subject.code).order_by("id").values_list("act", flat=True))
