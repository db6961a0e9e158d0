"""Who somebody of another system is here."""

from django.db.models.functions import Lower

from portal.users.models import LinkedIdentity


def linked(provider: str, external_id: str) -> LinkedIdentity | None:
    """Return the link of an identity, verified or not, with its person; letter case makes nobody else."""
    links = LinkedIdentity.objects.annotate(any_case=Lower("external_id")).select_related("person")
    return links.filter(provider=provider, any_case=external_id.lower()).first()


def verified(provider: str, external_id: str) -> LinkedIdentity | None:
    """Return the link by which somebody may act, enabled or not."""
    link = linked(provider, external_id)
    return link if link is not None and link.verified_at is not None else None
