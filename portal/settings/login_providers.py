"""Who may log in by what, from a file or the environment; half a configuration stops the start.

Settings that people run by take it from here. Tests do not, so that no test asks a provider.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal.providers import reading
from portal.providers.provider import Provider
from portal.settings.environment import env, secret

__all__ = ["EMERGENCY_ACCOUNTS", "LOGIN_PROVIDERS", "PASSWORD_LOGIN"]


def _providers() -> tuple[Provider, ...]:
    path: str | None = env.str("LOGIN_PROVIDERS_FILE", None)
    keys: list[str] = env.list("LOGIN_PROVIDERS", [])
    if path and keys:
        raise ImproperlyConfigured("LOGIN_PROVIDERS_FILE and LOGIN_PROVIDERS are both set; set one.")
    source = "LOGIN_PROVIDERS_FILE" if path else "LOGIN_PROVIDERS"
    try:
        if path:
            return reading.from_file(Path(path).read_text(), secret=secret)
        return reading.from_environment(keys, os.environ, secret=secret)
    except (OSError, reading.Unusable) as error:
        raise ImproperlyConfigured(f"{source}: {error}.") from error


LOGIN_PROVIDERS = _providers()
PASSWORD_LOGIN = env.bool("PASSWORD_LOGIN", True)
EMERGENCY_ACCOUNTS: list[str] = env.list("EMERGENCY_ACCOUNTS", [])
if not PASSWORD_LOGIN and not LOGIN_PROVIDERS:
    raise ImproperlyConfigured("PASSWORD_LOGIN is off and there is no provider: nobody could log in. Set LOGIN_PROVIDERS_FILE.")
if not PASSWORD_LOGIN and not EMERGENCY_ACCOUNTS:
    raise ImproperlyConfigured(
        "PASSWORD_LOGIN is off and EMERGENCY_ACCOUNTS names nobody: while the providers are away nobody could log in."
    )
