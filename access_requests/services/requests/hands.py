"""Whose hand may be behind a decision: a service names its approver and proves nobody, so it may be any owner's of its secret.

Two yeses are two people's only where no one person may have said both, and a requester's is none.
"""

from collections.abc import Iterable

from django.db.models import Q

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
    return not request.decisions.filter(by_them, verdict=Verdict.APPROVE).exists()


def carried_by(decisions: Iterable[Decision], actor: Actor) -> str:
    """Return a service of the approver's that has carried one of the approvals already, in whosever name; or nothing."""
    clients = {one.client for one in decisions if one.client and one.verdict == Verdict.APPROVE}
    if actor.by_service or not clients:
        return ""
    theirs = ApiClient.objects.filter(owners=actor.who, key__in=clients)
    return theirs.order_by("key").values_list("key", flat=True).first() or ""
