"""The trail as auditors read it: found, in words, and each entry with its proof."""

import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audits import mentions
from audits.acts import Act
from audits.merkle import tree
from audits.models import TrailEntry
from audits.web.forms import TrailFilterForm
from portal.users.models import User
from tests.app.access_requests.web.conftest import laid_out
from tests.worlds.cast import Cast
from tests.worlds.entry import ENTRY
from tests.worlds.sealed import Trail
from tests.worlds.story import elevated, rejected, submitted

TRAIL = "/audit/trail/"
HOUR = timedelta(hours=1)


def page_of(client: Client, person: User, path: str = TRAIL, *, status: int = 200, language: str = "en") -> str:
    client.force_login(person)
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == status
    return laid_out(answer)


def told(cast: Cast, now: datetime) -> tuple[str, str]:
    """Return the request that was approved and the one that was rejected."""
    elevation = elevated(cast.member01, cast.leader01, now=now, change_ticket="CHG-1")
    refused = submitted(cast.member02, now=now + HOUR, change_ticket="CHG-2")
    rejected(refused, cast.leader02, now=now + HOUR)
    return elevation.request.code, refused.code


def test_trail_is_told_in_sentences_that_lead_to_what_they_are_about(cast: Cast, client: Client, now: datetime) -> None:
    approved, refused = told(cast, now)
    page = page_of(client, cast.auditor01)
    for sentence in ("leader01 approved", "leader02 rejected the request", f"member02 asked for {cast.prod_member.name}"):
        assert sentence in page
    assert page.index("rejected the request") < page.index("leader01 approved")
    for code in (approved, refused):
        assert f'href="/requests/{code}/"' in page
    assert "2026-11-23 14:00:00" in page
    assert "not sealed yet" in page
    assert "leader01 が承認しました" in page_of(client, cast.admin01, language="ja")


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("person=leader02", "leader02 rejected", "leader01 approved"),
        ("ticket=chg-1", "leader01 approved", "leader02 rejected"),
        ("act=request.rejected", "leader02 rejected", "member02 asked"),
        ("since=2026-11-23T15:00&until=2026-11-23T15:01", "leader02 rejected", "leader01 approved"),
        ("until=2026-11-23T15:00", "leader01 approved", "leader02 rejected"),
        ("person=nobody", "Nothing matches", "leader02 rejected"),
        ("about=%3Cscript%3E%27%22--", "&lt;script&gt;", "<script>&#x27;"),
        ("after=999999999999999999", "leader02 rejected", "Newer"),
        ("after=x&before=%F0%9F%98%80", "leader02 rejected", "Newer"),
        ("after=" + "9" * 400, "leader02 rejected", "Newer"),
    ],
)
def test_trail_is_narrowed(cast: Cast, client: Client, now: datetime, query: str, there: str, not_there: str) -> None:
    told(cast, now)
    page = page_of(client, cast.auditor01, f"{TRAIL}?{query}").partition("<tbody>")
    shown = page[2] or page[0]
    assert there in shown
    assert not_there not in shown


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "Type a day and a time of 24 hours, such as 18:30."),
        ("since=2026-11-23T15:00&until=2026-11-23T15:00", "This is not after the beginning of the period."),
        ("act=request.forged", "Select a valid choice."),
        ("person=" + "x" * 10_000, "at most 200 characters"),
        ("person=%00", "Null characters are not allowed."),
        ("since=0001-01-01T00:00", "The trail has nothing of that time."),
        ("until=9999-12-31T23:59", "The trail has nothing of that time."),
    ],
)
def test_what_cannot_be_read_is_said_and_shows_nothing(cast: Cast, client: Client, now: datetime, query: str, said: str) -> None:
    told(cast, now)
    page = page_of(client, cast.auditor01, f"{TRAIL}?{query}", status=422)
    assert said in page
    assert "Nothing is looked for" in page
    assert "leader01 approved" not in page


def test_pages_lead_to_one_another_whatever_is_filtered(cast: Cast, client: Client, now: datetime) -> None:
    for number in range(120):
        TrailEntry.objects.create(**{**ENTRY, "at": now, "subject": f"person:somebody{number % 2}"})
    for query, size in (("", 120), ("?about=person:somebody1", 60)):
        seen, address = list[int](), TRAIL + query
        while address:
            client.force_login(cast.auditor01)
            answer = client.get(address)
            seen += [line.entry.pk for line in answer.context.get("shown", ())]
            address = answer.context["page"].next_url and TRAIL + answer.context["page"].next_url
        assert len(seen) == len(set(seen)) == size
        assert seen == sorted(seen, reverse=True)


def test_trail_says_that_it_is_behind(cast: Cast, client: Client, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    told(cast, now)
    monkeypatch.setattr(mentions, "BATCH", 2)
    assert "of the newest entries are not searched yet" in page_of(client, cast.auditor01, f"{TRAIL}?person=leader01")


def test_only_readers_are_let_in(cast: Cast, client: Client, now: datetime) -> None:
    told(cast, now)
    number = TrailEntry.objects.latest("pk").pk
    for person in (cast.member01, cast.leader01):
        for path in (TRAIL, f"{TRAIL}{number}/", f"{TRAIL}{number}/leaf/download", f"{TRAIL}{number}/proof/download"):
            page_of(client, person, path, status=403)
    client.logout()
    assert client.get(TRAIL).status_code == 302
    client.force_login(cast.auditor01)
    assert client.post(TRAIL).status_code == 405


def test_entry_is_shown_in_words_raw_and_with_a_proof_that_holds(
    cast: Cast, client: Client, sealed_trail: Trail, now: datetime
) -> None:
    told(cast, now)
    entry = TrailEntry.objects.get(act=Act.REQUEST_APPROVED)
    path = f"{TRAIL}{entry.pk}/"
    page = page_of(client, cast.auditor01, path)
    assert "not sealed yet" in page
    assert "There is a proof as soon as the entry is sealed" in page
    assert client.get(f"{path}proof/download").status_code == 404
    sealed_trail.seal()
    page = page_of(client, cast.auditor01, path)
    assert "leader01 approved" in page
    assert "checkpoint 1 over" in page
    assert "c2sp.org/tlog-proof@v1" in page
    leaf = client.get(f"{path}leaf/download")
    assert json.loads(leaf.content)["id"] == entry.pk
    assert leaf["Content-Disposition"] == f'attachment; filename="entry-{entry.pk}.json"'
    proof = client.get(f"{path}proof/download")
    assert proof["Cache-Control"] == "private, no-store"
    root = sealed_trail.log.checkpoints.get().note.splitlines()[2]
    assert root in proof.content.decode()
    assert f"index {entry.pk - 1}\n" in proof.content.decode()
    assert tree.leaf_hash(leaf.content)


@pytest.mark.parametrize("number", [0, 10**6, 2**62, 10**30])
def test_entry_that_is_not_there_is_not_found(cast: Cast, client: Client, number: int) -> None:
    page_of(client, cast.auditor01, f"{TRAIL}{number}/", status=404)


def test_entry_says_that_it_was_recorded_late_and_what_it_is_of_another_version(cast: Cast, client: Client) -> None:
    old = timezone.now() - HOUR
    entry = TrailEntry.objects.create(
        at=old, late="spooled", act="request.of_tomorrow", actor="x\u202e", subject="R-<b>", data=["what"]
    )
    page = page_of(client, cast.auditor01, f"{TRAIL}{entry.pk}/")
    for said in ("recorded late", "the trail could not be written when it happened", "request.of_tomorrow", "U+202E"):
        assert said in page
    assert "<b>" not in page
    assert "recorded late" in page_of(client, cast.auditor01)


def test_audit_begins_with_a_search_and_the_state_of_the_trail(cast: Cast, client: Client, now: datetime) -> None:
    assert "nothing yet" in page_of(client, cast.auditor01, "/audit/")
    told(cast, now)
    page = page_of(client, cast.auditor01, "/audit/")
    last = TrailEntry.objects.latest("pk")
    assert f'href="/audit/trail/{last.pk}/"' in page
    assert 'action="/audit/trail/"' in page
    assert 'href="/audit/trail/?act=request.approved"' in page
    page_of(client, cast.leader01, "/audit/", status=403)


def test_no_two_events_of_the_filter_read_alike() -> None:
    labels = [str(label) for _, label in TrailFilterForm().fields["act"].choices]  # type: ignore[attr-defined]
    assert len(labels) == len(set(labels))
