"""Personal texts lie beside the trail: the entry commits to them, pages and programs are shown them, and they can be erased."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from audits import personal, trail, verify
from audits.acts import Act
from audits.database_rights import Service
from audits.exporting import reading, writing
from audits.models import Personal, TrailEntry
from portal.verbs import operators
from tests.app.audits.exporting.conftest import in_node
from tests.database_roles import Roles
from tests.emptying import trail_unguarded
from tests.worlds.sealed import Trail

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BEFORE, AFTER = [("audits", "0005_sealed")], [("audits", "0006_personal")]
PERSON = {
    "name": "Misaki Sato",
    "email": "misaki@example.com",
    "administrator": False,
    "auditor": False,
    "disabled": False,
    "iam_user": None,
    "identity_center_user": None,
    "identities": {"slack:T1": "U0MISAKI"},
    "standing_groups": [],
}
BY_CHAT = {"method": "slack-signature", "at": "2026-11-23T05:00:00Z", "identity": "slack:U0ADMIN01", "team": "T1"}
ADDED: dict[str, Any] = {"door": "chat", "proof": BY_CHAT, "before": None, "after": PERSON}
ENTRY = {"act": Act.PERSON_ADDED, "actor": "admin01", "subject": "person:member01", "data": ADDED}
TEXTS = {"Misaki Sato", "misaki@example.com", "U0MISAKI", "slack:U0ADMIN01"}


def added(now: datetime, **said: Any) -> TrailEntry:
    with transaction.atomic():
        return trail.record(now=now, **{**ENTRY, **said})


def erased(*arguments: str) -> None:
    call_command("erase_personal", *arguments, "--operator", "operator01")


def lines_of(export: Path) -> list[str]:
    return (export / "personal.jsonl").read_text(encoding="utf-8").splitlines()


def test_entry_commits_to_each_personal_text_and_has_none(now: datetime) -> None:
    entry = added(now)
    entry.refresh_from_db()
    assert not any(text in json.dumps(entry.data, ensure_ascii=False) for text in TEXTS)
    rows = Personal.objects.filter(entry_id=entry.pk)
    assert {row.text for row in rows} == TEXTS
    for row in rows:
        assert hmac.new(bytes.fromhex(row.salt), row.text.encode(), hashlib.sha256).hexdigest() == row.commitment
        assert row.commitment in json.dumps(entry.data)


def test_what_is_not_personal_and_what_is_empty_stays(now: datetime) -> None:
    entry = added(now, data={**ADDED, "after": {**PERSON, "email": "", "iam_user": {"name": "member01", "user_id": "AIDA1"}}})
    assert entry.data["after"]["email"] == ""
    assert entry.data["after"]["iam_user"]["name"] == "member01"
    assert entry.data["proof"]["method"] == "slack-signature"


def test_the_same_text_twice_has_two_commitments(now: datetime) -> None:
    first, second = added(now), added(now)
    assert first.data["after"]["email"] != second.data["after"]["email"]


def test_shown_entries_have_their_texts_in_one_query_more(now: datetime, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        added(now)
    with django_assert_num_queries(2):
        shown = personal.shown(TrailEntry.objects.order_by("pk"))
    assert [entry.data for entry in shown] == [json.loads(json.dumps(ADDED))] * 3


def test_text_is_kept_under_whom_it_tells_of(now: datetime) -> None:
    added(now)
    assert dict(Personal.objects.values_list("text", "person")) == {
        **dict.fromkeys(TEXTS, "member01"),
        "slack:U0ADMIN01": "admin01",
    }


def test_subject_at_a_provider_is_kept_under_the_person_whom_it_proves(now: datetime) -> None:
    proof = {"method": "oidc", "at": "2026-11-23T05:00:00Z", "identity": "login:okta:misaki@example.com"}
    added(now, actor="provider:okta", data={**ADDED, "door": "browser", "proof": proof})
    assert set(Personal.objects.values_list("person", flat=True)) == {"member01"}


# Erasing


@pytest.fixture
def _operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "of_machine", lambda: "operator01")


def test_erasing_deletes_a_persons_texts_and_every_proof_stays_valid(sealed_trail: Trail, tmp_path: Path, now: datetime) -> None:
    entry = added(now)
    sealed_trail.seal()
    erased("--person", "member01", "--reason", "asked to be forgotten", "--yes")
    sealed_trail.seal()
    assert set(Personal.objects.values_list("text", flat=True)) == {"slack:U0ADMIN01"}
    writing.export(tmp_path / "export")
    assert [json.loads(line)["text"] for line in lines_of(tmp_path / "export")] == ["slack:U0ADMIN01"]
    assert verify.Export(verify.Folder(tmp_path / "export"), None).faults == []
    assert in_node(tmp_path / "export").holds
    assert verify.Export(reading.newest(), None).faults == []
    told = TrailEntry.objects.get(act=Act.PERSONAL_ERASED)
    assert (told.actor, told.data["person"], told.data["count"]) == ("command:operator01", "member01", 3)
    (shown,) = personal.shown(TrailEntry.objects.filter(pk=entry.pk), erased="erased")
    assert (shown.data["after"]["email"], shown.data["proof"]["identity"]) == ("erased", "slack:U0ADMIN01")


def test_a_text_that_was_exchanged_is_found_by_both_verifiers_and_in_place(
    sealed_trail: Trail, tmp_path: Path, now: datetime
) -> None:
    added(now)
    sealed_trail.seal()
    Personal.objects.filter(text="misaki@example.com").update(text="mallory@example.com")
    writing.export(tmp_path / "export")
    wrong = [number for number, line in enumerate(lines_of(tmp_path / "export"), 1) if "mallory" in line]
    place = f"personal.jsonl, line {wrong[0]}"
    assert [fault["place"] for fault in verify.Export(verify.Folder(tmp_path / "export"), None).faults] == [place]
    assert in_node(tmp_path / "export").places == {place}
    assert [fault["place"] for fault in verify.Export(reading.newest(), None).faults] == [place]


def test_erasing_by_age_takes_what_was_recorded_before(now: datetime) -> None:
    added(now)
    erased("--before", (now + timedelta(days=1000)).isoformat(), "--reason", "kept for long enough", "--yes")
    assert not Personal.objects.exists()
    added(now)
    erased("--before", "2020-01-01", "--reason", "kept for long enough", "--yes")
    assert Personal.objects.count() == len(TEXTS)


def test_command_says_how_many_and_changes_nothing_until_it_is_told_to(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    added(now)
    erased("--person", "member01")
    assert capsys.readouterr().out.startswith("3 texts would be erased.")
    assert Personal.objects.count() == len(TEXTS)
    assert not TrailEntry.objects.filter(act=Act.PERSONAL_ERASED).exists()


@pytest.mark.parametrize("arguments", [["--yes", "--reason", "all"], ["--yes", "--person", "member01"], ["--before", "soon"]])
def test_command_refuses_everybody_for_all_time_no_reason_and_no_time(now: datetime, arguments: list[str]) -> None:
    added(now)
    with pytest.raises((CommandError, ValueError), match=r"Say whose|Say why|argument --before"):
        erased(*arguments)
    assert Personal.objects.count() == len(TEXTS)


@pytest.mark.parametrize("service", [Service.WEB, Service.WORKER, Service.NOTICES, Service.SEALER, Service.AUDITOR])
def test_no_service_erases_or_changes_a_text(now: datetime, roles: Roles, service: Service) -> None:
    added(now)
    with roles.refused(service):
        Personal.objects.all().delete()
    with roles.refused(service):
        Personal.objects.update(text="")


# Entries of the release before


@pytest.mark.exhaustive  # A migration that has landed changes no more.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("was_sealed", [False, True])
def test_migration_commits_to_what_there_is_unless_it_is_sealed(now: datetime, *, was_sealed: bool) -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    MigrationExecutor(connection).migrate(BEFORE)
    try:
        apps = MigrationExecutor(connection).loader.project_state(BEFORE[0]).apps
        apps.get_model("audits", "TrailEntry").objects.create(at=now, schema_version=2, **ENTRY)
        if was_sealed:
            log = apps.get_model("audits", "Log").objects.create(number=1, origin="portal.example.com")
            apps.get_model("audits", "Checkpoint").objects.create(log=log, number=1, size=1, note="")
        MigrationExecutor(connection).migrate(AFTER)
        entry = TrailEntry.objects.get()
        assert (entry.data == ADDED) is was_sealed
        assert {row.text for row in Personal.objects.all()} == (set() if was_sealed else TEXTS)
        assert personal.shown([entry])[0].data == ADDED
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            TrailEntry.objects.update(actor="nobody")
    finally:
        MigrationExecutor(connection).migrate(latest)
        with trail_unguarded():
            TrailEntry.objects.all()._raw_delete("default")
