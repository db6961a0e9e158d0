"""What entries of log-ins to production, and of CloudTrail itself, say of findings."""

from collections.abc import Iterator, Mapping
from typing import Any

from audits.acts import Act
from audits.findings import culprits
from audits.kinds import FindingKind
from audits.models import LogIn, LogInClass, ReportStatus, TrailEntry, UseState, WorkReport

LOG_INS = (Act.LOG_IN_SEEN, Act.LOG_IN_CHANGED)
# Act -> the kind, the fields of its key, and whether it is there no longer.
OF_CLOUDTRAIL: Mapping[Act, tuple[FindingKind, tuple[str, ...], bool]] = {
    Act.CLOUDTRAIL_STOPPED: (FindingKind.CLOUDTRAIL_STOPPED, ("account", "trail"), False),
    Act.CLOUDTRAIL_STARTED: (FindingKind.CLOUDTRAIL_STOPPED, ("account", "trail"), True),
    Act.CLOUDTRAIL_GAP: (FindingKind.CLOUDTRAIL_GAP, ("account", "region", "remark"), False),
    Act.CLOUDTRAIL_MISSING: (FindingKind.CLOUDTRAIL_MISSING, ("account", "region"), False),
    Act.CLOUDTRAIL_THERE: (FindingKind.CLOUDTRAIL_MISSING, ("account", "region"), True),
    Act.CLOUDTRAIL_FAULT: (FindingKind.CLOUDTRAIL_FAULT, ("account", "region", "remark"), False),
}
# What AWS says of a log-in.
OF_AWS = ("way", "role", "principal", "principal_id", "refused")
ACTS = (*LOG_INS, Act.LOG_IN_USE_TOLD, *OF_CLOUDTRAIL)
Finding = tuple[FindingKind, dict[str, str]]


def said(entry: TrailEntry) -> Iterator[tuple[Finding, bool, frozenset[str]]]:
    """Yield kind and key of each finding that the entry tells of, whether it is gone, and who may have caused it."""
    if entry.act in LOG_INS:
        yield from _of_log_in(entry.data)
        return
    if entry.act == Act.LOG_IN_USE_TOLD:
        yield from _of_use(entry)
        return
    kind, names, is_gone = next(of for act, of in OF_CLOUDTRAIL.items() if act == entry.act)
    key = {name: str(entry.data[name]) for name in names}
    yield (kind, key), is_gone, frozenset() if is_gone else culprits.bound_to({str(entry.data["by"])})


def _of_log_in(data: Mapping[str, Any]) -> Iterator[tuple[Finding, bool, frozenset[str]]]:
    now, before = _found(data["log_in"]), _found(data["before"]) if data.get("before") else None
    if before is not None and before != now and _is_other(data["before"], data["log_in"]):
        yield before, True, frozenset()
    if now is not None:
        yield now, False, frozenset({str(data["log_in"]["person"])} - {""})


def _of_use(entry: TrailEntry) -> Iterator[tuple[Finding, bool, frozenset[str]]]:
    """Yield that somebody reported as not used what AWS shows was: it was read after they had. One query."""
    said_so = WorkReport.objects.filter(elevation=entry.subject, is_unused=True)
    if entry.data["use"] != UseState.USED or not said_so.exclude(status=ReportStatus.ASKED_BACK).exists():
        return
    key = {"elevation": entry.subject, "person": str(entry.data["person"])}
    yield (FindingKind.REPORTED_UNUSED, key), False, frozenset({key["person"]} - {""})


def _is_other(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether AWS told more of who came in and how; leave that somebody had or declared later closes nothing by itself."""
    return now["kind"] == LogInClass.JOINED or any(before[name] != now[name] for name in OF_AWS)


def key_of(row: LogIn) -> dict[str, str]:
    """Return the key of the finding that a log-in is that stayed unknown: the same as if it were seen to be without leave."""
    who = row.person or row.principal or str(row.entered["principal_id"])
    return {"log_in": row.code, "account": row.account, "who": who}


def _found(log_in: Mapping[str, Any]) -> Finding | None:
    """Return the finding that a log-in is, of whichever class it is; None where its class is no deficiency."""
    who = str(log_in["person"] or log_in["principal"] or log_in["principal_id"])
    if log_in["kind"] == LogInClass.NO_LEAVE:
        return FindingKind.LOG_IN_WITHOUT_APPROVAL, {"log_in": log_in["code"], "account": log_in["account"], "who": who}
    if log_in["kind"] == LogInClass.AFTER_END:
        return FindingKind.LOG_IN_AFTER_END, {"log_in": log_in["code"], "elevation": log_in["elevation"], "who": who}
    return None
