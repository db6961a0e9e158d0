"""The sentences that the sources ask translations of. `python -m tests.structure.messages FILE` writes them as a template.

Extracted in Python alone: Django's own makemessages needs the system's gettext.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def messages() -> Catalog:
    """Return every sentence of the Python sources and the templates, with the places that say it."""
    catalog = Catalog(project="Sekisho", charset="utf-8")
    for path, text in sources():
        found = extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
        for line, sentence, _comments, context in found:
            catalog.add(sentence, locations=[(str(path.relative_to(ROOT)), line)], context=context)
    return catalog


def sources() -> Iterator[tuple[Path, str]]:
    for package in ("access_requests", "audits", "portal"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, path.read_text()
    for path in sorted((ROOT / "templates").rglob("*.html")):
        # What is left of a template is no indented Python.
        yield path, "\n".join(line.strip() for line in templatize(path.read_text(), str(path)).splitlines())


if __name__ == "__main__":
    with Path(sys.argv[1]).open("wb") as file:
        write_po(file, messages(), sort_by_file=True, omit_header=True)
