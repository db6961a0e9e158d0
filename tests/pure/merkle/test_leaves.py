"""An entry of the trail as canonical JSON, and what cannot become that."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audits.merkle import leaves, values
from audits.merkle.leaves import canonical
from audits.merkle.values import NotCanonical

AT = datetime(2026, 11, 23, 5, 4, 10, 120_000, tzinfo=UTC)


@dataclass
class Entry:
    data: Any = field(default_factory=dict)
    at: datetime = AT
    recorded_at: datetime | None = AT + timedelta(microseconds=7)
    act: str = "request.approved"
    actor: str = "leader01"
    on_behalf_of: str = ""
    subject: str = "R-7K3M9QX2"
    schema_version: int = 2


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_spelling_is_that_of_rfc_8785(value: Any) -> None:
    spelt = canonical(value)
    assert spelt == rfc8785.dumps(value)
    assert json.loads(spelt) == value


def test_names_beyond_the_basic_plane_are_sorted_as_utf_16() -> None:
    assert canonical({"\ue000": 1, "🙂": 2}) == '{"🙂":2,"\ue000":1}'.encode()


NOT_CANONICAL = (1.5, 1.0, float("nan"), float("inf"), 2**53, -(2**53), "\ud800", "関\udfff", {"\udc00": 1}, {1: 2})


@pytest.mark.parametrize("value", NOT_CANONICAL)
def test_what_has_no_single_spelling_is_refused_however_deep(value: object) -> None:
    for whole in (value, [value], {"a": {"関": [0, value]}}):
        with pytest.raises(NotCanonical):
            values.check(whole)


def test_leaf_has_exactly_its_names_in_order() -> None:
    text = leaves.leaf(Entry({"b": [1, None, True], "a": "関所"}), index=40, previous=38).text
    assert text.decode() == (
        '{"act":"request.approved","actor":"leader01","at":"2026-11-23T05:04:10.120000Z","data":{"a":"関所","b":[1,null,true]},'
        '"id":41,"on_behalf_of":"","previous":38,"recorded_at":"2026-11-23T05:04:10.120007Z","schema":2,"subject":"R-7K3M9QX2","v":1}'
    )


def test_times_are_utc_with_six_digits_and_null_where_the_trail_kept_one_time() -> None:
    tokyo = AT.replace(microsecond=0).astimezone(timezone(timedelta(hours=9)))
    said = json.loads(leaves.leaf(Entry(at=tokyo, recorded_at=None), index=0, previous=None).text)
    assert (said["at"], said["recorded_at"], said["previous"]) == ("2026-11-23T05:04:10.000000Z", None, None)


def test_longest_leaf_is_whole_and_one_byte_more_names_its_data_by_digest() -> None:
    room = leaves.LONGEST - len(leaves.leaf(Entry({"a": ""}), index=0, previous=None).text)
    longest = leaves.leaf(Entry({"a": "x" * room}), index=0, previous=None)
    assert (len(longest.text), longest.beside) == (65_535, None)
    data = {"a": "x" * (room + 1)}
    named = leaves.leaf(Entry(data), index=0, previous=None)
    assert named.beside == canonical(data)
    assert json.loads(named.text)["data"] == {"beside": hashlib.sha256(named.beside).hexdigest(), "bytes": len(named.beside)}


@pytest.mark.parametrize("data", [{"seconds": 1.5}, {"huge": 2**60}, {"half": "\ud800"}])
def test_what_older_code_recorded_is_sealed_all_the_same_by_its_digest(data: dict[str, Any]) -> None:
    named = leaves.leaf(Entry(data), index=0, previous=None)
    assert named.beside is not None
    assert json.loads(named.beside) == data
    assert json.loads(named.text)["data"]["beside"] == hashlib.sha256(named.beside).hexdigest()


def test_documents_of_others_keep_their_numbers_in_words() -> None:
    document = {"Condition": {"NumericLessThan": {"a": 1.5, "b": [2**53, 3600, True]}}}
    kept = values.in_words(document)
    assert kept == {"Condition": {"NumericLessThan": {"a": "1.5", "b": [str(2**53), 3600, True]}}}
    values.check(kept)
