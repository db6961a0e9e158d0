"""What a look found, as rows; and where it is otherwise than before, as an entry of the trail that findings follow."""

from collections.abc import Sequence
from datetime import datetime

from audits import trail
from audits.acts import Act
from audits.models import Inventory, Look, RailStanding, RailState
from audits.permissions.declared import Target
from audits.permissions.looking import Seen
from portal.iam.rails.standing import Stands
from portal.storable import storable
from portal.verbs.actor import WORKER

NOT_HELD = (RailState.BROKEN, RailState.MISSING)
# What a standing says, row and entry alike.
SAID = ("carrier", "name", "rail", "state", "call", "policy", "statement", "opened_by")
BATCH = 500
# The account left the catalogue.
GONE = "not_in_catalogue"


def keep(target: Target, seen: Seen, standings: Sequence[Stands], *, now: datetime) -> Look:
    """Keep what was seen of an account; what could not be read leaves the standings as they were. Needs a transaction."""
    last = Look.objects.select_for_update().filter(account=target.account).order_by("-since", "-id").first()
    if seen.problem:
        return _unread(target, seen, last, now=now)
    rows = [_row(target, one) for one in standings]
    before = {_identity(row): row for row in RailStanding.objects.filter(account=target.account)}
    is_other = {key: _said(row) for key, row in before.items()} != {_identity(row): _said(row) for row in rows}
    if is_other:
        RailStanding.objects.filter(account=target.account).delete()
        RailStanding.objects.bulk_create(rows, batch_size=BATCH)
    if last is not None and not last.problem and last.sha256 == seen.sha256 and not is_other:
        return _again(last, now)
    Inventory.objects.get_or_create(sha256=seen.sha256, defaults={"content": seen.compressed})
    return _new(target, sha256=seen.sha256, rows=rows, now=now)


def forget(look: Look, *, now: datetime) -> None:
    """Tell that an account left the catalogue: nobody asks for its rails any more. What was read of it stays."""
    if look.problem == GONE:
        return
    RailStanding.objects.filter(account=look.account).delete()
    entry = _tell(look.account, look.key, problem=GONE, sha256="", rows=[], now=now)
    Look.objects.create(account=look.account, key=look.key, since=now, until=now, problem=GONE, entry_id=entry)


def _unread(target: Target, seen: Seen, last: Look | None, *, now: datetime) -> Look:
    if last is not None and last.problem == seen.problem:
        return _again(last, now)
    rows = list(RailStanding.objects.filter(account=target.account))
    return _new(target, problem=seen.problem, rows=rows, now=now)


def _again(look: Look, now: datetime) -> Look:
    look.until = max(look.until, now)
    look.save(update_fields=["until"])
    return look


def _new(target: Target, *, rows: Sequence[RailStanding], now: datetime, problem: str = "", sha256: str = "") -> Look:
    entry = _tell(target.account, target.key, problem=problem, sha256=sha256, rows=rows, now=now)
    return Look.objects.create(
        account=target.account, key=target.key, since=now, until=now, problem=problem, sha256=sha256, entry_id=entry
    )


def _tell(account: str, key: str, *, problem: str, sha256: str, rows: Sequence[RailStanding], now: datetime) -> int:
    data = {
        "account": account,
        "key": key,
        "problem": problem,
        "inventory": sha256,
        "held": sum(row.state == RailState.HOLDS for row in rows),
        "unknown": sum(row.state == RailState.UNKNOWN for row in rows),
        "not_held": [_said(row) for row in rows if row.state in NOT_HELD],
    }
    entry = trail.record_act(now=now, act=Act.PERMISSIONS_LOOKED, actor=WORKER, subject=f"permissions:{account}", data=data)
    return int(entry.pk)


def _row(target: Target, one: Stands) -> RailStanding:
    exempted, held = one.exempted, one.held
    state = RailState.EXEMPTED if held is None else RailState(held.standing)
    why = [exempted.owner, exempted.why, exempted.until.isoformat()] if exempted else list(held.why) if held else []
    found = {name: storable(getattr(held, name, ""))[: LENGTHS[name]] for name in LENGTHS}
    return RailStanding(
        account=target.account, key=target.key, carrier=one.carrier, name=one.name, rail=one.rail, state=state,
        why=storable(why), **found,
    )  # fmt: skip


LENGTHS = {"call": 128, "resource": 300, "policy": 300, "statement": 300, "opened_by": 300}


def _identity(row: RailStanding) -> tuple[str, str, str]:
    return row.carrier, row.name, row.rail


def _said(row: RailStanding) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in SAID}
