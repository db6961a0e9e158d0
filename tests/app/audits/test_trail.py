"""The trail beside the changes that it records."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from access_requests.models import AccessRequest, Elevation, WorkGroup
from access_requests.services.people import people
from access_requests.services.requests import decide
from audits import trail
from audits.acts import LATEST, Act
from audits.models import TrailEntry
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.entry import DATA, ENTRY
from tests.worlds.story import (
    approved,
    assert_trail_tells,
    elevated,
    extension_asked,
    rejected,
    returned,
    sent_back,
    stopped,
    submitted,
    trail_refuses_entries,
    withdrawn,
    written,
)

HOUR = timedelta(hours=1)


def test_every_change_of_state_has_one_entry_that_leads_to_it(cast: Cast, now: datetime) -> None:
    rejected(submitted(cast.member01, now=now), cast.leader01, now=now)
    sent_back(submitted(cast.member01, now=now), cast.leader01, now=now)
    withdrawn(submitted(cast.member01, now=now), cast.member01, now=now)
    lapsing = submitted(cast.member01, now=now)
    run(lambda: decide.lapse(request_id=lapsing.pk, actor=WORKER, now=lapsing.decide_until))
    elevation = elevated(cast.member01, cast.leader01, now=now)
    approved(extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now), cast.leader02, now=now)
    returned(elevation, cast.member01, now=now)
    subjects: list[AccessRequest | Elevation] = [*AccessRequest.objects.all(), *Elevation.objects.all()]
    assert len(subjects) == 7
    for subject in subjects:
        assert_trail_tells(subject)


def test_request_and_elevation_can_be_rebuilt_from_their_first_and_last_entries(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now, impact="none", plan="a", way_back="b", starts_at=now + HOUR)
    approved(request, cast.leader01, now=now)
    elevation = Elevation.objects.get()
    returned(elevation, cast.member01, now=now)
    for subject, kind in ((request, "request"), (elevation, "elevation")):
        subject.refresh_from_db()
        entries = TrailEntry.objects.filter(subject=subject.code, data__has_key=kind)
        told = {**entries.earliest("id").data[kind], **entries.latest("id").data[kind]}
        for field in _told_alike(subject):
            value = getattr(subject, field)
            assert told[field] == (value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value), field


def _told_alike(subject: AccessRequest | Elevation) -> list[str]:
    if isinstance(subject, Elevation):
        times = ["starts_at", "ends_at", "granted_at", "stopped_at", "ended_at"]
        return ["code", "status", "iam_user_name", "iam_user_id", "stop_reason", *times]
    times = ["asked_starts_at", "asked_ends_at", "submitted_at", "decide_until", "settled_at", "starts_at", "ends_at"]
    return ["code", "status", "reason", "change_ticket", "impact", "plan", "way_back", "duration_minutes", "digest", *times]


VERBS: dict[str, Callable[[Cast, datetime], Callable[[], object]]] = {
    "submit": lambda cast, now: lambda: submitted(cast.member01, now=now),
    "approve": lambda cast, now: _of_request(cast, now, lambda request: approved(request, cast.leader01, now=now)),
    "reject": lambda cast, now: _of_request(cast, now, lambda request: rejected(request, cast.leader01, now=now)),
    "send_back": lambda cast, now: _of_request(cast, now, lambda request: sent_back(request, cast.leader01, now=now)),
    "withdraw": lambda cast, now: _of_request(cast, now, lambda request: withdrawn(request, cast.member01, now=now)),
    "lapse": lambda cast, now: _of_request(
        cast,
        now,
        lambda request: run(lambda: decide.lapse(request_id=request.pk, actor=WORKER, now=request.decide_until)),
    ),
    "extend": lambda cast, now: _of_elevation(
        cast, now, lambda elevation: extension_asked(elevation, cast.member01, ends_at=now + HOUR, now=now)
    ),
    "return": lambda cast, now: _of_elevation(cast, now, lambda elevation: returned(elevation, cast.member01, now=now)),
    "stop": lambda cast, now: _of_elevation(cast, now, lambda elevation: stopped(elevation, cast.leader01, now=now)),
    "disable": lambda cast, now: _of_elevation(
        cast,
        now,
        lambda elevation: run(lambda: people.disable(person=elevation.person, actor=actor_of(cast.admin01), now=now)),
    ),
}


def _of_request(cast: Cast, now: datetime, verb: Callable[[AccessRequest], object]) -> Callable[[], object]:
    request = submitted(cast.member01, now=now)
    return lambda: verb(request)


def _of_elevation(cast: Cast, now: datetime, verb: Callable[[Elevation], object]) -> Callable[[], object]:
    elevation = elevated(cast.member01, cast.leader01, now=now, starts_at=now + timedelta(minutes=1))
    return lambda: verb(elevation)


@pytest.mark.parametrize("verb", VERBS)
def test_no_entry_no_change(cast: Cast, now: datetime, verb: str) -> None:
    do = VERBS[verb](cast, now)
    before = written()
    with trail_refuses_entries(), pytest.raises(DatabaseError, match="no entries"):
        do()
    assert written() == before
    cast.member01.refresh_from_db()
    assert cast.member01.is_active


def test_entry_goes_when_its_change_does(cast: Cast, now: datetime) -> None:
    class ChangedMyMind(Exception):
        pass

    def verb() -> None:
        trail.record(now=now, **ENTRY)
        raise ChangedMyMind

    with pytest.raises(ChangedMyMind):
        run(verb)
    assert not TrailEntry.objects.exists()


@pytest.mark.django_db
def test_many_rows_at_once_cannot_be_changed_or_deleted_either(now: datetime) -> None:
    with transaction.atomic():
        trail.record(now=now, **ENTRY)
    rows = TrailEntry.objects.all()
    entry = rows.get()
    entry.actor = "nobody"
    changes: tuple[Callable[[], object], ...] = (
        lambda: rows.update(actor="nobody"),
        rows.delete,
        lambda: TrailEntry.objects.bulk_update([entry], ["actor"]),
    )
    for change in changes:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    assert rows.get().actor == "somebody"


@pytest.mark.django_db
def test_act_that_there_is_not_is_not_written(now: datetime) -> None:
    unknown: Any = "request.forgotten"
    with pytest.raises(TypeError, match="no act"), transaction.atomic():
        trail.record(now=now, **{**ENTRY, "act": unknown})
    assert not TrailEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"data": {**DATA, "forgotten": 1}}, "forgotten: Extra inputs"),
        ({"data": {"door": "command", "proof": {}, "before": None}}, "after: Field required"),
        ({"data": {**DATA, "door": 5}}, "door: Input should be a valid string"),
        ({"data": {**DATA, "proof": {"method": "totp", "at": "yesterday"}}}, "proof.at: Input should be a valid datetime"),
        ({"data": {**DATA, "after": {"password": "secret"}}}, "after: Input should be null"),
        ({"subject": "R-7K3M9QX2"}, "is not said of R-7K3M9QX2"),
    ],
)
def test_what_an_act_does_not_say_is_not_written(now: datetime, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(trail.NotInShape) as caught, transaction.atomic():
        trail.record(now=now, **{**ENTRY, **wrong})
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)
    assert not TrailEntry.objects.exists()


def test_entry_says_by_which_version_its_data_is_to_be_read(cast: Cast, now: datetime) -> None:
    submitted(cast.member01, now=now)
    assert set(TrailEntry.objects.values_list("schema_version", flat=True)) == {LATEST}


def test_approval_names_the_access_that_it_makes_or_prolongs(cast: Cast, now: datetime) -> None:
    WorkGroup.objects.update(policy=cast.prod_member.policy)
    request = submitted(cast.member01, now=now, work_groups=["ProdLeaderWorkGroup", "ProdMemberWorkGroup"])
    approved(request, cast.leader01, now=now)
    made = list(request.elevations.order_by("pk").values_list("code", flat=True))
    extension = extension_asked(request.elevations.earliest("pk"), cast.member01, ends_at=now + timedelta(hours=3), now=now)
    approved(extension, cast.leader01, now=now)
    named = TrailEntry.objects.filter(act=Act.REQUEST_APPROVED).order_by("id").values_list("data__elevations", flat=True)
    assert list(named) == [made, made[:1]]
