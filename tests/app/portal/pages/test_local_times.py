"""A day and a clock of 24 hours, however they are typed."""

from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from portal.pages.local_times import LocalTimeField
from portal.verbs.rejections import AmbiguousTime

BERLIN = ZoneInfo("Europe/Berlin")
HALF_PAST_SIX = "2026-11-23T18:30:00+01:00"


class Form(forms.Form):
    at = LocalTimeField()


class Search(forms.Form):
    at = LocalTimeField(alone="00:00", required=False)


def read(form: type[forms.Form] = Form, **typed: str) -> str:
    """Return what was read; else what is wrong."""
    with timezone.override(BERLIN), translation.override("en"):
        filled = form(typed)
        if not filled.is_valid():
            return str(filled.errors["at"][0])
        moment = filled.cleaned_data["at"]
        return "" if moment is None else moment.isoformat()


@pytest.mark.parametrize("typed", ["2026-03-29T02:30", "2026-10-25T02:30"], ids=["skipped", "repeated"])
def test_time_at_which_the_clocks_change_is_refused(typed: str) -> None:
    with timezone.override(BERLIN), translation.override("en"), pytest.raises(ValidationError) as refusal:
        LocalTimeField().clean(typed)
    assert refusal.value.messages == [AmbiguousTime.sentence]


@pytest.mark.parametrize("clock", ["18:30", "1830", "18.30", "18時30分", "１８：３０", " 18:30 "])
def test_time_is_read_in_the_persons_zone_however_the_clock_is_typed(clock: str) -> None:
    assert read(at_day="2026-11-23", at_time=clock) == HALF_PAST_SIX


def test_hour_alone_is_the_full_hour() -> None:
    assert read(at_day="2026/11/23", at_time="9") == "2026-11-23T09:00:00+01:00"


def test_link_gives_both_in_one() -> None:
    assert read(at="2026-11-23T18:30") == HALF_PAST_SIX


@pytest.mark.parametrize(
    ("day", "clock", "said"),
    [
        ("2026-11-23", "", "Type the time, too, in 24 hours, such as 18:30."),
        ("", "18:30", "Choose the day, too."),
        ("2026-11-23", "25:00", "Type a day and a time of 24 hours, such as 18:30."),
        ("2026-11-23", "6:30 pm", "Type a day and a time of 24 hours, such as 18:30."),
        ("2026-11-23", "18:3", "Type a day and a time of 24 hours, such as 18:30."),
        ("2026-02-30", "18:30", "Type a day and a time of 24 hours, such as 18:30."),
        ("x", "18:30", "Type a day and a time of 24 hours, such as 18:30."),
        ("", "", "This field is required."),
    ],
)
def test_what_cannot_be_read_is_said_and_shown_again(day: str, clock: str, said: str) -> None:
    assert read(at_day=day, at_time=clock) == said
    shown = str(Form({"at_day": day, "at_time": clock})["at"])
    assert f'value="{day}"' in shown
    assert f'name="at_time" value="{clock}"' in shown


def test_search_from_a_day_alone_begins_at_midnight() -> None:
    assert read(Search, at_day="2026-11-23", at_time="") == "2026-11-23T00:00:00+01:00"
    assert not read(Search, at_day="", at_time="")


def test_time_that_is_there_is_shown_in_24_hours_with_its_zone() -> None:
    with timezone.override(BERLIN), translation.override("en"):
        moment = LocalTimeField().clean("2026-11-23T18:30")
        shown = str(Form(initial={"at": moment})["at"])
    assert 'type="date" name="at_day" value="2026-11-23"' in shown
    assert 'name="at_time" value="18:30"' in shown
    assert "CET" in shown or "CEST" in shown
