"""What all messages to Slack share: the call, with what its refusals mean to whoever delivers, and the reader's language."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from slack_sdk.errors import SlackApiError

from access_requests.services.notices.contract import Later, Undeliverable
from access_requests.services.notices.slack import api
from portal.users.models import User

PERSON = "person:"
RETRY_AFTER = re.compile(r"[0-9]{1,5}", re.ASCII)


def call(method: str, **data: Any) -> dict[str, Any]:
    """Call a method and return the answer. Raises Later, Undeliverable."""
    try:
        return api.call(method, data)
    except SlackApiError as error:
        if api.is_passing(error):
            raise Later(api.word_of(error), after=_after(error)) from error
        raise Undeliverable(api.word_of(error)) from error
    except api.FAILURES as error:
        raise Later(type(error).__name__) from error


def account_of(person: User) -> str:
    """Return who the person is in Slack. Raises Undeliverable for who is nobody there, or is disabled."""
    link = person.linked_identities.filter(provider="slack", verified_at__isnull=False).first()
    if not person.is_active or link is None:
        raise Undeliverable("not_linked")
    return str(link.external_id)


@contextmanager
def in_words_of(person: User | None) -> Iterator[None]:
    """Set language and zone to the person's, or to the portal's where a channel reads."""
    language = (person.language if person is not None else "") or settings.LANGUAGE_CODE
    zone = person.zone if person is not None else settings.DEFAULT_PERSON_TIME_ZONE
    with translation.override(language), timezone.override(zone):
        yield


def _after(error: SlackApiError) -> timedelta | None:
    said = str(error.response.headers.get("Retry-After", ""))
    return timedelta(seconds=int(said)) if RETRY_AFTER.fullmatch(said) else None
