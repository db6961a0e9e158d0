"""What others hold on to by name: addresses, messages in the broker, applications, backends, and what migrations import.

`python -m tests.structure.published` writes published.json. A line that goes from it breaks somebody's link, a message of the
release before that is still in the broker, or a database: whoever takes one out says in the change log what to do.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

FILE = Path(__file__).with_name("published.json")


def published() -> dict[str, Any]:
    """Return {"addresses": name -> route, "tasks": names, "applications": labels, "backends": dotted paths}."""
    from access_requests.grants.registry import FORMER_PATHS  # noqa: PLC0415  Needs the settings.
    from portal.celery import app  # noqa: PLC0415  Needs the settings.

    app.loader.import_default_modules()
    ours = (each for each in apps.get_app_configs() if each.name.split(".")[0] in ("portal", "access_requests", "audits"))
    return {
        "addresses": dict(sorted(_addresses(get_resolver(), ""))),
        "tasks": sorted(name for name in app.tasks if name.startswith(("access_requests.", "audits."))),
        "applications": sorted(each.label for each in ours),
        "backends": sorted({*FORMER_PATHS, *(each["BACKEND"] for each in settings.GRANT_BACKENDS.values())}),
    }


def _addresses(resolver: URLResolver, before: str) -> Iterator[tuple[str, str]]:
    space = f"{resolver.namespace}:" if resolver.namespace else ""
    if resolver.namespace == "admin":
        return
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _addresses(each, route)
        elif isinstance(each, URLPattern) and each.name:
            yield f"{space}{each.name}", route


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    django.setup()
    FILE.write_text(json.dumps(published(), indent=1) + "\n")
