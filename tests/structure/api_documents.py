"""make api-docs: writes docs/error-codes.md and docs/openapi.json from the sources."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from access_requests import errors  # noqa: E402  Everything below needs the settings.
from portal.api import api  # noqa: E402
from portal.rest import problems, refusals  # noqa: E402
from portal.verbs import rejections  # noqa: E402
from portal.verbs.rejections import Rejection  # noqa: E402

DOCS = Path(__file__).resolve().parents[2] / "docs"
MODULES = {module.__name__ for module in (rejections, errors, refusals)}
CODES, OPENAPI = DOCS / "error-codes.md", DOCS / "openapi.json"

HEAD = """# Error codes of the REST API

Generated from the refusals in the source by `make api-docs`; a test compares the two. `code` is stable, and never given another
meaning. `detail` is the sentence below in the language of `Accept-Language`; what stands in `%(…)s` is in `data` too, by that
name. What is wrong with a field, each in `errors` with a code of its own, comes with the code `invalid` or with that of the one
field.

| status | code | says |
|---|---|---|
"""
FIELDS = """
## Codes of fields

These stand in `errors` of an answer with the code `invalid`. There may be others, for what no call should send.

| code | says |
|---|---|
"""


def listing() -> str:
    """Return the whole document."""
    rows = [f"| {status} | `{code}` | {sentence} |" for status, code, sentence in sorted(set(_codes()))]
    fields = [f"| `{code}` | {sentence} |" for code, sentence in sorted(problems.OF_FIELD.items())]
    return HEAD + "\n".join(rows) + "\n" + FIELDS + "\n".join(fields) + "\n"


def _codes() -> Iterator[tuple[int, str, str]]:
    for refusal in _leaves(Rejection):
        yield refusal.status, refusal.code, refusal.sentence
    for status, (code, sentence) in problems.OF_STATUS.items():
        yield status, code, sentence
    yield 422, "invalid", problems.INVALID


def _leaves(kind: type[Rejection]) -> Iterator[type[Rejection]]:
    """Yield those that are really raised: they have a code of their own. Those of the API's doors are loaded with `refusals`."""
    if "code" in vars(kind) and kind.__module__ in MODULES:
        yield kind
    for each in kind.__subclasses__():
        yield from _leaves(each)


def document() -> Any:
    """Return the OpenAPI document as programs get it: through JSON, which knows neither tuples nor numbers as keys."""
    return json.loads(json.dumps(api.get_openapi_schema()))


def main() -> None:
    CODES.write_text(listing())
    OPENAPI.write_text(json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
