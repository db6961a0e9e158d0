"""People's own tokens."""

from datetime import datetime

from allauth.idp.oidc.models import Token
from django.db.models import Q, QuerySet

from access_requests.models import PersonalToken
from portal.users.models import User


def of_person(person: User) -> QuerySet[PersonalToken]:
    """Return what the person has allowed, newest first: what was not collected yet, and what has expired of late, too."""
    rows = PersonalToken.objects.filter(person=person).select_related("person", "client__oauth_client", "token")
    return rows.order_by("-allowed_at", "-pk")


def by_value(value: str) -> QuerySet[PersonalToken]:
    """Return the person's own token that this is, or nothing."""
    tokens = Token.objects.by_value(value).filter(type=Token.Type.ACCESS_TOKEN)
    return PersonalToken.objects.select_related("person", "client", "token").filter(token__in=tokens)


def live(rows: QuerySet[PersonalToken], *, now: datetime) -> QuerySet[PersonalToken]:
    """Return those that open something now, or will once the program collects them."""
    return rows.filter(Q(token__expires_at__gt=now) | Q(token=None))
