"""What the trail and drift keep of AWS's words."""

import json

import pytest

from portal.storable import storable


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("plain 関所 🙂", "plain 関所 🙂"),
        ("a\x00b", "a\ufffdb"),
        (json.loads(r'"\ud83d\ude42 \ud83d \udc00"'), "🙂 \ufffd \ufffd"),
        ({"\x00": [("a", 1, None), {"b": "\ud800"}]}, {"\ufffd": [["a", 1, None], {"b": "\ufffd"}]}),
    ],
)
def test_only_characters_that_no_database_takes_are_replaced_however_deep(said: object, kept: object) -> None:
    assert storable(said) == kept
