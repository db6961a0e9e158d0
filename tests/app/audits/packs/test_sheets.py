"""Cells of the sheets: whatever people typed is a text, and nothing of it keeps a pack from being made."""

from zoneinfo import ZoneInfo

import pytest

from audits.packs import sheets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-23T05:04:10Z", "2026-11-23 14:04:10"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59-14:00"),
        ("2026-13-45T99:99:99Z", "2026-13-45T99:99:99Z"),
        ("2026-11-23T05:04:10", "2026-11-23T05:04:10"),
    ],
)
def test_moment_is_in_the_zone_and_any_other_text_as_it_is(text: str, shown: str) -> None:
    assert sheets.cell(text, ZoneInfo("Asia/Tokyo")) == shown
