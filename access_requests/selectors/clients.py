"""What an API client may carry: for whom, about which work groups, from where."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_network

from django.db.models import Exists, OuterRef, QuerySet

from access_requests.models import AccessRequest, ApiClient, ClientKind, Elevation, RequestedGroup, WorkGroup
from portal.users.models import User


def personal(client_id: str) -> ApiClient | None:
    """Return the client for people's own scripts that has this OAuth client id, unless it was revoked."""
    clients = ApiClient.objects.select_related("oauth_client")
    return clients.filter(oauth_client_id=client_id, kind=ClientKind.PERSONAL, retired_at=None).first()


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
