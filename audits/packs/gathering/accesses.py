"""T: the accesses that AWS had, as entries of the trail tell them, page by page in the order in which they began."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from audits.acts import Act
from audits.evidence.population import Wanted, stratum_of
from audits.evidence.sampling import Stratum
from audits.models import Pack, Stay, TrailEntry, UseState
from audits.stays import touching

PAGE = 1000
# Of an access: what is read of it, in full.
STEPS = (
    *(Act.ELEVATION_ACTIVE, Act.ELEVATION_GRANT_ATTEMPT_FAILED, Act.ELEVATION_EXECUTION_SEEN, Act.ELEVATION_EXTENDED),
    *(Act.ELEVATION_REVOKING, Act.ELEVATION_ENDED, Act.ELEVATION_END_ATTEMPT_FAILED, Act.ELEVATION_END_RECORDED_LATE),
    *(Act.ELEVATION_EXTENSION_ATTEMPT_FAILED, Act.LOG_IN_USE_TOLD),
)
LEAVE = (Act.REQUEST_APPROVAL_GIVEN, Act.REQUEST_APPROVED)
GIVING = (Act.ELEVATION_ACTIVE, Act.ELEVATION_GRANT_ATTEMPT_FAILED)
TAKING = (Act.ELEVATION_ENDED, Act.ELEVATION_END_ATTEMPT_FAILED, Act.ELEVATION_END_RECORDED_LATE)
FAILED = (Act.ELEVATION_GRANT_ATTEMPT_FAILED, Act.ELEVATION_END_ATTEMPT_FAILED, Act.ELEVATION_EXTENSION_ATTEMPT_FAILED)


@dataclass(slots=True, kw_only=True)
class Step:
    pk: int
    act: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Access:
    """`said` is the elevation as the entry of its beginning has it, `steps` what became of it up to the checkpoint."""

    code: str
    entry: int
    active_at: datetime
    said: Mapping[str, Any]
    steps: Sequence[Step] = ()
    approvers: list[str] = field(default_factory=list)
    ticket: str = ""
    emergency: bool = False

    @property
    def end(self) -> Step | None:
        return self._last(Act.ELEVATION_ENDED)

    @property
    def begun_to_end(self) -> Step | None:
        return self._last(Act.ELEVATION_REVOKING)

    @property
    def use(self) -> str:
        told = self._last(Act.LOG_IN_USE_TOLD)
        return str(told.data["use"]) if told else UseState.UNKNOWN

    @property
    def is_extended(self) -> bool:
        return self._last(Act.ELEVATION_EXTENDED) is not None

    @property
    def stratum(self) -> Stratum:
        begun, acts = self.begun_to_end, {step.act for step in self.steps}
        return stratum_of(
            emergency=self.emergency,
            stopped=Act.ELEVATION_END_RECORDED_LATE in acts or (begun is not None and begun.data.get("reason") == "stopped"),
            failed=not acts.isdisjoint(FAILED),
            extended=self.is_extended,
        )

    @property
    def ends_at(self) -> str:
        """The approved end, more time included."""
        extended = self._last(Act.ELEVATION_EXTENDED)
        return str((extended.data if extended else self.said).get("to_end") or self.said.get("ends_at") or "")

    def wanted(self, acts: Sequence[Act], at: datetime) -> Wanted:
        """Return what CloudTrail should show of these of its steps."""
        told = [step for step in self.steps if step.act in acts]
        calls = {call["request_id"] for step in told for call in step.data.get("calls") or ()}
        seen = [step.data.get("seen") or {} for step in told]
        runs = (step.data["execution"]["id"] for step in self.steps if step.act == Act.ELEVATION_EXECUTION_SEEN)
        users = (self.said.get(name) for name in ("iam_user_name", "identity_center_user_id"))
        return Wanted(
            code=self.code,
            groups=frozenset(filter(None, (self.said.get("work_group"), *(one.get("group_id") for one in seen)))),
            users=frozenset(filter(None, users)),
            at=at,
            calls=frozenset(filter(None, calls)),
            executions=frozenset(filter(None, runs)),
        )

    def _last(self, act: Act) -> Step | None:
        return next((step for step in reversed(self.steps) if step.act == act), None)


def began_in(pack: Pack, since: datetime, until: datetime) -> Iterator[list[Access]]:
    """Yield the accesses that AWS had from a moment of this time on, a page at a time. Three queries a page."""
    yield from _pages(pack, Act.ELEVATION_ACTIVE, since, until)


def began_before(pack: Pack, until: datetime) -> Iterator[list[Access]]:
    """Yield the accesses that had begun before the period, and of which AWS showed in it that they were gone."""
    stays = Stay.objects.filter(touching(pack.since, until), active_at__lt=pack.since, ended_at__gte=pack.since).order_by("pk")
    last = 0
    while page := list(stays.filter(pk__gt=last).values_list("pk", "subject", "active_at")[:PAGE]):
        codes = {code: at for _pk, code, at in page}
        made = [Access(code=code, entry=0, active_at=at, said={}) for code, at in codes.items() if at]
        _fill(made, pack)
        yield made
        last = page[-1][0]


def _pages(pack: Pack, act: Act, since: datetime, until: datetime) -> Iterator[list[Access]]:
    """Yield each access once, by the first of its entries of this act."""
    rows = TrailEntry.objects.filter(act=act, at__gte=since, at__lt=until, pk__lte=pack.through).order_by("at", "pk")
    beyond, last = Q(), ""
    while page := list(rows.filter(beyond).values_list("pk", "subject", "at", "data")[:PAGE]):
        made = [
            Access(code=code, entry=pk, active_at=at, said=data.get("elevation") or {})
            for pk, code, at, data in page
            if code != last
        ]
        _fill(made, pack)
        yield made
        pk, last, at, _data = page[-1]
        beyond = Q(at__gt=at) | Q(at=at, pk__gt=pk)


def _fill(made: Sequence[Access], pack: Pack) -> None:
    steps: dict[str, list[Step]] = defaultdict(list)
    told = TrailEntry.objects.filter(subject__in=[one.code for one in made], act__in=STEPS, pk__lte=pack.through)
    for pk, code, act, at, data in told.order_by("pk").values_list("pk", "subject", "act", "at", "data"):
        steps[code].append(Step(pk=pk, act=act, at=at, data=data))
    for one in made:
        one.steps = steps[one.code]
        one.said = one.said or next(
            (step.data["elevation"] for step in one.steps if isinstance(step.data.get("elevation"), dict)), {}
        )
    leave: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    codes = {str(one.said.get("request", "")) for one in made}
    given = TrailEntry.objects.filter(subject__in=codes, act__in=LEAVE, pk__lte=pack.through).order_by("pk")
    for code, data in given.values_list("subject", "data"):
        leave[code].append(data)
    for one in made:
        for data in leave[str(one.said.get("request", ""))]:
            one.approvers.append(str((data.get("decision") or {}).get("approver", "")))
            one.ticket = str(data["request"].get("change_ticket", ""))
            one.emergency = one.emergency or bool(data["request"].get("emergency"))
