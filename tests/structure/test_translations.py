"""Every sentence of the sources has its Japanese."""

import re

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

from tests.structure.messages import ROOT, messages

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def japanese() -> Catalog:
    with (ROOT / "locale/ja/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="ja", abort_invalid=True)


def test_every_sentence_has_its_japanese(japanese: Catalog) -> None:
    missing = [f"{place(message)}: {message.id}" for message in sentences() if not translated(japanese, message)]
    assert not missing, "\n".join(missing)


def test_no_translation_is_a_guess(japanese: Catalog) -> None:
    assert [message.id for message in japanese if message.id and message.fuzzy] == []


def test_no_translation_outlives_its_sentence(japanese: Catalog) -> None:
    said = {(message.id, message.context) for message in sentences()}
    assert [message.id for message in japanese if message.id and (message.id, message.context) not in said] == []


def test_translations_fill_in_the_same_things(japanese: Catalog) -> None:
    unequal = [message.id for message in japanese if placeholders(message.id) != placeholders(message.string or "")]
    assert unequal == []


def sentences() -> list[Message]:
    return [message for message in messages() if message.id]


def translated(catalog: Catalog, message: Message) -> bool:
    known = catalog.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
    return known is not None and all([known.string] if isinstance(known.string, str) else known.string or [""])


def placeholders(text: str | tuple[str, ...] | list[str]) -> set[str]:
    """Return what a sentence, or all its plural forms together, fill in."""
    return set(PLACEHOLDER.findall(text if isinstance(text, str) else " ".join(text)))


def place(message: Message) -> str:
    name, line = message.locations[0]
    return f"{name}:{line}"
