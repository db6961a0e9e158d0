"""The rails of the company: who carries which, and what was declared as an exception, with who answers for it and until when.

Importable without moto.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from portal.iam.account_design import declared
from portal.iam.rails import placing
from portal.iam.rails.placing import Guarded, Packs
from portal.iam.rails.rail import Place

DECLARED = declared.read((Path(__file__).parent / "account_design.yaml").read_text())
_GROUPS = ("JumpAdminGroup", "LeaderGroup", "MemberGroup", "AuditorGroup", "ChangeApprovalGroup")
_LEVELS = ("Leader", "Member", "ReadOnly")
_ROLES: Mapping[str, tuple[str, ...]] = {
    "development": tuple(f"Dev_{level}Role" for level in _LEVELS),
    "staging": tuple(f"Stg_{level}Role" for level in _LEVELS),
    "production": tuple(f"Prod_{level}Role" for level in (*_LEVELS, "Change", "Automation")),
    "billing": ("Billing_AdminRole",),
    "log-archive": ("Log_ReadOnlyRole",),
    "audit": ("Audit_ReadOnlyRole",),
}
# No exception is over before its day: what the company has does not change while its tests run.
_TODAY = date(2026, 11, 23)


@cache
def packs(account: str, *, account_id: str, roles: tuple[str, ...] = (), spared: tuple[str, ...] = ()) -> Packs:
    """Return the policies of an account with its rails, and which of them each group and role has."""
    names = _GROUPS if account == "jump" else _ROLES[account]
    kind = account.replace("-", "_")
    guarded = [Guarded(name=name, account=account, kind=kind, is_role=account != "jump") for name in names]
    place = Place(account=account_id, roles=roles, spared=spared)
    return placing.packs(guarded, exemptions=DECLARED.exemptions, today=_TODAY, place=place)
