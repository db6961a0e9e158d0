"""Stories as auditors read them: of a request, and of whatever mentions a person, a ticket, a group or an account."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from audits import verify
from portal.users.models import User
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import laid_out
from tests.app.audits.web.test_in_production import gone
from tests.worlds.cast import Cast
from tests.worlds.sealed import Trail
from tests.worlds.story import elevated, returned, submitted, taken_for_given

OF = ("person/member01", "iam_user/member01", "ticket/CHG-123", "group/ProdMemberWorkGroup")


def page_of(client: Client, person: User, path: str) -> str:
    client.force_login(person)
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return laid_out(answer)


def test_story_is_told_from_its_beginning_and_says_whether_it_is_whole(
    sealed_trail: Trail, cast: Cast, client: Client, now: datetime
) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    run(lambda: taken_for_given(elevation, now=now))
    path = f"/audit/stories/{elevation.request.code}/"
    page = page_of(client, cast.auditor01, path)
    assert f": {elevation.code} has not ended." in page
    assert "Nothing of it is sealed yet" in page
    sealed_trail.seal()
    returned(elevation, cast.member01, now=now + timedelta(minutes=5))
    gone(elevation, now=now + timedelta(minutes=6))
    page = page_of(client, cast.auditor01, path)
    assert "Whole: all that it names is here and has ended." in page
    assert "2 entries are not sealed yet, and not in the file." in page
    said = ("member01 asked for", "fix the index", "leader01 approved", "browser, proven by password", "AWS shows member01 in")
    assert [page.index(each) for each in said] == sorted(page.index(each) for each in said)
    assert f"python verify.py --story {elevation.request.code}.story.jsonl --keys keys.json" in page
    for person in (cast.member01, cast.leader01):
        client.force_login(person)
        assert client.get(path).status_code == 403


def test_what_is_downloaded_there_agrees_with_the_page(sealed_trail: Trail, cast: Cast, client: Client, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    sealed_trail.seal()
    page = page_of(client, cast.auditor01, f"/audit/stories/{request.code}/")
    links = [f"/audit/stories/{request.code}/download", "/audit/seal/keys/download", "/audit/seal/verifier/download"]
    assert all(f'href="{link}"' in page for link in links)
    story, keys, verifier = (client.get(link).content.decode() for link in links)
    report = verify.Story(story, verify.keys_of(keys))
    assert (report.faults, report.facts["open"]) == ([], [f"{request.code} has not ended"])
    assert "python verify.py --story FILE --keys FILE" in verifier


@pytest.mark.parametrize("code", ["R-00000000", "R-%00", "person:member01", "nothing"])
def test_what_is_no_request_has_no_story(cast: Cast, client: Client, code: str) -> None:
    client.force_login(cast.auditor01)
    assert client.get(f"/audit/stories/{code}/").status_code == 404


@pytest.mark.parametrize("of", OF)
def test_all_that_mentions_it_is_told_the_oldest_first(cast: Cast, client: Client, now: datetime, of: str) -> None:
    elevated(cast.member01, cast.leader01, now=now)
    submitted(cast.member02, now=now, change_ticket="CHG-9", work_groups=["ProdLeaderWorkGroup"])
    page = page_of(client, cast.auditor01, f"/audit/stories/{of}/")
    assert page.index("member01 asked for ProdMemberWorkGroup") < page.index("Access of member01 by ProdMemberWorkGroup is fixed")
    assert "CHG-9" not in page
    assert "member02 asked for" not in page
    client.force_login(cast.leader01)
    assert client.get(f"/audit/stories/{of}/").status_code == 403


def test_name_with_strokes_and_markup_is_a_name(cast: Cast, client: Client, now: datetime) -> None:
    submitted(cast.member01, now=now, change_ticket="OPS/2026/<b>7")
    page = page_of(client, cast.auditor01, "/audit/stories/ticket/OPS/2026/%3Cb%3E7/")
    assert "member01 asked for" in page
    assert "The story of the change OPS/2026/&lt;b&gt;7" in page


def test_name_that_nothing_mentions_is_said_and_one_of_nothing_is_none(cast: Cast, client: Client) -> None:
    page = page_of(client, cast.auditor01, "/audit/stories/ticket/CHG-404/")
    assert "The trail mentions nothing of this name" in page
    for nothing in ("ticket/%20/", "ticket/%00/", "about/R-00000000/", "nobody/x/"):
        assert client.get(f"/audit/stories/{nothing}").status_code == 404, nothing


def test_trail_and_entries_lead_to_stories(cast: Cast, client: Client, now: datetime) -> None:
    request = submitted(cast.member01, now=now)
    assert f'href="/audit/stories/{request.code}/"' in page_of(client, cast.auditor01, "/audit/trail/1/")
    assert 'href="/audit/stories/ticket/CHG-123/"' in page_of(client, cast.auditor01, "/audit/trail/?ticket=CHG-123")
    assert "/audit/stories/" not in page_of(client, cast.auditor01, "/audit/trail/?ticket=CHG-123&person=member01")
    assert f'href="/audit/stories/{request.code}/"' in page_of(client, cast.auditor01, f"/requests/{request.code}/")


def test_entry_that_was_recorded_late_is_marked(sealed_trail: Trail, cast: Cast, client: Client) -> None:
    sealed_trail.grow(1, subject="person:member01")
    sealed_trail.grow(1, subject="person:member01", late="spooled")
    page = page_of(client, cast.auditor01, "/audit/stories/person/member01/")
    assert "and it does not say why" in page
    assert "the trail could not be written when it happened" in page
