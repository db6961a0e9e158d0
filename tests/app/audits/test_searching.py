"""Finding entries of the trail by what they mention, whoever wrote them."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from audits import mentions, searching
from audits.acts import Act
from audits.models import Mention, MentionKind, Noted, TrailEntry
from audits.searching import NEWEST_FIRST, Filters
from tests.worlds.cast import Cast
from tests.worlds.entry import ENTRY
from tests.worlds.story import elevated, extension_asked, rejected, submitted

HOUR = timedelta(hours=1)


def acts(filters: Filters) -> list[str]:
    found = searching.found(filters)
    return [entry.act for entry in found.entries(list(found.rows.order_by(*found.order(NEWEST_FIRST))))]


def by(**mentioned: str) -> list[str]:
    return acts(Filters(mentioned={MentionKind(kind): name for kind, name in mentioned.items()}))


@pytest.fixture
def _told(cast: Cast, now: datetime) -> None:
    elevated(cast.member01, cast.leader01, now=now, change_ticket="CHG-1")
    rejected(submitted(cast.member02, now=now + HOUR, change_ticket="CHG-2"), cast.leader02, now=now + HOUR)


@pytest.mark.usefixtures("_told")
def test_each_kind_finds_what_mentions_it_the_newest_first(cast: Cast) -> None:
    of_first = [Act.ELEVATION_SCHEDULED, Act.REQUEST_APPROVED, Act.REQUEST_SUBMITTED]
    of_second = [Act.REQUEST_REJECTED, Act.REQUEST_SUBMITTED]
    assert by(ticket="CHG-1") == by(person="leader01") + of_first[2:] == of_first
    assert by(person="member02") == by(ticket="CHG-2") == of_second
    assert by(group=cast.prod_member.name) == of_second + of_first
    (request,) = {entry.subject for entry in TrailEntry.objects.filter(act=Act.REQUEST_APPROVED)}
    assert by(about=request) == of_first
    assert by(ticket="CHG-3") == by(person="CHG-1") == []


@pytest.mark.usefixtures("_told")
def test_filters_hold_together_and_so_do_act_and_period(cast: Cast, now: datetime) -> None:
    both = {MentionKind.PERSON: "member01", MentionKind.GROUP: cast.prod_member.name}
    assert len(acts(Filters(mentioned=both))) == 3
    assert acts(Filters(mentioned={**both, MentionKind.TICKET: "CHG-2"})) == []
    assert acts(Filters(mentioned=both, act=Act.REQUEST_APPROVED)) == [Act.REQUEST_APPROVED]
    assert acts(Filters(act=Act.REQUEST_REJECTED)) == [Act.REQUEST_REJECTED]
    assert acts(Filters(since=now + HOUR, act=Act.REQUEST_SUBMITTED)) == [Act.REQUEST_SUBMITTED]
    assert acts(Filters(since=now, until=now)) == acts(Filters(mentioned=both, until=now)) == []
    assert len(acts(Filters(mentioned=both, since=now, until=now + HOUR))) == 3
    assert len(acts(Filters(last=TrailEntry.objects.earliest("pk").pk))) == 1


@pytest.mark.usefixtures("_told")
def test_names_are_found_whatever_their_width_and_case() -> None:
    assert by(ticket=" ｃｈｇ-1 ") == by(ticket="CHG-1") != []
    for nothing in ("", " ", "\x00"):
        assert len(by(ticket=nothing)) == TrailEntry.objects.count()
    assert by(ticket="x" * 10_000) == by(ticket="%") == by(ticket="' OR 1=1 --") == []


def test_access_is_found_by_the_account_that_its_request_leads_to(cast: Cast, now: datetime) -> None:
    elevated(cast.member01, cast.leader01, now=now)
    account = cast.prod_member.target_roles.get().account
    said = {"id": account.account_id, "name": "x"}
    TrailEntry.objects.create(**{**ENTRY, "at": now, "subject": f"account:{account.key}", "data": {"after": said}})
    drift = {"drift": {"account": account.key, "thing": "Group", "name": "intruder"}}
    late = TrailEntry.objects.create(**{**ENTRY, "at": now, "act": Act.DRIFT_FOUND, "subject": "D-1", "data": drift})
    mentions.catch_up()
    roles = Mention.objects.filter(kind=MentionKind.ACCOUNT, value__in=[account.account_id, account.key]).exclude(entry=late)
    assert set(roles.values_list("entry__act", flat=True)) >= {Act.ELEVATION_SCHEDULED, Act.REQUEST_SUBMITTED}
    assert by(account=account.key)[:1] == by(account=account.account_id)[:1] == [Act.DRIFT_FOUND]
    assert by(iam_user="INTRUDER") == by(group="Group") == [Act.DRIFT_FOUND]


def test_extension_is_found_by_the_elevation_that_it_prolongs(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    extension_asked(elevation, cast.member01, ends_at=now + 3 * HOUR, now=now)
    assert by(about=elevation.code)[0] == Act.REQUEST_SUBMITTED


def test_whoever_searches_notes_what_is_new_first_and_says_what_is_left(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    elevated(cast.member01, cast.leader01, now=now)
    count = TrailEntry.objects.count()
    monkeypatch.setattr(mentions, "BATCH", count - 1)
    filters = Filters(mentioned={MentionKind.PERSON: "member01"})
    assert Mention.objects.count() == 0
    assert (searching.found(filters).behind, Noted.objects.get().until) == (1, count - 1)
    assert (searching.found(filters).behind, Noted.objects.get().until) == (0, count)
    noted = set(Mention.objects.values_list("kind", "value", "entry_id"))
    Noted.objects.update(until=0)
    assert [mentions.catch_up(), mentions.catch_up()] == [1, 0]
    assert set(Mention.objects.values_list("kind", "value", "entry_id")) == noted


def test_entries_of_any_data_can_be_noted(db: None, now: datetime) -> None:
    odd: list[object] = [
        {},
        {"request": None, "elevation": {"request": 5}, "drift": {}, "person": 7, "work_groups": [None, {"name": 3}, ["x"]]},
        {"change_ticket": "y" * 3000, "account": "", "before": [], "after": "z"},
    ]
    for number, data in enumerate(odd):
        TrailEntry.objects.create(**{**ENTRY, "at": now, "subject": f"person:odd{number}", "data": data})
    assert len(by(person="odd1")) == 1


def test_search_costs_the_same_for_many_entries(
    cast: Cast, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for hours in (1, 3, 5):
        elevated(cast.member01, cast.leader01, now=now, starts_at=now + hours * HOUR)
    filters = Filters(mentioned={MentionKind.PERSON: "member01", MentionKind.GROUP: cast.prod_member.name})
    with django_assert_num_queries(11):  # Beside the row that says how far it is, which is made once, and its savepoints: seven.
        searching.found(filters)
    with django_assert_num_queries(4):
        assert len(acts(filters)) == 9
