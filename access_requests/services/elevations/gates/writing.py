"""Writing the gates: one writer a role at a time, and one write for all who wait for it."""

import logging
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import DatabaseError
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from access_requests.grants import session_gate as in_aws
from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, RoleGate, TargetRole, WorkGroup
from access_requests.services.elevations import lease
from access_requests.services.elevations.gates.contents import EXPIRED, as_line, gateable, gated, lines, room, second, size
from portal.aws.calls import AwsClient, Call
from portal.aws.causes import ROLE_FULL
from portal.aws.errors import BackendBusy, BackendError, BackendRefused
from portal.aws.sessions import iam_of
from portal.iam.fences import iso
from portal.iam.session_gate import Line, lines_of, session_gate

logger = logging.getLogger(__name__)
BUSY = "gate_busy"
NOT_SHOWN_YET = "gate_not_shown_yet"
POLL_SECONDS = 0.1
Renew = Callable[[], None]
Open = dict[str, str | None]


def write(elevation: Elevation, aws: AwsClient) -> Open | None:
    """See to it that each gate of the elevation shows in AWS what the database says now, after its state was committed.

    Return what they say of the person: role name -> until when, None for shut out; and None where no role has a gate. `aws` is
    the step's way to the Jump account: its lease is renewed meanwhile, and the calls are written down with its own. Raises
    BackendError, with the problem role_full before anything is written.
    """
    roles = list(gated(elevation.work_group))
    return {role.name: _until(_ensured(role, elevation, aws), elevation) for role in roles} if roles else None


def as_read(elevation: Elevation) -> Open | None:
    """Return what `write` does from what AWS showed last, without asking it.

    Where AWS may have more than it showed, the person counts as let in until the end of the elevation at the least.
    """
    roles = list(gated(elevation.work_group).select_related("gate", "account"))
    return {role.name: _at_most_until(role.gate, elevation) for role in roles if hasattr(role, "gate")} if roles else None


def as_shown(work_group: WorkGroup) -> dict[int, list[Line]]:
    """Return role id -> the lines of its gate as AWS showed it last; they render to the document that was read back."""
    roles = gated(work_group).select_related("gate", "account")
    return {role.pk: list(map(as_line, role.gate.lines)) for role in roles}


def refresh(role_id: int) -> None:
    """Write a role's gate anew, unless somebody is at it. Raises nothing: what fails is tried again by the sweep."""
    role = gateable().filter(pk=role_id).first()
    if role is None:
        return  # The role left the catalogue meanwhile, or the message was forged.
    try:
        rewrite(role, [])
    except BackendError as error:
        logger.warning("session gate of %s: %s", role, error)


def rewrite(role: TargetRole, calls: list[Call]) -> None:
    """Write a role's gate anew and add the calls. Raises BackendError, also while somebody else is at it."""
    _ask(role)
    holder = _take(role)
    if holder is None:
        raise BackendBusy(BUSY)
    aws = AwsClient(client=iam_of(role.account.gate_role_arn), before_each=lambda: None, clock=timezone.now, calls=calls)
    _write(role, holder, aws, renew=lambda: None)


def due(*, now: datetime) -> Iterable[int]:
    """Yield the ids of the roles whose gate is to be written: not there yet, behind, or perhaps overwritten by a late call."""
    roles = gateable().filter(work_groups__retired_at=None, work_groups__isnull=False)
    never = Q(gate=None)
    behind = Q(gate__written__lt=F("gate__asked"), gate__again_at=None) | Q(gate__again_at__lte=now)
    free = Q(gate__until=None) | Q(gate__until__lte=now)
    yield from roles.filter(never | behind & free).distinct().order_by("pk").values_list("pk", flat=True)


def is_ending(elevation: Elevation) -> bool:
    """Whether another elevation of the person on one of the roles is being ended: what comes next begins after it."""
    others = Elevation.objects.filter(person=elevation.person_id, status=ElevationStatus.REVOKING).exclude(pk=elevation.pk)
    return others.filter(work_group__target_roles__in=gated(elevation.work_group)).exists()


def _until(gate: RoleGate, elevation: Elevation) -> str | None:
    return next((line["until"] for line in gate.lines if line["user_name"] == elevation.iam_user_name), None)


def _at_most_until(gate: RoleGate, elevation: Elevation) -> str | None:
    """Return the later of what was read back and, where a put may have landed since, of what it may have said."""
    shown = _until(gate, elevation)
    if gate.written == gate.asked and gate.again_at is None:
        return shown
    # Ends only move later: no gate was ever rendered with a later one. ISO 8601 strings in UTC sort like the times they name.
    return max(filter(None, [shown, iso(elevation.ends_at)]))


# One writer at a time


def _ensured(role: TargetRole, elevation: Elevation, aws: AwsClient) -> RoleGate:
    """Write the gate, or wait until another worker's write has this elevation in it."""
    ticket = _ask(role)
    target = AwsClient(client=iam_of(role.account.gate_role_arn), before_each=lambda: None, clock=aws.clock, calls=aws.calls)
    deadline = time.monotonic() + 2 * lease.length().total_seconds()
    while time.monotonic() < deadline:
        aws.before_each()
        gate = RoleGate.objects.get(role=role)
        if _covers(gate, ticket, elevation):
            return gate
        if (holder := _take(role)) is not None:
            _write(role, holder, target, renew=aws.before_each)
        else:
            time.sleep(POLL_SECONDS)
    raise BackendBusy(BUSY)


def _covers(gate: RoleGate, ticket: int, elevation: Elevation) -> bool:
    """Whether what AWS showed was rendered from the elevation as it is now.

    One that ran out needs no write of its own: any gate that was rendered after its end is without it.
    """
    ran_out = elevation.stop_reason == EXPIRED and gate.rendered_at is not None and gate.rendered_at > elevation.ends_at
    return gate.written >= ticket or ran_out


def _ask(role: TargetRole) -> int:
    """Return a number which `written` reaches no earlier than a gate that was rendered after this call."""
    RoleGate.objects.get_or_create(role=role)
    RoleGate.objects.filter(role=role).update(asked=F("asked") + 1)
    return RoleGate.objects.values_list("asked", flat=True).get(role=role)


def _write(role: TargetRole, holder: str, aws: AwsClient, *, renew: Renew) -> None:
    """Render, put, read back, and say up to which number. Raises BackendError; the role's lease is given back either way."""

    def renew_both() -> None:
        renew()
        _renew(role, holder)

    aws.before_each = renew_both
    asked, now = RoleGate.objects.values_list("asked", flat=True).get(role=role), timezone.now()
    try:
        wanted = lines(role, now=now)
    except DatabaseError:
        _held(role, holder).update(holder="", until=None)
        raise
    try:
        if size(wanted) > room(role):
            full = f"{len(wanted)} people do not fit into the session gate of {role}"
            raise BackendRefused(ROLE_FULL, full, cause=f"{ROLE_FULL}:{in_aws.ROLE_INLINE_SIZE}")
        in_aws.put(aws, role_name=role.name, document=session_gate(wanted))
        shown = lines_of(in_aws.read(aws, role_name=role.name))
        if shown is None or list(shown) != [_as_written(line) for line in wanted]:
            raise BackendBusy(NOT_SHOWN_YET)
    except BackendError as error:
        # After a time-out, or with the person's lease lost, this document may still arrive in AWS over a later one.
        again = aws.clock() + lease.length() * (2 if isinstance(error, BackendRefused) else 1)
        _held(role, holder).update(holder="", until=None, again_at=again)
        raise
    _held(role, holder).update(
        written=asked,
        lines=[{"user_name": line.user_name, "since": iso(line.since), "until": iso(line.until)} for line in wanted],
        rendered_at=now,
        read_at=aws.clock(),
        holder="",
        until=None,
    )
    RoleGate.objects.filter(role=role, again_at__lte=now).update(again_at=None)


def _as_written(line: Line) -> Line:
    return Line(user_name=line.user_name, since=second(line.since), until=second(line.until))


def _take(role: TargetRole) -> str | None:
    """Take the role's lease and return its holder, or None while somebody has it."""
    holder, now = uuid.uuid4().hex, timezone.now()
    gate = RoleGate.objects.filter(role=role)
    if gate.filter(until=None).update(holder=holder, until=now + lease.length()):
        return holder
    # The last holder died or hangs: a document that it sent may still arrive over the one that is written now.
    if gate.filter(until__lte=now).update(holder=holder, until=now + lease.length(), again_at=now + lease.length()):
        return holder
    return None


def _renew(role: TargetRole, holder: str) -> None:
    now = timezone.now()
    if not _held(role, holder).filter(until__gt=now).update(until=now + lease.length()):
        raise BackendBusy(BUSY, "the lease of the gate ran out")


def _held(role: TargetRole, holder: str) -> QuerySet[RoleGate]:
    return RoleGate.objects.filter(role=role, holder=holder)
