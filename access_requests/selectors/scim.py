"""What a provider's directory said by SCIM, and which of its tokens are good."""

import hashlib
import unicodedata

from django.db.models import Count, Prefetch, Q, QuerySet

from access_requests.models import ScimGroup, ScimToken, ScimUser
from portal.providers.provider import Provider
from portal.users.models import User


def digest(token: str) -> str:
    """Return what is kept of a token: 256 random bits are not found by trying."""
    return hashlib.sha256(token.encode()).hexdigest()


def good_token(token: str) -> ScimToken | None:
    return ScimToken.objects.filter(digest=digest(token), revoked_at=None).first()


def comparable(name: str) -> str:
    """Return a name as two are compared: letter case makes nobody else."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())


def users(provider: Provider) -> QuerySet[ScimUser]:
    """Return the provider's people with their groups, the oldest first."""
    rows = ScimUser.objects.filter(provider=provider.key, deleted_at=None).select_related("person")
    return rows.prefetch_related("scim_groups").order_by("pk")


def groups(provider: Provider) -> QuerySet[ScimGroup]:
    """Return the provider's groups with their members, the oldest first."""
    members = Prefetch("members", ScimUser.objects.filter(deleted_at=None).select_related("person").order_by("pk"))
    return ScimGroup.objects.filter(provider=provider.key).prefetch_related(members).order_by("pk")


def groups_of(person: User, provider: Provider) -> frozenset[str] | None:
    """Return the person's groups as `roles` of the provider names them; None where groups do not come by SCIM."""
    if provider.scim is None or not provider.scim.groups:
        return None
    theirs = ScimGroup.objects.filter(
        Q(members__deleted_at=None), provider=provider.key, members__person=person, members__provider=provider.key
    )
    return frozenset(filter(None, (named(group, provider) for group in theirs)))


def named(group: ScimGroup, provider: Provider) -> str:
    """Return how `roles` of the provider names the group."""
    by_external_id = provider.scim is not None and provider.scim.groups == "externalId"
    return group.external_id if by_external_id else group.display_name


def counted() -> tuple[dict[str, int], dict[str, int]]:
    """Return how many people and how many groups each provider says."""
    people = ScimUser.objects.filter(deleted_at=None).values_list("provider").annotate(Count("pk"))
    found = ScimGroup.objects.values_list("provider").annotate(Count("pk"))
    return dict(people), dict(found)
