"""When a client or a token was last used. Written seldom, so that calls stay cheap, and never in a call's way."""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.db.models import Q

from access_requests.models import ApiClient, PersonalToken, ScimToken

logger = logging.getLogger(__name__)
SELDOM = timedelta(minutes=1)


def note(row: ApiClient | PersonalToken | ScimToken, *, now: datetime) -> None:
    """Write the time, unless one of the last minute stands there. What cannot be written is logged: the call goes on."""
    if row.last_used_at is not None and row.last_used_at > now - SELDOM:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - SELDOM)
    try:
        type(row).objects.filter(stale, pk=row.pk).update(last_used_at=now)
    except DatabaseError:
        logger.warning("The use of %s was not written down.", row, exc_info=True)
