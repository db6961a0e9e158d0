"""The secrets of API clients: in the environment or in files, never in the catalogue."""

from collections.abc import Mapping
from pathlib import Path

from access_requests.services.catalogue.mistakes import Mistakes, quoted
from access_requests.services.catalogue.state import Kind, path_of
from access_requests.services.catalogue.wanted import Wanted

SHORTEST = 20


def read(wanted: Wanted, *, environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return client -> secret. Paths are relative to `folder`. Raises CatalogueRefused."""
    mistakes = Mistakes(wanted.lines)
    secrets = {}
    for key, source in wanted.secret_sources.items():
        path = path_of(Kind.CLIENT, key, "secret")
        try:
            secret = _from_source(source, environment, folder)
        except (OSError, UnicodeDecodeError, KeyError) as error:
            mistakes.add(path, f"the secret cannot be read: {error}")
            continue
        if len(secret) < SHORTEST:
            mistakes.add(path, f"the secret in {quoted(next(iter(source.values())))} is shorter than {SHORTEST} characters")
        secrets[key] = secret
    mistakes.stop()
    return secrets


def _from_source(source: Mapping[str, str], environment: Mapping[str, str], folder: Path) -> str:
    return environment[source["env"]] if "env" in source else (folder / source["file"]).read_text().strip()
