"""Exports of the trail: exactly what was found, made by a worker, kept a while, each step in the trail."""

import csv
import hashlib
import io
import json
from datetime import datetime, timedelta

import pytest
from celery import current_app
from django.test import Client
from django.utils import timezone

from audits import searching, tasks
from audits.acts import Act
from audits.database_rights import Service
from audits.extracts import asking, keeping, making, rows
from audits.models import Extract, ExtractPart, ExtractState, MentionKind, TrailEntry
from audits.searching import OLDEST_FIRST, Filters
from portal.outbox.models import Message
from portal.verbs.rejections import NotAnAuditor
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import laid_out
from tests.database_roles import Roles
from tests.worlds.cast import Cast, actor_of
from tests.worlds.story import elevated, rejected, submitted

NEW, LIST = "/audit/exports/new/", "/audit/exports/"


@pytest.fixture(autouse=True)
def _told(cast: Cast, now: datetime) -> None:
    elevated(cast.member01, cast.leader01, now=now, change_ticket="=1+1")
    rejected(submitted(cast.member02, now=now, change_ticket="CHG-2"), cast.leader02, now=now)


def asked(client: Client, cast: Cast, **said: str) -> Extract:
    client.force_login(cast.auditor01)
    answer = client.post(NEW, {"format": "csv", **said}, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    return Extract.objects.latest("pk")


def made(client: Client, cast: Cast, **said: str) -> Extract:
    extract = asked(client, cast, **said)
    making.make(extract.pk)
    extract.refresh_from_db()
    return extract


def downloaded(client: Client, extract: Extract) -> bytes:
    answer = client.post(f"{LIST}{extract.code}/download")
    assert answer["Content-Disposition"] == f'attachment; filename="trail-{extract.code}.{extract.format}"'
    content = answer.getvalue()
    assert isinstance(content, bytes)
    assert answer["Content-Length"] == str(len(content))
    return content


def acts_of(extract: Extract) -> list[tuple[str, str]]:
    return list(TrailEntry.objects.filter(subject=extract.code).order_by("pk").values_list("act", "actor"))


def test_csv_has_exactly_what_was_found_for_people_in_their_language(cast: Cast, client: Client) -> None:
    extract = made(client, cast, person="member01")
    content = downloaded(client, extract)
    assert content.startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    found = searching.found(Filters(mentioned={MentionKind.PERSON: "member01"}, last=extract.last))
    numbers = [entry.pk for entry in found.entries(list(found.rows.order_by(*found.order(OLDEST_FIRST))))]
    assert [int(line[0]) for line in lines] == numbers
    assert head[:2] == ["Entry", "Happened"]
    assert ("leader01 approved", "2026-11-23 14:00:00+09:00") in {(line[4], line[1]) for line in lines}
    assert (extract.rows, extract.total, extract.size) == (3, 3, len(content))
    assert extract.sha256 == hashlib.sha256(content).hexdigest()


def test_json_lines_have_all_that_each_entry_says(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PART", 2)
    extract = made(client, cast, format="jsonl")
    lines = [json.loads(line) for line in downloaded(client, extract).decode().splitlines()]
    assert [line["id"] for line in lines] == list(range(1, extract.last + 1))
    assert lines[0]["data"]["request"]["change_ticket"] == "=1+1"
    assert lines[0]["sentence"].startswith("member01 asked for")
    assert extract.parts.count() == -(-extract.last // 2)


def test_every_step_is_an_entry_that_says_what_and_by_whom(cast: Cast, client: Client) -> None:
    extract = made(client, cast, person="member01", since="2026-11-23T00:00")
    downloaded(client, extract)
    worker = "sekisho:worker"
    assert acts_of(extract) == [
        (Act.EXPORT_ASKED, "auditor01"),
        (Act.EXPORT_MADE, worker),
        (Act.EXPORT_DOWNLOADED, "auditor01"),
    ]
    told = TrailEntry.objects.get(subject=extract.code, act=Act.EXPORT_ASKED).data
    assert told["filters"] == {"person": "member01", "since": "2026-11-22T15:00:00+00:00"}
    # What comes later, the order itself too, is of no export that was asked for before.
    assert told["through"] == extract.last < TrailEntry.objects.get(act=Act.EXPORT_ASKED).pk


def test_an_export_of_nothing_has_a_head_and_no_row(cast: Cast, client: Client) -> None:
    extract = made(client, cast, person="nobody")
    assert extract.state == ExtractState.DONE
    assert downloaded(client, extract).decode().count("\n") == 1
    assert downloaded(client, made(client, cast, person="nobody", format="jsonl")) == b""


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\uff1d1", "\uff0b1", "\uff201"]
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert rows.safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "2026-11-23", "'=1"])
def test_other_cells_are_as_they_are(cell: str) -> None:
    assert rows.safe(cell) == cell


@pytest.mark.parametrize(
    "said", [{"format": "xlsx"}, {"format": ""}, {"since": "x"}, {"person": "x" * 10_000}, {"act": "none.such"}]
)
def test_what_cannot_be_exported_is_refused(cast: Cast, client: Client, said: dict[str, str]) -> None:
    client.force_login(cast.auditor01)
    answer = client.post(NEW, {"format": "csv", **said}, follow=True, headers={"Accept-Language": "en"})
    assert "This cannot be exported." in laid_out(answer)
    assert not Extract.objects.exists()


def test_engineers_and_leads_neither_ask_nor_download(cast: Cast, client: Client, now: datetime) -> None:
    extract = made(client, cast)
    for person in (cast.member01, cast.leader01):
        client.force_login(person)
        assert client.post(NEW, {"format": "csv"}).status_code == 403
        assert client.post(f"{LIST}{extract.code}/download").status_code == 403
        with pytest.raises(NotAnAuditor):
            run(lambda who=person: asking.download(code=extract.code, actor=actor_of(who), now=now))  # type: ignore[misc]
    assert len(acts_of(extract)) == 2


def test_one_person_has_three_exports_under_way_and_no_more(cast: Cast, client: Client) -> None:
    for _each in range(asking.MOST_OPEN):
        asked(client, cast)
    answer = client.post(NEW, {"format": "csv"}, follow=True, headers={"Accept-Language": "en"})
    assert "3 of your exports are still being made." in laid_out(answer)
    assert Extract.objects.count() == asking.MOST_OPEN
    client.force_login(cast.admin01)
    client.post(NEW, {"format": "csv"})
    assert Extract.objects.count() == asking.MOST_OPEN + 1


def test_list_says_how_far_each_is(cast: Cast, client: Client) -> None:
    client.force_login(cast.auditor01)
    assert "No exports yet" in laid_out(client.get(LIST, headers={"Accept-Language": "en"}))
    extract = asked(client, cast, person="member01", act=Act.REQUEST_APPROVED)
    page = laid_out(client.get(LIST, headers={"Accept-Language": "en"}))
    assert "waits for a worker" in page
    assert "Person: member01, … approved" in page
    Extract.objects.update(state=ExtractState.RUNNING, rows=250, total=1000)
    assert "250 of 1000 entries, 25 %" in laid_out(client.get(LIST, headers={"Accept-Language": "en"}))
    assert client.post(f"{LIST}{extract.code}/download").status_code == 302
    assert not TrailEntry.objects.filter(act=Act.EXPORT_DOWNLOADED).exists()


def test_worker_that_died_is_followed_and_three_are_enough(cast: Cast, client: Client) -> None:
    extract = asked(client, cast)
    now = timezone.now()
    assert Message.objects.filter(task="audits.make_extract", object_id=extract.pk).exists()
    assert keeping.due(now=now) == []
    assert keeping.due(now=now + keeping.PATIENCE * 2) == [extract.pk]
    Extract.objects.update(state=ExtractState.RUNNING, claim="dead", attempts=1, alive_at=now)
    ExtractPart.objects.create(extract=extract, number=7, content=b"left over")
    making.make(extract.pk)
    assert Extract.objects.get().claim == "dead"
    Extract.objects.update(alive_at=now - making.LONGEST_SILENCE * 2)
    assert keeping.due(now=now) == [extract.pk]
    making.make(extract.pk)
    assert Extract.objects.get().state == ExtractState.DONE
    assert b"left over" not in downloaded(client, Extract.objects.get())
    Extract.objects.update(state=ExtractState.RUNNING, attempts=3, alive_at=now - making.LONGEST_SILENCE * 2)
    keeping.give_up(now=now)
    page = laid_out(client.get(LIST, headers={"Accept-Language": "en"}))
    assert "Workers broke off three times." in page
    assert acts_of(extract)[-1] == (Act.EXPORT_FAILED, "sekisho:worker")
    assert not ExtractPart.objects.exists()


def test_worker_that_was_overtaken_stops(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    extract = asked(client, cast)
    parts = rows.parts
    monkeypatch.setattr(rows, "parts", lambda *given: Extract.objects.update(claim="another") and parts(*given))
    making.make(extract.pk)
    assert Extract.objects.get().state == ExtractState.RUNNING
    assert not ExtractPart.objects.exists()


def test_too_many_rows_are_refused_in_words(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST_ROWS", 1)
    extract = made(client, cast)
    assert (extract.state, extract.problem) == (ExtractState.FAILED, making.TOO_MANY)
    assert "more than a million entries" in laid_out(client.get(LIST, headers={"Accept-Language": "en"}))
    assert client.post(f"{LIST}{extract.code}/download").status_code == 302


def test_sweep_deletes_the_file_when_its_time_is_over(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    extract, lost = made(client, cast), asked(client, cast)
    sent = list[int]()
    monkeypatch.setattr(current_app, "send_task", lambda _name, args: sent.extend(args))
    tasks.sweep()
    assert (Extract.objects.get(pk=extract.pk).state, sent) == (ExtractState.DONE, [])
    Extract.objects.filter(pk=extract.pk).update(kept_until=timezone.now() - timedelta(seconds=1))
    Extract.objects.filter(pk=lost.pk).update(asked_at=timezone.now() - keeping.PATIENCE * 2)
    tasks.sweep()
    assert (Extract.objects.get(pk=extract.pk).state, sent) == (ExtractState.DELETED, [lost.pk])
    assert not extract.parts.exists()
    page = laid_out(client.get(LIST, headers={"Accept-Language": "en"}))
    assert "deleted" in page
    assert f"{extract.code}/download" not in page


def test_role_of_notices_makes_a_file_and_notes_what_entries_mention(cast: Cast, client: Client, roles: Roles) -> None:
    roles.keep_no_time()
    extract = asked(client, cast, person="member01")
    with roles.act_as(Service.NOTICES):
        making.make(extract.pk)
        keeping.delete_old(now=timezone.now() + timedelta(days=2))
    assert Extract.objects.get().state == ExtractState.DELETED
    with roles.refused(Service.NOTICES):
        Extract.objects.create(asked_at=timezone.now(), last=1, filters={})
    with roles.refused(Service.WORKER):
        TrailEntry.objects.get(pk=1).mentions.create(kind=MentionKind.PERSON, value="x", at=timezone.now())
