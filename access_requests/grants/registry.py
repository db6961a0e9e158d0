"""Which backend a work group's alias names: settings.GRANT_BACKENDS, shaped like Django's STORAGES."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from access_requests.grants.contract import GrantBackend, is_fenced


@cache
def backend_of(alias: str) -> GrantBackend:
    """Return the backend of this alias. Raises KeyError for one that the settings do not name."""
    config = settings.GRANT_BACKENDS[alias]
    made: GrantBackend = import_string(config["BACKEND"])(**config.get("OPTIONS", {}))
    return made


def fenced(alias: str) -> bool:
    """Whether AWS itself ends what the backend of this alias gives."""
    return is_fenced(backend_of(alias))


def unfenced() -> list[str]:
    """Return the aliases of the backends whose access AWS does not end by itself."""
    return [alias for alias in settings.GRANT_BACKENDS if not fenced(alias)]
