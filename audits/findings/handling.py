"""What people do about findings. Administrators see to them; auditors say what they think, and change nothing.

An acceptance takes two: one administrator asks, with a reason and the last day, and another one gives it, who neither asked nor
owns or owned the finding nor may have caused it, and who says which state of it they saw. What is severe is closed by two as
well: by such another one, once somebody has asked. Each verb raises FindingNotProven for a program that only names its person,
and what administrators do raises FactorMissing and StepUpNeeded.
"""

from datetime import date, datetime, timedelta

from audits.acts import Act
from audits.findings import finding_errors, raising, writing
from audits.findings.due import today
from audits.kinds import KINDS
from audits.models import Finding, FindingStatus, Severity, TrailEntry
from portal.users.models import User
from portal.verbs import authority, rejections
from portal.verbs.actor import Actor
from portal.verbs.rejections import Missing, NotAnAuditor, TooLong, TransitionNotAllowed

LONGEST_TEXT = 2000
# What needs which proof, `access_requests.policy.proofs` says.
ACT = "finding"
# Whoever accepts something looks at it again within a year.
LONGEST_ACCEPTANCE = timedelta(days=366)


def assign(*, code: str, owner: str, due_on: date | None, actor: Actor, now: datetime) -> Finding:
    """Say who sees to it, and until when.

    Raises NotAnAdministrator, NotFound, TransitionNotAllowed, UnknownOwner, DayUnusable, AcceptedByOwner.
    """
    finding = _to_change(code, actor, now)
    if finding.status == FindingStatus.CLOSED:
        raise TransitionNotAllowed(state=finding.status)
    if owner and not _may_own(owner):
        raise finding_errors.UnknownOwner(field="owner", owner=owner)
    if owner and owner == finding.accepted_by:
        raise finding_errors.AcceptedByOwner(owner=owner)
    if due_on is not None and due_on != finding.due_on:
        _check_day(due_on, field="due_on", now=now)
    before = {"before_owner": finding.owner, "before_due_on": finding.due_on}
    finding.owner, finding.due_on = owner, due_on
    writing.write(finding, Act.FINDING_ASSIGNED, actor=actor, now=now, data=before)
    return finding


def comment(*, code: str, comment: str, actor: Actor, now: datetime) -> Finding:
    """Say something about it. Raises NotAnAuditor, NotFound, Missing, TooLong."""
    if not (actor.who.is_active and actor.who.reads_everything):
        raise NotAnAuditor
    finding = _held(code, actor)
    writing.write(finding, Act.FINDING_COMMENTED, actor=actor, now=now, data={"comment": _text(comment, field="comment")})
    return finding


def ask_acceptance(*, code: str, until: date, reason: str, actor: Actor, now: datetime) -> Finding:
    """Ask another administrator to accept it until a day.

    Raises NotAnAdministrator, NotFound, TransitionNotAllowed, DayUnusable, Missing, TooLong.
    """
    finding = _to_change(code, actor, now)
    if finding.status != FindingStatus.OPEN or finding.asked_by:
        raise TransitionNotAllowed(state=finding.status)
    _check_day(until, field="until", now=now)
    finding.asked_by, finding.asked_until = actor.who.username, until
    finding.asked_because = _text(reason, field="reason")
    writing.write(finding, Act.FINDING_ACCEPTANCE_ASKED, actor=actor, now=now)
    return finding


def accept(*, code: str, seen: int, comment: str, actor: Actor, now: datetime) -> Finding:
    """Accept it, as another administrator asked. `seen`: the last entry of the finding as it was shown.

    Raises NotAnAdministrator, NotFound, TransitionNotAllowed, FindingChanged, OwnAcceptance, DayUnusable, Missing, TooLong.
    """
    finding = _to_answer(code, seen, actor, now)
    if not may_be_second(finding, actor.who.username):
        raise finding_errors.OwnAcceptance
    if finding.asked_until is not None:
        _check_day(finding.asked_until, field="until", now=now)
    finding.status, finding.accepted_by, finding.accepted_until = FindingStatus.ACCEPTED, actor.who.username, finding.asked_until
    writing.write(finding, Act.FINDING_ACCEPTED, actor=actor, now=now, data={"comment": _text(comment, field="comment")})
    return finding


def refuse_acceptance(*, code: str, seen: int, comment: str, actor: Actor, now: datetime) -> Finding:
    """Refuse to accept it; who asked takes it back so. Raises what `accept` does, but for OwnAcceptance and DayUnusable."""
    finding = _to_answer(code, seen, actor, now)
    # The entry says what was refused by the one before it.
    raising.forget_acceptance(finding)
    said = {"comment": _text(comment, field="comment")}
    writing.write(finding, Act.FINDING_ACCEPTANCE_REFUSED, actor=actor, now=now, data=said)
    return finding


def end_acceptance(*, code: str, comment: str, actor: Actor, now: datetime) -> Finding:
    """Open it again before its day. Raises NotAnAdministrator, NotFound, TransitionNotAllowed, Missing, TooLong."""
    finding = _to_change(code, actor, now)
    if finding.status != FindingStatus.ACCEPTED:
        raise TransitionNotAllowed(state=finding.status)
    raising.reopen(finding, now)
    said = {"comment": _text(comment, field="comment")}
    writing.write(finding, Act.FINDING_ACCEPTANCE_ENDED, actor=actor, now=now, data=said)
    return finding


def close(*, code: str, comment: str, actor: Actor, now: datetime) -> Finding:
    """Say that it is put right.

    Raises NotAnAdministrator, NotFound, TransitionNotAllowed, ClosesByItself, CausedByThem, Missing, TooLong; of what is severe
    ClosingTakesTwo and OwnAcceptance.
    """
    finding = _to_change(code, actor, now)
    if finding.status == FindingStatus.CLOSED:
        raise TransitionNotAllowed(state=finding.status)
    if closes_by_itself(finding):
        raise finding_errors.ClosesByItself
    if actor.who.username in finding.caused_by:
        raise finding_errors.CausedByThem
    if closing_takes_two(finding):
        if not finding.asked_by:
            raise finding_errors.ClosingTakesTwo
        if not may_be_second(finding, actor.who.username):
            raise finding_errors.OwnAcceptance
    raising.close(finding, now)
    writing.write(finding, Act.FINDING_CLOSED, actor=actor, now=now, data={"comment": _text(comment, field="comment")})
    return finding


def closes_by_itself(finding: Finding) -> bool:
    about = KINDS.get(finding.kind)
    return about is not None and about.goes_by_itself


def closing_takes_two(finding: Finding) -> bool:
    return finding.severity >= Severity.HIGH and not closes_by_itself(finding)


def may_close(finding: Finding, username: str) -> bool:
    """Whether an administrator of this name may; none may what closes by itself."""
    if closes_by_itself(finding) or username in finding.caused_by:
        return False
    return not closing_takes_two(finding) or (bool(finding.asked_by) and may_be_second(finding, username))


def may_be_second(finding: Finding, username: str) -> bool:
    """Whether they neither asked, nor own or owned it since it was opened, nor may have caused it. One query."""
    assigned = TrailEntry.objects.filter(subject=finding.code, act=Act.FINDING_ASSIGNED, at__gte=finding.opened_at)
    owners = assigned.values_list("data__before_owner", flat=True)
    return username not in {finding.asked_by, finding.owner, *finding.caused_by, *owners}


def _to_change(code: str, actor: Actor, now: datetime) -> Finding:
    authority.check_proven_administrator(actor, ACT, now=now)
    return _held(code, actor)


def _to_answer(code: str, seen: int, actor: Actor, now: datetime) -> Finding:
    """Return a finding that somebody asked to have accepted, if it is as it was seen."""
    finding = _to_change(code, actor, now)
    if finding.status != FindingStatus.OPEN or not finding.asked_by:
        raise TransitionNotAllowed(state=finding.status)
    if finding.entry_id != seen:
        raise finding_errors.FindingChanged
    return finding


def _held(code: str, actor: Actor) -> Finding:
    if actor.by_service:
        raise finding_errors.FindingNotProven
    writing.hold()
    finding = Finding.objects.filter(code=code).first()
    if finding is None:
        raise rejections.NotFound
    return finding


def _may_own(username: str) -> bool:
    owner = User.objects.filter(username=username, is_active=True).first()
    return owner is not None and owner.reads_everything


def _check_day(day: date, *, field: str, now: datetime) -> None:
    first, last = today(now), today(now) + LONGEST_ACCEPTANCE
    if not first <= day <= last:
        raise finding_errors.DayUnusable(field=field, first=first.isoformat(), last=last.isoformat())


def _text(text: str, *, field: str) -> str:
    said = text.strip()
    if not said:
        raise Missing(field=field)
    if len(said) > LONGEST_TEXT:
        raise TooLong(field=field, limit=LONGEST_TEXT, length=len(said))
    return said
