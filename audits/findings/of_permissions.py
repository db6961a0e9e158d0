"""What entries of looks at permissions say of findings: accounts that cannot be read, and guard rails that do not hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from audits.acts import excesses
from audits.kinds import FindingKind
from audits.models import Finding, FindingStatus, TrailEntry

Said = tuple[FindingKind, dict[str, str], bool]
# Of an account that left the catalogue nothing is asked any more.
GONE = "not_in_catalogue"
EXCESS = (FindingKind.EXCESSIVE_PERMISSION, FindingKind.UNTIDY_PERMISSION)


def said(entry: TrailEntry) -> Iterator[Said]:
    """Yield kind and key of each finding that the entry tells of, and whether it is gone. One query."""
    data, account = entry.data, str(entry.data["account"])
    is_unread = bool(data["problem"]) and data["problem"] != GONE
    yield FindingKind.ACCOUNT_UNREAD, {"account": account}, not is_unread
    found = [{"account": account, "who": f"{one['carrier']} {one['name']}", "rail": str(one["rail"])} for one in data["not_held"]]
    yield from ((FindingKind.RAIL_NOT_HELD, key, False) for key in found)
    standing = Finding.objects.filter(kind=FindingKind.RAIL_NOT_HELD, key__account=account)
    for finding in standing.exclude(status=FindingStatus.CLOSED):
        if finding.key not in found:
            yield FindingKind.RAIL_NOT_HELD, finding.key, True


def judged(entry: TrailEntry) -> Iterator[Said]:
    """Yield what is too much in an account, and what of it is gone. One query."""
    account = str(entry.data["account"])
    found = [(excess_kind(str(one["rule"])), excess_key(account, one)) for one in entry.data["excess"]]
    yield from ((kind, key, False) for kind, key in found)
    known = [key for _kind, key in found]
    for finding in Finding.objects.filter(kind__in=EXCESS, key__account=account).exclude(status=FindingStatus.CLOSED):
        if finding.key not in known:
            yield FindingKind(finding.kind), finding.key, True


def excess_kind(rule: str) -> FindingKind:
    return FindingKind.UNTIDY_PERMISSION if excesses.is_untidy(rule) else FindingKind.EXCESSIVE_PERMISSION


def excess_key(account: str, one: Mapping[str, Any]) -> dict[str, str]:
    """Return what tells it apart: who carries which statement, and not what else it is about."""
    statement = " ".join(filter(None, (str(one["policy"]), str(one["statement"]))))
    return {"account": account, "who": str(one["who"]), "rule": str(one["rule"]), "statement": statement}
