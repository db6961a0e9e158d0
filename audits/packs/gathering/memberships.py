"""M: events of CloudTrail that put users into work groups, or took them out, as workers kept them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db.models import Q

from audits.evidence.population import Membership
from audits.models import Pack, SeenEvent

PAGE = 2000
GIVES, TAKES = ("AddUserToGroup", "CreateGroupMembership"), ("RemoveUserFromGroup", "DeleteGroupMembership")


def of_time(pack: Pack, names: Sequence[str], since: datetime, until: datetime) -> Iterator[Membership]:
    """Yield the events of a time that succeeded, in its order. A query for each page."""
    rows = SeenEvent.objects.filter(part="change", name__in=names, error="", at__gte=since, at__lt=until, pk__lte=pack.events_to)
    rows, beyond = rows.filter(account__in=pack.read["jump"]).order_by("at", "pk"), Q()
    while page := list(rows.filter(beyond).values_list("pk", "event_id", "at", "change")[:PAGE]):
        for _pk, event_id, at, kept in page:
            change = kept or {}
            yield Membership(
                id=event_id,
                at=at,
                group=change.get("thing", ""),
                user=change.get("name", ""),
                by=change.get("by", ""),
                request_id=change.get("request_id", ""),
            )
        beyond = Q(at__gt=page[-1][2]) | Q(at=page[-1][2], pk__gt=page[-1][0])


def on_work_groups(pack: Pack, events: Iterator[Membership], more: Collection[str] = ()) -> Iterator[Membership]:
    """Leave out what was done to other groups: the portal answers for its own. `more` are others that were its own once."""
    groups = frozenset((*pack.read["groups"], *more))
    # AWS names neither group nor user where a membership of Identity Center is deleted.
    return (event for event in events if event.group in groups or not event.group)
