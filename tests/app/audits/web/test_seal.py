"""What auditors read about the seal, and what an administrator may order."""

from datetime import datetime

import pytest
from django.test import Client

from audits import verify
from audits.acts import Act
from audits.models import Anchor, Checkpoint, Log, Sealer, SealState, TrailEntry
from audits.sealing.lease import Lease
from audits.sealing.sealer import Sealing
from portal.users.models import User
from tests.app.access_requests.web.conftest import laid_out
from tests.worlds.cast import Cast
from tests.worlds.sealed import ORIGIN, Trail
from tests.worlds.story import submitted


def page_of(client: Client, person: User, path: str = "/audit/seal/") -> str:
    client.force_login(person)
    return laid_out(client.get(path, headers={"Accept-Language": "en"}))


def test_page_says_until_where_it_is_sealed_and_by_which_key(sealed_trail: Trail, cast: Cast, client: Client) -> None:
    assert "Nothing is sealed yet" in page_of(client, cast.auditor01)
    sealed_trail.grow(3)
    assert "3 entries wait to be sealed" in page_of(client, cast.auditor01)
    Sealing(means=sealed_trail.means).step()
    page = page_of(client, cast.auditor01)
    assert "Every entry is sealed" in page
    assert "entry 3, of" in page
    assert "checkpoint 1 over 3 leaves" in page
    assert str(sealed_trail.folder) in page
    assert f"{ORIGIN}+" in page
    assert "Begin another log" not in page


def test_page_says_until_where_others_stamped_and_how_they_are(sealed_trail: Trail, cast: Cast, client: Client) -> None:
    sealed_trail.grow(3)
    Sealing(means=sealed_trail.means).step()
    assert "Time stamps" not in page_of(client, cast.auditor01)
    checkpoint = Checkpoint.objects.get()
    at = {"stamped_at": sealed_trail.now, "receipt": b""}
    for place in ("https://stamps.example.com", "https://gone.example.com"):
        Anchor.objects.create(checkpoint=checkpoint, place=place, **at)
    wrong = {"state": "wrong", "detail": "Nonce mismatch"}
    Sealer.objects.update(stamps={"https://stamps.example.com": wrong, "http://away.example.com": {"state": "unreachable"}})
    page = page_of(client, cast.auditor01)
    assert page.count("stamped over 3 leaves, of") == 2
    assert "does not hold, and was not taken. Nonce mismatch" in page
    assert "no stamp yet" in page
    assert "The time-stamp service does not answer." in page


def test_page_says_when_somebody_touched_the_guard(sealed_trail: Trail, cast: Cast, client: Client) -> None:
    Sealing(means=sealed_trail.means).step()
    Sealer.objects.update(remark="somebody deleted or overwrote checkpoint 2")
    page = page_of(client, cast.auditor01)
    assert "Somebody touched the guard" in page
    assert "deleted or overwrote checkpoint 2" in page


def test_home_says_when_entries_wait_for_too_long(sealed_trail: Trail, cast: Cast, client: Client) -> None:
    Sealing(means=sealed_trail.means).step()
    sealed_trail.grow(2)
    assert "wait to be sealed" not in page_of(client, cast.auditor01, "/")
    old = "'2026-11-01 00:00:00'"
    sealed_trail.forge(f"UPDATE audits_trailentry SET recorded_at = {old} WHERE id = 1")  # noqa: S608  Fixed words.
    for person in (cast.auditor01, cast.admin01):
        assert "2 entries of the audit trail wait to be sealed, the oldest since" in page_of(client, person, "/")
    assert "wait to be sealed" not in page_of(client, cast.member01, "/")
    assert "Entries wait for too long" in page_of(client, cast.auditor01)


@pytest.fixture
def restored(sealed_trail: Trail) -> Trail:
    """A trail that is not the one that the guard has checkpoints of."""
    sealed_trail.grow(3)
    Sealing(means=sealed_trail.means).step()
    sealed_trail.forge("DELETE FROM audits_checkpoint")
    sealed_trail.forge("UPDATE audits_trailentry SET actor = 'nobody' WHERE id = 1")
    assert Sealing(means=sealed_trail.means, lease=_same_lease()).step() == SealState.RESTORED
    return sealed_trail


def _same_lease() -> Lease:
    return Lease(holder=Sealer.objects.get().holder)


def test_administrator_orders_another_log_where_the_seal_is_stopped(restored: Trail, cast: Cast, client: Client) -> None:
    page = page_of(client, cast.admin01)
    assert "the database was restored, or forged" in page
    assert "Begin another log" in page
    assert "Begin another log" not in page_of(client, cast.auditor01)
    client.force_login(cast.admin01)
    answer = client.post("/audit/seal/begin-another-log/", {"reason": "restored on Monday"}, follow=True)
    assert answer.status_code == 200
    entry = TrailEntry.objects.get(act=Act.SEAL_NEW_LOG_ORDERED)
    assert (entry.actor, entry.data["origin"], entry.data["reason"]) == ("admin01", ORIGIN, "restored on Monday")
    restored.seal()
    assert restored.log.origin == f"{ORIGIN}/2"


def test_order_needs_a_reason_and_a_seal_that_is_stopped(restored: Trail, cast: Cast, client: Client) -> None:
    client.force_login(cast.admin01)
    assert client.post("/audit/seal/begin-another-log/", {"reason": " "}).status_code == 422
    restored.forge("DELETE FROM audits_sealer")
    assert client.post("/audit/seal/begin-another-log/", {"reason": "why not"}).status_code == 409
    client.force_login(cast.auditor01)
    assert client.post("/audit/seal/begin-another-log/", {"reason": "why not"}).status_code == 403
    assert not TrailEntry.objects.filter(act=Act.SEAL_NEW_LOG_ORDERED).exists()
    assert Log.objects.count() == 1


def test_auditor_takes_keys_and_a_story_home_and_both_agree(
    sealed_trail: Trail, cast: Cast, client: Client, now: datetime
) -> None:
    request = submitted(cast.member01, now=now)
    client.force_login(cast.auditor01)
    story, keys = f"/audit/stories/{request.code}/download", "/audit/seal/keys/download"
    assert [client.get(path).status_code for path in (story, keys)] == [404, 404]
    sealed_trail.seal()
    assert f'href="{keys}"' in page_of(client, cast.auditor01)
    answer = client.get(story)
    assert answer["Content-Disposition"] == f'attachment; filename="{request.code}.story.jsonl"'
    report = verify.Story(answer.content.decode(), verify.keys_of(client.get(keys).content.decode()))
    assert (report.faults, report.facts["whole"]) == ([], False)
    for nothing in ("R-00000000", "R-%00", "person:member01", f"{request.code}%0A"):
        assert client.get(f"/audit/stories/{nothing}/download").status_code == 404
    for page, person, there in (("requests", cast.auditor01, True), ("requests", cast.member01, False)):
        assert (f'href="{story}"' in page_of(client, person, f"/{page}/{request.code}/")) is there
