"""Evidence packs: the population three ways, what is wrong first, the same again from the same, each step in the trail."""

import csv
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audits.acts import Act
from audits.database_rights import Service
from audits.models import ExtractState, Pack, PackFile, TrailEntry
from audits.packs import asking, keeping, making, periods, scheduling, steps, storing, zipping
from audits.packs.asking import NotBegunYet, NotSealedYet, TooManyPacks
from audits.packs.tables import TABLES
from portal.verbs.rejections import NotAnAuditor
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import laid_out
from tests.app.audits.packs.conftest import QUARTER, Order, all_read, content, event, opened
from tests.database_roles import Roles
from tests.worlds.cast import Cast, actor_of
from tests.worlds.sealed import Trail
from tests.worlds.story import elevated, taken_for_given

LIST, NEW = "/audit/packs/", "/audit/packs/new/"


def rows(pack: Pack, name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in opened(pack).read(f"jsonl/{name}.jsonl").decode().splitlines()]


def kinds(pack: Pack) -> list[tuple[object, object]]:
    return [(row["kind"], row["id"]) for row in rows(pack, "02-differences")]


def acts_of(pack: Pack) -> list[str]:
    return list(TrailEntry.objects.filter(subject=pack.code).order_by("pk").values_list("act", flat=True))


def test_population_is_joined_and_nothing_differs(order: Order, accessed: str, now: datetime) -> None:
    all_read(now)
    pack = order()
    (access,) = rows(pack, "04-population")
    assert (access["id"], access["stratum"], access["given"], access["approvers"]) == (
        accessed,
        "ordinary",
        "event-0",
        ["leader01"],
    )
    assert (access["person"], access["ticket"], access["group"]) == ("member01", "CHG-123", "ProdMemberWorkGroup")
    assert [row["access"] for row in rows(pack, "05-memberships-given")] == [accessed]
    # It is not over, and whether it was used is told after its end.
    assert kinds(pack) == [("t_not_known", accessed)]
    assert pack.said["counts"]["deficiencies"] == 0
    assert [row["id"] for row in rows(pack, "08-sample")] == [accessed]


def test_membership_by_hand_is_a_deficiency_though_somebody_has_an_access(order: Order, accessed: str, now: datetime) -> None:
    all_read(now)
    event("intruder", now)
    event("member02", now, name="RemoveUserFromGroup")
    event("intruder", now, group="DevelopmentGroup")
    pack = order()
    assert kinds(pack) == [
        ("t_not_known", accessed),
        ("m_without_t", "event-1"),
        ("m_without_removal", "event-1"),
        ("removal_without_end", "event-2"),
    ]
    assert pack.said["counts"]["deficiencies"] == 3


def test_access_that_cloudtrail_does_not_show_is_a_deficiency_where_it_was_read(order: Order, cast: Cast, now: datetime) -> None:
    elevation = taken_for_given(elevated(cast.member01, cast.leader01, now=now), now=now)
    unread = order()
    assert ("t_not_known", elevation.code) in kinds(unread)
    assert "t_without_m" not in {kind for kind, _ in kinds(unread)}
    all_read(now)
    # Another checkpoint: of the same one the next pack says what the first one did.
    elevated(cast.member02, cast.leader01, now=now)
    assert ("t_without_m", elevation.code) in kinds(order())


def test_hours_that_were_not_read_are_said_first_everywhere(
    order: Order, accessed: str, now: datetime, client: Client, cast: Cast
) -> None:
    pack = order()
    assert pack.said["hours"] > 0
    assert rows(pack, "01-hours-not-covered")[0]["why"] == "never_read"
    assert kinds(pack)[0][0] == "hours_not_covered"
    assert "hours of the period were not read of CloudTrail" in opened(pack).read("README.txt").decode()
    client.force_login(cast.auditor01)
    page = laid_out(client.get(f"{LIST}{pack.code}/", headers={"Accept-Language": "en"}))
    assert "hours of the period were not read of CloudTrail" in page
    assert "h not read" in laid_out(client.get(LIST, headers={"Accept-Language": "en"}))


def test_same_checkpoint_and_seed_are_the_same_bytes_but_for_the_stamp(order: Order, accessed: str, now: datetime) -> None:
    all_read(now)
    one = order()
    event("intruder", now)
    Pack.objects.filter(pk=one.pk).update(state=ExtractState.RUNNING, step="", alive_at=now - timedelta(days=1))
    PackFile.objects.all().delete()
    before = one.sha256
    making.make(one.pk)
    again = Pack.objects.get(pk=one.pk)
    # Built twice of one order, whatever came meanwhile.
    assert (again.sha256, again.sha256) == (before, hashlib.sha256(content(again)).hexdigest())
    pack = Pack.objects.get(pk=one.pk)
    pack.pk, pack.code, pack.state, pack.step = None, "P-OTHER123", ExtractState.WAITING, ""
    pack.save()
    making.make(pack.pk)
    first, second = opened(again), opened(Pack.objects.get(pk=pack.pk))
    otherwise = {name for name in first.namelist() if first.read(name) != second.read(name)}
    stamped = {"stamp.json", "evidence.xlsx", "README.txt", "report.ja.pdf", "report.en.pdf"}
    assert otherwise == {*stamped, "manifest.json"}
    sheets = [{info.filename: info.CRC for info in opened_xlsx.infolist()} for opened_xlsx in map(_xlsx, (first, second))]
    assert {name for name in sheets[0] if sheets[0][name] != sheets[1][name]} == {"xl/worksheets/sheet1.xml"}


def _xlsx(archive: zipfile.ZipFile) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(archive.read("evidence.xlsx")))


def test_two_other_libraries_read_the_sheets_and_find_no_formula(order: Order, cast: Cast, now: datetime) -> None:
    request = {"change_ticket": "=1+1\u202e", "reason": "+cmd"}
    taken_for_given(elevated(cast.member01, cast.leader01, now=now, **request), now=now)
    pack = order()
    data = opened(pack).read("evidence.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["About", *(table.name for table in TABLES)]
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    by_openpyxl = [[cell.value or "" for cell in row] for row in book["04-population"]]
    by_calamine = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("04-population").to_python()
    assert by_openpyxl == by_calamine
    ticket = by_openpyxl[0].index("Change ticket")
    # What turns the direction round is seen.
    assert by_openpyxl[1][ticket] == "=1+1⟦U+202E⟧"
    text = opened(pack).read("csv/04-population.csv").decode()
    assert text.startswith("\ufeff")
    (line,) = list(csv.reader(io.StringIO(text[1:])))[1:]
    assert line[ticket] == "'=1+1⟦U+202E⟧"
    assert rows(pack, "04-population")[0]["ticket"] == "=1+1\u202e"


def test_each_extract_says_query_zone_rows_who_when_and_version(order: Order, accessed: str) -> None:
    pack = order()
    said = json.loads(opened(pack).read("stamp.json"))
    assert [each["name"] for each in said["extracts"]] == [table.name for table in TABLES]
    for each in said["extracts"]:
        assert each["rows"] == len(rows(pack, each["name"]))
        assert (each["zone"], each["who"], each["when"]) == ("Asia/Tokyo", "auditor01", pack.asked_at.isoformat())
        assert each["query"]
        assert each["version"]


def test_sample_log_and_story_are_checked_by_what_lies_in_the_pack(order: Order, accessed: str, tmp_path: Path) -> None:
    pack = order()
    opened(pack).extractall(tmp_path)
    (story,) = (tmp_path / "stories").iterdir()
    for arguments in (["--sample", "workpaper.jsonl"], ["export"], ["--story", str(story), "--keys", "export/keys.json"]):
        done = subprocess.run(
            [sys.executable, "-I", "verify.py", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, "HOLDS" in done.stdout) == (0, True), done.stdout
    paper = (tmp_path / "workpaper.jsonl").read_text().splitlines()
    line = json.loads(paper[0])["compute"]["sh"]
    said = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == json.loads(paper[1])["key"] == rows(pack, "08-sample")[0]["key"]
    forged = json.dumps({**json.loads(paper[0]), "sample": ["E-00000000"]})
    (tmp_path / "forged.jsonl").write_text("\n".join([forged, *paper[1:]]))
    refused = subprocess.run(
        [sys.executable, "-I", "verify.py", "--sample", "forged.jsonl"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (refused.returncode, "DOES NOT HOLD" in refused.stdout) == (1, True)


def test_every_step_is_an_entry_and_redraws_are_seen(order: Order, accessed: str, client: Client, cast: Cast) -> None:
    pack = order()
    client.force_login(cast.auditor01)
    answer = client.post(f"{LIST}{pack.code}/download")
    assert answer.getvalue() == content(pack)
    assert answer["Content-Disposition"] == f'attachment; filename="sekisho-{QUARTER}-{pack.code}.zip"'
    assert acts_of(pack) == [Act.PACK_ASKED, Act.SAMPLE_DRAWN, Act.PACK_MADE, Act.PACK_DOWNLOADED]
    told = TrailEntry.objects.get(subject=pack.code, act=Act.PACK_ASKED).data
    assert (told["seed"], told["own_seed"], told["root"]) == (pack.root, False, pack.root)
    drawn = TrailEntry.objects.get(subject=pack.code, act=Act.SAMPLE_DRAWN).data
    assert (drawn["population"], drawn["ids"]) == (1, [accessed])
    again = order(seed="2026-11-30.0042")
    assert (again.own_seed, again.said["draws"]) == (True, 1)
    # What came later of a period before is told in the next.
    assert rows(again, "10-late") == []


def test_worker_that_died_is_followed_where_it_was(order: Order, accessed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pack, gathered = order(make=False), list[str]()
    gather = steps.STEPS["gather"]

    def counted(pack: Pack, folder: Path) -> None:
        gathered.append(pack.code)
        gather(pack, folder)

    monkeypatch.setattr(
        steps,
        "STEPS",
        {**steps.STEPS, "gather": counted, "sheets": _dies},
    )
    with pytest.raises(KeyboardInterrupt):
        making.make(pack.pk)
    pack.refresh_from_db()
    assert (pack.state, pack.step) == (ExtractState.RUNNING, "stories")
    now = timezone.now()
    making.make(pack.pk)
    assert Pack.objects.get().step == "stories"
    Pack.objects.update(alive_at=now - making.LONGEST_SILENCE * 2)
    assert keeping.due(now=now) == [pack.pk]
    monkeypatch.undo()
    making.make(pack.pk)
    assert Pack.objects.get().state == ExtractState.DONE
    assert gathered == [pack.code]
    assert acts_of(pack).count(Act.SAMPLE_DRAWN) == 1
    Pack.objects.update(state=ExtractState.RUNNING, attempts=3, alive_at=now - making.LONGEST_SILENCE * 2)
    keeping.give_up(now=now)
    assert (Pack.objects.get().state, acts_of(pack)[-1]) == (ExtractState.FAILED, Act.PACK_FAILED)
    assert not PackFile.objects.exists()


def _dies(*_given: object) -> None:
    raise KeyboardInterrupt


def test_pack_is_deleted_when_its_time_is_over(order: Order, accessed: str) -> None:
    pack = order()
    keeping.delete_old(now=timezone.now())
    assert Pack.objects.get().state == ExtractState.DONE
    keeping.delete_old(now=(pack.kept_until or timezone.now()) + timedelta(seconds=1))
    assert Pack.objects.get().state == ExtractState.DELETED
    assert not PackFile.objects.exists()


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/../../b", "a//b", "a\\b", "報告.pdf", "", "a/.hidden", "x" * 300])
def test_no_name_leaves_its_folder(name: str) -> None:
    with pytest.raises(zipping.UnsafeName):
        zipping.safe(name)


def test_file_with_such_a_name_is_never_kept(order: Order, accessed: str, tmp_path: Path) -> None:
    pack = order(make=False)
    (tmp_path / "..x").write_text("")
    with pytest.raises(zipping.UnsafeName):
        run(lambda: storing.keep(pack, "sheets", tmp_path))
    assert not PackFile.objects.exists()


def test_nothing_is_ordered_before_it_is_sealed_or_begun(cast: Cast, order: Order, now: datetime) -> None:
    period = periods.named(QUARTER)
    said: dict[str, Any] = {"seed": "", "count": 25, "language": "ja", "now": now}
    with pytest.raises(NotSealedYet):
        run(lambda: asking.ask(period=period, actor=actor_of(cast.auditor01), **said))
    with pytest.raises(NotAnAuditor):
        run(lambda: asking.ask(period=period, actor=actor_of(cast.leader01), **said))
    elevated(cast.member01, cast.leader01, now=now)
    with pytest.raises(NotBegunYet):
        order(period="FY2900", make=False)
    for _each in range(asking.MOST_OPEN):
        order(make=False)
    with pytest.raises(TooManyPacks):
        order(make=False)


def test_form_takes_a_period_that_it_offers_and_a_seed_of_plain_signs(
    cast: Cast, client: Client, order: Order, now: datetime, sealed_trail: Trail
) -> None:
    elevated(cast.member01, cast.leader01, now=now)
    sealed_trail.seal()
    client.force_login(cast.auditor01)
    offered = client.get(NEW).context["form"].fields["period"].choices
    quarter = offered[0][1][0][0]
    for wrong in ({"period": "FY1999"}, {"period": quarter, "seed": "it's"}, {"period": quarter, "count": "0"}):
        assert client.post(NEW, wrong).status_code == 422
    assert not Pack.objects.exists()
    answer = client.post(NEW, {"period": quarter, "seed": "abc", "count": "7"})
    pack = Pack.objects.get()
    assert (answer["Location"], pack.seed, pack.count, pack.period) == (f"{LIST}{pack.code}/", "abc", 7, quarter)
    assert "waits for a worker" in laid_out(client.get(LIST, headers={"Accept-Language": "en"}))


def test_schedule_orders_a_pack_of_what_is_over_once(order: Order, accessed: str, sealed_trail: Trail) -> None:
    sealed_trail.seal()
    over = periods.named("2026-10").until
    with override_settings(EVIDENCE_SCHEDULE=["month"]):
        scheduling.order_due(now=over + timedelta(hours=24))
        assert not Pack.objects.exists()
        for _sweep in range(2):
            scheduling.order_due(now=over + timedelta(hours=26))
        pack = Pack.objects.get()
        assert (pack.period, pack.asked_by, pack.seed) == ("2026-10", "sekisho:worker", pack.root)
        scheduling.order_due(now=periods.named("2026-08").until + timedelta(days=80))
        assert Pack.objects.count() == 1


def test_command_writes_the_pack_into_a_file_once(order: Order, accessed: str, tmp_path: Path, sealed_trail: Trail) -> None:
    sealed_trail.seal()
    file, said = tmp_path / "pack.zip", io.StringIO()
    call_command("evidence_pack", QUARTER, file, seed="abc", operator="admin01", stdout=said)
    pack = Pack.objects.get()
    assert (zipfile.ZipFile(file).testzip(), pack.asked_by, pack.seed) == (None, "command:admin01", "abc")
    assert f"{pack.code}: 1 accesses, 1 drawn" in said.getvalue()
    assert acts_of(pack)[-1] == Act.PACK_DOWNLOADED
    for period, wrong in ((QUARTER, "is there already"), ("FY2026-Q9", "names no period")):
        with pytest.raises(CommandError, match=wrong):
            call_command("evidence_pack", period, file if period == QUARTER else tmp_path / "other.zip", operator="admin01")


def test_role_of_notices_makes_a_pack_and_web_gives_it_out(order: Order, accessed: str, roles: Roles) -> None:
    roles.keep_no_time()
    pack = order(make=False)
    with roles.act_as(Service.NOTICES):
        making.make(pack.pk)
    pack.refresh_from_db()
    assert pack.state == ExtractState.DONE
    with roles.act_as(Service.WEB):
        assert content(pack)
    with roles.refused(Service.WEB):
        pack.files.all().delete()
