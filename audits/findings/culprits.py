"""Who may have caused a drift, as the trail names them: whom CloudTrail blames, and whose own user in AWS it is about."""

from collections.abc import Mapping

from audits.acts import Act
from audits.mentions import folded
from audits.models import Mention, MentionKind, TrailEntry


def of_drift(entry: TrailEntry) -> frozenset[str]:
    """Return usernames: whoever was ever bound to one of the users in AWS that the entry names. One query."""
    drift: Mapping[str, object] = entry.data["drift"]
    named = {str(drift.get(name, "")) for name in ("principal", "thing", "name")}
    users = {folded(name.rpartition("/")[2]) for name in named if name} - {""}
    bound = Mention.objects.filter(kind=MentionKind.IAM_USER, value__in=users, entry__act=Act.IAM_USER_BOUND)
    subjects = bound.values_list("entry__subject", flat=True).distinct()
    return frozenset(subject.partition(":")[2] for subject in subjects)
