"""What entries of looks at permissions say of findings: accounts that cannot be read, and guard rails that do not hold."""

from collections.abc import Iterator

from audits.kinds import FindingKind
from audits.models import Finding, FindingStatus, TrailEntry

Said = tuple[FindingKind, dict[str, str], bool]
# Of an account that left the catalogue nothing is asked any more.
GONE = "not_in_catalogue"


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
