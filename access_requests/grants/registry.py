"""Which backend a work group's alias names: settings.GRANT_BACKENDS, shaped like Django's STORAGES.

What a backend is, its class says; under which alias a work group has it is the company's choice.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from access_requests.grants.contract import GrantBackend
from access_requests.grants.needs import Permissions
from access_requests.grants.words import Words

# Dotted paths of the release before -> where the class is now. They work for one release more, with a warning of the checks.
FORMER_PATHS: Mapping[str, str] = {
    "access_requests.grants.ssm_automation.SsmAutomationBackend": "access_requests.grants.automation.SsmAutomationBackend",
}
AnyBackend = GrantBackend[Any]


@cache
def backend_of(alias: str) -> AnyBackend:
    """Return the backend of this alias. Raises KeyError for one that the settings do not name."""
    return made_of(settings.GRANT_BACKENDS[alias])


def _forget(*, setting: str, **_signal: Any) -> None:
    """Have backends made anew: they may be others."""
    if setting == "GRANT_BACKENDS":
        backend_of.cache_clear()


# Sent by tests alone, which change settings while the process runs.
setting_changed.connect(_forget)


def made_of(config: Mapping[str, Any]) -> AnyBackend:
    """Return the backend of an entry of the setting. Raises ImportError, KeyError, TypeError for one that cannot be made."""
    path = config["BACKEND"]
    made = import_string(FORMER_PATHS.get(path, path))(**config.get("OPTIONS", {}))
    if not isinstance(made, GrantBackend):
        raise TypeError(f"{path} is no GrantBackend")
    if unsaid := [name for name in ("fences", "words") if not hasattr(made, name)]:
        raise TypeError(f"{path} says nothing of its {' and '.join(unsaid)}")
    return made


def aliases(holds: Callable[[AnyBackend], bool]) -> list[str]:
    """Return the aliases of the backends of which this holds."""
    return [alias for alias in settings.GRANT_BACKENDS if holds(backend_of(alias))]


def with_fences_on_users() -> list[str]:
    """Return the aliases of the backends whose members carry entry fences."""
    return aliases(lambda backend: backend.fences.on_users)


def with_own_members() -> list[str]:
    """Return the aliases of the backends whose memberships are not those of an IAM group."""
    return aliases(lambda backend: backend.keeps_members)


def with_documents() -> list[str]:
    """Return the aliases of the backends whose work groups have documents in AWS."""
    return aliases(lambda backend: bool(backend.documents.kinds))


def roles() -> list[Permissions]:
    """Return the roles that the backends of the settings need, each once."""
    needed = [one for alias in settings.GRANT_BACKENDS for one in backend_of(alias).needs.roles]
    return list(dict.fromkeys(needed))


def words_of(alias: str) -> Words:
    """Return the words of a backend; what the settings do not name, as after a change of them, is called by its alias."""
    return backend_of(alias).words if alias in settings.GRANT_BACKENDS else Words(name=alias)
