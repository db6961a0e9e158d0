"""Whose hand may be behind a decision: a service names its approver and proves nobody, so it may be any owner's of its secret.

Two yeses are two people's only where no one person may have said both, and a requester's is none.
"""

from django.db.models import Q, QuerySet

from access_requests import errors
from access_requests.models import AccessRequest, ApiClient, ClientKind, Decision, Verdict
from portal.verbs.actor import Actor


def is_anothers(request: AccessRequest, actor: Actor) -> bool:
    """Whether the service that carries a decision is somebody's who has neither asked nor approved, by any hand."""
    service = ApiClient.objects.filter(key=actor.client)
    owners = service.values("owners")
    # Whether the very service that asked may answer is the policy's to say.
    asked_by = ApiClient.objects.filter(key=request.client, kind=ClientKind.SERVICE).exclude(key=actor.client)
    if service.filter(owners=request.requester_id).exists() or asked_by.filter(owners__in=owners).exists():
        return False
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
