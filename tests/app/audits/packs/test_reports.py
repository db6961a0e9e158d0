"""What people and programs read of a pack: PDF in two languages, whatever people typed, and OSCAL that others' models take."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from oscal_bindings.v1 import OscalParseError, parse_assessment_plan, parse_assessment_results

from audits.evidence.controls import Control
from audits.packs import fonts, oscal, reports
from tests.app.audits.packs.conftest import Order, all_read, event, opened
from tests.worlds.cast import Cast
from tests.worlds.story import elevated, taken_for_given

MARKUP = '#eval("1") *b* $x$ \\ <l> @r = 1 // /* [ ]'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("承認しました", "承認しました"),
        ("done 🎉", "done [U+1F389]"),
        ("a\u202eb", "a[U+202E]b"),
        ("\u16a0", "[U+16A0]"),
        ("Aдmin", "Aд[U+0434]min"),
        ("\x07", "[U+0007]"),
    ],
)
def test_character_that_no_font_has_is_written_by_its_code(text: str, shown: str) -> None:
    assert fonts.printable(text) == shown


def test_report_takes_markup_and_emoji_for_the_text_that_they_are(order: Order, cast: Cast, now: datetime) -> None:
    said = {"change_ticket": "=1+1", "reason": f"🎉 {MARKUP} \u202e"}
    elevation = taken_for_given(elevated(cast.member01, cast.leader01, now=now, **said), now=now)
    archive = opened(order())
    for language in reports.LANGUAGES:
        made = archive.read(reports.name(language))
        assert made.startswith(b"%PDF-1.7")
        # What validators of PDF/A and PDF/UA read, and by which screen readers speak.
        assert b"pdfaid:part>2<" in made
        assert b"pdfuaid:part>1<" in made
        assert f"/Lang({language})".encode() in made
    assert elevation.code in archive.read("jsonl/08-sample.jsonl").decode()


def test_report_says_in_its_language_what_was_not_read(order: Order, cast: Cast, now: datetime, tmp_path: Path) -> None:
    taken_for_given(elevated(cast.member01, cast.leader01, now=now), now=now)
    pack = order()
    opened(pack).extractall(tmp_path)
    found = {}
    for language in reports.LANGUAGES:
        with translation.override(language):
            found[language] = reports.said(pack, tmp_path, language)
    assert "読み取れていない時間" in found["ja"]["warning"]
    assert "hours of the period were not read" in found["en"]["warning"]
    (story,) = found["en"]["stories"]
    assert [part["title"] for part in story["parts"]][:2] == ["Request", "Decisions"]
    (decision,) = story["parts"][1]["rows"]
    assert (decision[1], decision[3]) == ("leader01", "go ahead")
    assert any("Policy that applied" in row for row in story["parts"][0]["rows"])


def test_oscal_is_valid_and_names_each_deficiency(order: Order, cast: Cast, now: datetime) -> None:
    all_read(now)
    taken_for_given(elevated(cast.member01, cast.leader01, now=now), now=now)
    event("intruder", now)
    archive = opened(order())
    plan = json.loads(archive.read("oscal/assessment-plan.json"))
    results = json.loads(archive.read("oscal/assessment-results.json"))
    parse_assessment_plan(json.dumps(plan))
    parse_assessment_results(json.dumps(results))
    (result,) = results["assessment-results"]["results"]
    titles = {finding["title"] for finding in result["findings"]}
    assert "memberships given without an access" in titles
    ids = [each["control-id"] for each in result["reviewed-controls"]["control-selections"][0]["include-controls"]]
    assert {finding["target"]["target-id"] for finding in result["findings"]} <= set(ids)
    assert len(ids) == len(set(ids))
    broken = {**plan, "assessment-plan": {**plan["assessment-plan"], "uuid": "no"}}
    with pytest.raises(OscalParseError):
        parse_assessment_plan(json.dumps(broken))


@pytest.mark.parametrize("text", ["A.5.15 Access control", "7.2", "アクセス管理", "..", "実25"])
def test_any_name_of_a_control_gives_an_id(text: str) -> None:
    made = oscal.control_id(Control(framework="F", control=text, says={}, answer={}, files=[]))
    assert made[0].isalpha()
    assert made == oscal.token(made)


def test_long_list_is_cut_and_says_how_many_more(
    order: Order, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_ROWS", 2)
    taken_for_given(elevated(cast.member01, cast.leader01, now=now), now=now)
    pack = order()
    made = reports.listed(pack, None, "02-differences", {"id": 1}, [{"id": str(number)} for number in range(5)])  # type: ignore[arg-type]
    assert (len(made["rows"]), "3" in made["more"]) == (2, True)
    assert datetime.now(UTC) > pack.sealed_at
