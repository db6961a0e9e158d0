"""What the portal knows of AWS without the catalogue's saying so: learned at the first look, and accepted by administrators."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from access_requests.models import DRIFT_FROM_BASELINE, Baseline, BaselineKind, Drift, DriftKind
from access_requests.services.drift.baseline import Fact
from portal.storable import storable

CAME: Mapping[str, BaselineKind] = {
    DriftKind.ROLE_POLICY_EDITED: BaselineKind.ROLE_POLICY,
    DriftKind.MANAGED_POLICY_EDITED: BaselineKind.MANAGED_POLICY,
    DriftKind.NEW_ACCESS_KEY: BaselineKind.ACCESS_KEY,
    DriftKind.NEW_MFA_DEVICE: BaselineKind.MFA_DEVICE,
}
WENT: Mapping[str, BaselineKind] = {
    DriftKind.RAIL_MISSING: BaselineKind.RAIL,
    DriftKind.USER_BOUNDARY: BaselineKind.BOUNDARY,
}


def learn(facts: Iterable[Fact], *, now: datetime) -> None:
    """Keep what was seen for the first time. Two comparisons that learn the same keep one row."""
    Baseline.objects.bulk_create(
        [
            Baseline(
                kind=fact.kind,
                account=fact.account,
                thing=storable(fact.thing),
                name=storable(fact.name),
                document=fact.document,
                known_at=now,
            )
            for fact in facts
        ],
        ignore_conflicts=True,
    )


def acceptable(drift: Drift) -> bool:
    """Whether an administrator may accept the drift. A missing boundary that work groups need can never be accepted."""
    return drift.kind in DRIFT_FROM_BASELINE and not drift.detail.get("needed_by")


def accept(drift: Drift, *, by: str, now: datetime) -> None:
    """Keep what the drift shows as known, so that no comparison tells of it again."""
    thing = str(drift.detail.get("user_id") or drift.thing)
    if drift.kind in WENT:
        name = drift.name if drift.kind == DriftKind.RAIL_MISSING else ""
        Baseline.objects.filter(kind=WENT[drift.kind], account=drift.account, thing=thing, name=name).delete()
        return
    Baseline.objects.update_or_create(
        kind=CAME[drift.kind],
        account=drift.account,
        thing=thing,
        name=drift.name,
        defaults={"document": drift.detail.get("document"), "known_at": now, "accepted_by": by},
    )
