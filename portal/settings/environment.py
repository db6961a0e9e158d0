"""The typed readers through which every setting of the environment comes; what is missing or unreadable stops the start."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env

env = Env()


def secret(name: str) -> str:
    """Return a secret from the variable, or from the file that the variable with `_FILE` behind its name points to.

    Raises ImproperlyConfigured when neither is there, both are, or what is there is empty.
    """
    value, path = env.str(name, None), env.str(f"{name}_FILE", None)
    if value is not None and path is not None:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; set one.")
    if path is not None:
        try:
            value = Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error
    if not value:
        raise ImproperlyConfigured(f"{name} is missing: set {name}, or {name}_FILE to a file that holds it.")
    return value


def optional_secret(name: str) -> str:
    """Return a secret that may be left out, and then is empty; given and empty stops the start as `secret` says."""
    given = env.str(name, None) is not None or env.str(f"{name}_FILE", None) is not None
    return secret(name) if given else ""
