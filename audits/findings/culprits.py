"""Who may have caused a drift, as the trail names them: whom CloudTrail blames, and whose own user in AWS it is about."""

from collections.abc import Collection, Mapping

from audits.acts import Act
from audits.mentions import folded
from audits.models import Mention, MentionKind, TrailEntry


def of_drift(entry: TrailEntry) -> frozenset[str]:
    """Return usernames: whoever was ever bound to one of the users in AWS that the entry names. One query."""
    drift: Mapping[str, object] = entry.data["drift"]
    named = {str(drift.get(name, "")) for name in ("principal", "thing", "name")}
    return bound_to(named)


def bound_to(named: Collection[str]) -> frozenset[str]:
    """Return the usernames of whoever was ever bound to a user in AWS of one of these names or ARNs. One query."""
    users = {folded(name.rpartition("/")[2]) for name in named if name} - {""}
    bound = Mention.objects.filter(kind=MentionKind.IAM_USER, value__in=users, entry__act=Act.IAM_USER_BOUND)
    subjects = bound.values_list("entry__subject", flat=True).distinct()
    return frozenset(subject.partition(":")[2] for subject in subjects)
