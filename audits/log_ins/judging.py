"""The class of a log-in, its row and its entry of the trail, written together; nobody else writes either."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audits import trail
from audits.acts import Act
from audits.cloudtrail import classes
from audits.cloudtrail.classes import SETTLED, Class, LoggedIn, Verdict
from audits.cloudtrail.entering import Entered
from audits.cloudtrail.event import Part
from audits.cloudtrail.leave import Leave
from audits.cloudtrail.sessions import NEAR
from audits.log_ins import keeping
from audits.log_ins.contradicting import TakenBack
from audits.log_ins.keeping import Draft
from audits.log_ins.pieces import Found
from audits.models import LogIn, LogInClass, SeenEvent
from portal.storable import AsTyped
from portal.verbs.actor import WORKER

# Of a chain of roles one goes on from another. Longer ones are judged with the next events of theirs.
LONGEST_CHAIN = 5
MOST_EVENTS = 20
FIELDS = (
    *("account", "role", "session", "person", "principal", "way", "mfa", "began_at", "until", "last_call_at", "refused", "kind"),
    *("reason", "elevation", "exemption", "entered", "entry_id", "changed_at", "parent"),
)


@dataclass(frozen=True, kw_only=True)
class Judge:
    """What log-ins are judged by. `complete`: account -> up to when all of it was read."""

    leave: Leave
    complete: Mapping[str, datetime]
    now: datetime
    # The accesses whose log-ins are otherwise now.
    touched: set[str] = field(default_factory=set)

    def keep(self, found: Iterable[Found], gone: Sequence[TakenBack] = ()) -> Sequence[Found]:
        """Keep events, judge the log-ins that they are of, and tell what is new; return the events that are.

        `gone` are events that were kept, and are rows no more.
        """
        batch = keeping.drafted(found, gone)
        self.judge(batch.drafts)
        keeping.save_events(batch)
        return batch.fresh

    def again(self, rows: Iterable[LogIn]) -> int:
        """Judge log-ins anew by what the trail says now; return how many are otherwise."""
        return self.judge([_as_it_is(row) for row in rows])

    def judge(self, drafts: Sequence[Draft]) -> int:
        """Judge these and whatever goes on from them. Two queries, and two more for each link of the longest chain."""
        waiting, changed = list(drafts), 0
        for _link in range(LONGEST_CHAIN):
            if not waiting:
                break
            verdicts = self._verdicts(waiting)
            changed += self._write(list(zip(waiting, verdicts, strict=True)))
            threads = {draft.row.thread for draft in waiting}
            waiting = [_as_it_is(row) for row in LogIn.objects.filter(parent__in=threads)]
        return changed

    def _verdicts(self, drafts: Sequence[Draft]) -> list[Verdict]:
        parents, calls = _parents(drafts, self.leave), self._late_calls(drafts)
        return [
            Verdict(kind=Class.UNKNOWN, reason="joined")
            if draft.is_joined
            else classes.classed(_logged_in(draft, calls), self.leave, parent=parents.get(id(draft)))
            for draft in drafts
        ]

    def _late_calls(self, drafts: Sequence[Draft]) -> Mapping[int, list[datetime]]:
        """Return id of a draft -> when its calls succeeded, of those that went on after their window. One query at the most."""
        late = {draft.row.pk: draft for draft in drafts if draft.row.pk and self._is_late_in_window(draft)}
        found: dict[int, list[datetime]] = {id(draft): [] for draft in late.values()}
        rows = SeenEvent.objects.filter(log_in__in=late)
        for log_in, at in keeping.succeeded(rows).values_list("log_in_id", "at").distinct() if late else ():
            found[id(late[log_in])].append(at)
        return found

    def _is_late_in_window(self, draft: Draft) -> bool:
        if draft.last_call_at is None:
            return False
        windows = self.leave.of(draft.entered, draft.began_at)
        return bool(windows) and draft.last_call_at > windows[-1].ends_at

    def _write(self, judged: Sequence[tuple[Draft, Verdict]]) -> int:
        """Save what is otherwise, with an entry for each class that is new; what the portal does it tells by other entries."""
        new, old, said = list[LogIn](), list[LogIn](), list[tuple[Draft, dict[str, Any] | None]]()
        for draft, verdict in judged:
            row = draft.row
            before = _said(row) if row.entry_id else None
            was = {name: getattr(row, name) for name in FIELDS}
            _set(draft, verdict)
            is_new_to_all = not row.pk
            if is_new_to_all:
                row.code = keeping.code_of(*min(one.key for one in draft.fresh))
            if before != _said(row) and (before is not None or row.kind != LogInClass.PORTAL):
                said.append((draft, before))
            if is_new_to_all or was != {name: getattr(row, name) for name in FIELDS}:
                row.changed_at = self.now
                self.touched.update({row.elevation, str(was["elevation"])} - {""})
                (new if is_new_to_all else old).append(row)
        for draft, before in said:
            draft.row.entry_id = self._tell(draft, before)
        LogIn.objects.bulk_create(new)
        LogIn.objects.bulk_update(old, FIELDS, batch_size=200)
        return len(said)

    def _tell(self, draft: Draft, before: Mapping[str, Any] | None) -> int:
        act = Act.LOG_IN_SEEN if before is None else Act.LOG_IN_CHANGED
        first = min(draft.fresh, key=lambda one: (one.event.part != "entry", one.event.at, one.event.id), default=None)
        data = {
            "log_in": _said(draft.row),
            "events": [_proving(one) for one in draft.fresh[:MOST_EVENTS]],
            "late": self._is_late(draft),
            "address": first.event.address if first else "",
            "user_agent": first.event.agent if first else "",
            **({"before": before} if before is not None else {}),
        }
        return trail.record_act(now=self.now, act=act, actor=WORKER, subject=draft.row.code, data=data).pk

    def _is_late(self, draft: Draft) -> bool:
        """Whether something came of a time that was read whole, and a day ago: whoever closed it looks again."""
        complete = self.complete.get(draft.entered.account)
        return complete is not None and any(one.event.at + SETTLED < complete for one in draft.fresh)


def _parents(drafts: Sequence[Draft], leave: Leave) -> Mapping[int, Verdict]:
    """Return id of a draft -> the verdict over the session that it goes on from, where that is known. One query."""
    threads = {draft.entered.parent for draft in drafts if draft.entered.parent}
    rows = list(LogIn.objects.filter(thread__in=threads).exclude(kind=LogInClass.JOINED)) if threads else []
    found = {}
    for draft in drafts:
        near = [row for row in rows if _goes_on_from(draft, row)]
        if near:
            row = min(near, key=lambda one: (abs(one.began_at - _parent_began(draft)), one.began_at))
            exemption = leave.exemption(Entered.of(row.entered), row.began_at) if row.kind == LogInClass.DECLARED else None
            facts: dict[str, Any] = {
                "reason": row.reason,
                "elevation": row.elevation,
                "person": row.person,
                "exemption": exemption,
            }
            found[id(draft)] = Verdict(kind=Class(row.kind), **facts)
    return found


def _goes_on_from(draft: Draft, row: LogIn) -> bool:
    """Whether it is that session; where nothing says when that began, as in the other account, any of its thread until then."""
    if row.thread != draft.entered.parent or row.began_at > draft.began_at + NEAR:
        return False
    entered = draft.entered
    return entered.parent_began is None or abs(row.began_at - entered.parent_began) <= NEAR


def _parent_began(draft: Draft) -> datetime:
    return draft.entered.parent_began or draft.began_at


def _logged_in(draft: Draft, calls: Mapping[int, Sequence[datetime]]) -> LoggedIn:
    return LoggedIn(
        entered=draft.entered,
        at=draft.began_at,
        refused=draft.refused,
        last_call=draft.last_call_at,
        calls=[*_fresh_calls(draft), *calls.get(id(draft), ())],
    )


def _fresh_calls(draft: Draft) -> list[datetime]:
    return [one.event.at for one in draft.fresh if one.event.part != Part.ENTRY and keeping.is_success(one.event)]


def _set(draft: Draft, verdict: Verdict) -> None:
    row, entered = draft.row, draft.entered
    row.account, row.role, row.session, row.way = entered.account, entered.role, entered.session, str(entered.way)
    row.principal, row.mfa, row.until, row.parent = entered.principal, entered.mfa, entered.until, entered.parent
    row.entered, row.began_at, row.refused, row.last_call_at = entered.kept, draft.began_at, draft.refused, draft.last_call_at
    row.kind = LogInClass.JOINED if draft.is_joined else LogInClass(verdict.kind)
    row.reason, row.elevation, row.person = verdict.reason, verdict.elevation, verdict.person
    row.exemption = verdict.exemption.said if verdict.exemption else None


def _as_it_is(row: LogIn) -> Draft:
    return Draft(
        row=row,
        entered=Entered.of(row.entered),
        began_at=row.began_at,
        refused=row.refused,
        last_call_at=row.last_call_at,
        is_joined=row.kind == LogInClass.JOINED,
    )


def _said(row: LogIn) -> dict[str, Any]:
    """Return what the trail says of a log-in, as JSON has it."""
    names = ("code", "way", "account", "role", "session", "person", "principal", "mfa", "began_at", "until", "refused")
    said = {name: getattr(row, name) for name in (*names, "kind", "reason", "elevation", "exemption")}
    whole: dict[str, Any] = json.loads(json.dumps({**said, "principal_id": row.entered["principal_id"]}, cls=AsTyped))
    return whole


def _proving(one: Found) -> dict[str, Any]:
    event = one.event
    names = ("id", "name", "account", "region", "at", "sha256")
    return {**{name: getattr(event, name) for name in names}, "place": one.place}
