"""What an API client may carry: for whom, about which work groups, from where."""

from collections.abc import Collection
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_network

from allauth.idp.oidc.models import Token
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from access_requests.models import AccessRequest, ApiClient, ClientKind, Elevation, RequestedGroup, WorkGroup
from portal.users.models import User


def personal(client_id: str) -> ApiClient | None:
    """Return the client for people's own scripts that has this OAuth client id, unless it was revoked."""
    clients = ApiClient.objects.select_related("oauth_client")
    return clients.filter(oauth_client_id=client_id, kind=ClientKind.PERSONAL, retired_at=None).first()


def in_full(*, now: datetime) -> QuerySet[ApiClient]:
    """Return all clients with what their pages show; `live_tokens` is how many of their tokens open something now."""
    live = Token.objects.filter(client=OuterRef("oauth_client"), type=Token.Type.ACCESS_TOKEN, expires_at__gt=now)
    count = live.order_by().values("client").annotate(count=Count("pk")).values("count")
    rows = ApiClient.objects.select_related("oauth_client").prefetch_related("people", "work_groups", "owners")
    return rows.annotate(live_tokens=Coalesce(Subquery(count), 0))


def may_act_for(client: ApiClient, person: User) -> bool:
    return client.everyone or client.people.filter(pk=person.pk).exists()


def may_call_from(client: ApiClient, address: IPv4Address | IPv6Address) -> bool:
    """Whether one of the client's networks has the address. No networks, no calls."""
    return any(address in ip_network(network) for network in client.source_addresses)


def may_carry(client: ApiClient, names: Collection[str]) -> bool:
    """Whether none of these names is a work group of others. What is no work group at all is for the verbs to refuse."""
    return not WorkGroup.objects.filter(name__in=names).exclude(pk__in=client.work_groups.values("pk")).exists()


def requests_of(client: ApiClient, requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return those that name none but the client's work groups."""
    others = RequestedGroup.objects.filter(request=OuterRef("pk")).exclude(work_group__in=client.work_groups.all())
    return requests.filter(~Exists(others))


def elevations_of(client: ApiClient, elevations: QuerySet[Elevation]) -> QuerySet[Elevation]:
    return elevations.filter(work_group__in=client.work_groups.all())


def work_groups_of(client: ApiClient, groups: QuerySet[WorkGroup]) -> QuerySet[WorkGroup]:
    return groups.filter(pk__in=client.work_groups.values("pk"))
