"""The rails of the company: who carries which, and what was declared as an exception, with who answers for it and until when.

Importable without moto.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

from portal.iam.rails import placing
from portal.iam.rails.placing import Exemption, Guarded, Packs
from portal.iam.rails.rail import Place

EXEMPTIONS = (
    Exemption(
        rail="DenyBilling",
        account="billing",
        who="Billing_AdminRole",
        why="Bills are looked at here",
        owner="finance",
        until=date(2030, 3, 31),
    ),
    *(
        Exemption(
            rail="DenyS3Download", account=account, who=who, why="Evidence is read here", owner="audit", until=date(2030, 3, 31)
        )
        for account, who in (("log-archive", "Log_ReadOnlyRole"), ("audit", "Audit_ReadOnlyRole"))
    ),
    Exemption(
        rail="DenyIamChanges",
        account="jump",
        who="JumpAdminGroup",
        why="Standing groups are kept by hand",
        owner="platform",
        until=date(2030, 3, 31),
    ),
)
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
def packs(account: str, *, account_id: str, spared: tuple[str, ...] = ()) -> Packs:
    """Return the policies of an account with its rails, and which of them each group and role has."""
    names = _GROUPS if account == "jump" else _ROLES[account]
    kind = account.replace("-", "_")
    guarded = [Guarded(name=name, account=account, kind=kind, is_role=account != "jump") for name in names]
    return placing.packs(guarded, exemptions=EXEMPTIONS, today=_TODAY, place=Place(account=account_id, spared=spared))
