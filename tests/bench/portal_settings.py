"""The portal as it is measured: with what production has before a page, and with its calls counted in a real Redis."""

from portal.settings.base import caches
from portal.settings.test import *  # noqa: F403  Django's own way to build one settings module on another.
from portal.settings.test import CELERY_BROKER_URL

CACHES = caches(CELERY_BROKER_URL)
API_CLIENT_CALLS_PER_MINUTE = API_PERSON_CALLS_PER_MINUTE = 1_000_000
PERSON_PENDING_REQUESTS = PERSON_REQUESTS_PER_HOUR = 1_000_000
WHITENOISE_AUTOREFRESH = False
