"""Whose hand may be behind a decision: a service names its approver and proves nobody, so it may be any owner's of its secret.

Two yeses are two people's only where no one person may have said both, and a requester's is none.
"""

from django.db.models import Q, QuerySet

from access_requests import errors
from access_requests.models import AccessRequest, ApiClient, Decision, Verdict
from portal.verbs.actor import Actor


def is_anothers(request: AccessRequest, actor: Actor) -> bool:
    """Whether a service that carries a decision is none of the requester's, and neither it nor an owner has approved yet."""
    service = ApiClient.objects.filter(key=actor.client)
    if service.filter(owners=request.requester_id).exists():
        return False
    owners = service.values("owners")
    services = ApiClient.objects.filter(owners__in=owners).values("key")
    by_them = Q(client=actor.client) | Q(client__in=services) | Q(approver__in=owners)
    return not _approvals(request).filter(by_them).exists()


def check_own(request: AccessRequest, actor: Actor) -> None:
    """Raise OwnClientDecided where a service of the approver's has approved already, in whosever name."""
    if actor.by_service:
        return
    theirs = ApiClient.objects.filter(owners=actor.who)
    approval = _approvals(request).filter(client__in=theirs.values("key")).first()
    if approval is not None:
        raise errors.OwnClientDecided(client=approval.client)


def _approvals(request: AccessRequest) -> QuerySet[Decision]:
    return request.decisions.filter(verdict=Verdict.APPROVE)
