"""What CloudTrail itself is seen to be, as entries of the trail: what makes findings of it follows these."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from audits import trail
from audits.acts import Act
from audits.findings.identity import code_of
from audits.kinds import FindingKind
from audits.log_ins.pieces import Found
from audits.models import Finding, FindingStatus, SeenEvent
from portal.aws.errors import BackendError
from portal.storable import storable
from portal.verbs.actor import WORKER

STOPS, STARTS = ("StopLogging", "DeleteTrail"), ("StartLogging",)
LONGEST = 900
# By how the names of their Regions begin.
PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


def tell(
    act: Act,
    *,
    account: str,
    region: str,
    now: datetime,
    trail_name: str = "",
    remark: str = "",
    by: str = "",
    of: Found | None = None,
) -> None:
    """Append what was seen of an account's CloudTrail, in the caller's transaction."""
    event = of.event if of else None
    names = ("id", "name", "account", "region", "at", "sha256")
    proving = {**{name: getattr(event, name) for name in names}, "place": of.place} if event and of else None
    data = {"account": account, "region": region, "trail": trail_name, "remark": remark, "by": by, "event": proving}
    trail.record_act(now=now, act=act, actor=WORKER, subject=f"cloudtrail:{account}", data=data)


def tell_fault(remark: str, *, account: str, region: str, now: datetime) -> None:
    """Tell of what is no event of this account, or cannot be kept."""
    tell_once(Act.CLOUDTRAIL_FAULT, remark, account=account, region=region, now=now)


def tell_once(act: Act, remark: str, *, account: str, region: str, now: datetime) -> None:
    """Tell of a fault or a gap, unless it is a finding already, whether open or closed."""
    said = storable(remark[:LONGEST])
    kind = FindingKind.CLOUDTRAIL_GAP if act == Act.CLOUDTRAIL_GAP else FindingKind.CLOUDTRAIL_FAULT
    if not Finding.objects.filter(code=code_of(kind, {"account": account, "region": region, "remark": said})).exists():
        tell(act, account=account, region=region, remark=said, now=now)


def tell_refused(call: str, refused: BackendError, *, account: str, region: str, now: datetime) -> None:
    """Tell that an account does not show what is to be known of it, unless that is a finding which is open."""
    remark = f"{call}: {refused.problem}"
    if not is_open(FindingKind.CLOUDTRAIL_GAP, {"account": account, "region": region, "remark": remark}):
        tell(Act.CLOUDTRAIL_GAP, account=account, region=region, remark=remark, now=now)


def is_open(kind: FindingKind, key: Mapping[str, str]) -> bool:
    """Whether somebody knows of it already. One query."""
    return Finding.objects.filter(code=code_of(kind, key)).exclude(status=FindingStatus.CLOSED).exists()


def tell_changes(fresh: Sequence[Found], *, now: datetime) -> None:
    """Tell of trails that were stopped or write again, as these new events say; one that comes late has not the last word.

    That a trail of the same name was made says nothing: it does not write before it is started.
    """
    changes = sorted(
        (one for one in fresh if one.event.change and not one.event.error and one.event.name in (*STOPS, *STARTS)),
        key=lambda one: (one.event.at, one.event.id),
    )
    for one in changes:
        _tell(one, Act.CLOUDTRAIL_STOPPED if one.event.name in STOPS else Act.CLOUDTRAIL_STARTED, now)
    for account, name in {(one.event.account, _named(one)) for one in changes if one.event.name in STOPS}:
        last = _last(account, name)
        if last is not None and last.name in STARTS:
            tell(Act.CLOUDTRAIL_STARTED, account=account, region=last.region, trail_name=name, remark=last.name, now=now)


def _tell(one: Found, act: Act, now: datetime) -> None:
    event = one.event
    by = event.change.by if event.change else ""
    tell(act, account=event.account, region=event.region, trail_name=_named(one), remark=event.name, by=by, of=one, now=now)


def _named(one: Found) -> str:
    """Return the ARN of the trail that an event is about."""
    event = one.event
    return _arn(event.change.thing if event.change else "", event.account, event.region)


def _arn(named: str, account: str, region: str) -> str:
    """Return a trail's ARN; of a name alone that of the trail which is at home there: nobody stops it anywhere else."""
    partition = next((name for begins, name in PARTITIONS.items() if region.startswith(begins)), "aws")
    return named if named.startswith("arn:") else f"arn:{partition}:cloudtrail:{region}:{account}:trail/{named}"


def _last(account: str, arn: str) -> SeenEvent | None:
    """Return the newest event that stopped or began this trail. One query for each trail that was stopped."""
    rows = SeenEvent.objects.filter(part="change", account=account, name__in=(*STOPS, *STARTS), error="").order_by(
        "-at", "-event_id"
    )
    return next((row for row in rows if _arn((row.change or {}).get("thing", ""), account, row.region) == arn), None)
