"""The sentences that the sources ask translations of. `python -m tests.structure.messages` brings each locale up to them.

Extracted in Python alone: Django's own makemessages needs the system's gettext.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tests.structure import sentences_of_commands

ROOT = Path(__file__).resolve().parent.parent.parent
WIDTH = 120
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


def bring_up(path: Path) -> None:
    """Put new sentences in, empty, and take those out that nobody says; nothing else of the file changes."""
    header, blank, _ = path.read_text().partition("\n\n")
    catalog = read_po(io.BytesIO(path.read_bytes()), locale=path.parent.parent.name, ignore_obsolete=True)
    catalog.update(messages(), no_fuzzy_matching=True)
    said = io.BytesIO()
    write_po(said, catalog, width=WIDTH, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    path.write_bytes((header + blank).encode() + said.getvalue().rstrip(b"\n") + b"\n")


if __name__ == "__main__":
    for path in sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po")):
        bring_up(path)
    sentences_of_commands.bring_up()
