"""What is kept of a verification in place, and that stays are checked with the log."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from audits import verifying
from audits.acts import Act
from audits.database_rights import Service
from audits.exporting import writing
from audits.findings import raising
from audits.kinds import FindingKind
from audits.models import Stay, Verification
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import laid_out
from tests.database_roles import Roles
from tests.worlds.cast import Cast
from tests.worlds.sealed import ORIGIN, Trail


def pages(client: Client, cast: Cast) -> list[str]:
    """Return the auditor's pages of the seal and home, and an engineer's home."""
    found = []
    for person, path in ((cast.auditor01, "/audit/seal/"), (cast.auditor01, "/"), (cast.member01, "/")):
        client.force_login(person)
        found.append(laid_out(client.get(path, headers={"Accept-Language": "en"})))
    return found


def test_page_says_until_where_and_by_whom_it_was_verified(sealed_trail: Trail, cast: Cast, client: Client) -> None:
    sealed_trail.grow(3)
    sealed_trail.seal()
    assert "never: manage.py verify_audit" in pages(client, cast)[0]
    call_command("verify_audit", "--operator", "auditor01")
    row = Verification.objects.get()
    assert (row.origin, row.size, row.faults, row.fault) == (ORIGIN, 3, 0, "")
    page = pages(client, cast)[0]
    assert "leaf 3, on " in page
    assert "by auditor01 (" in page
    assert "does not hold" not in page


def test_verification_that_fails_is_said_loudly_until_one_holds(sealed_trail: Trail, cast: Cast, client: Client) -> None:
    sealed_trail.grow(3)
    sealed_trail.seal()
    call_command("verify_audit")
    sealed_trail.forge("UPDATE audits_trailentry SET actor = 'nobody' WHERE id = 2")
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    seal, home, engineers = pages(client, cast)
    assert "does not hold in" in seal
    assert "leaf 3, on " in seal  # Until where it held before.
    assert "does not hold in" in home
    assert "does not hold" not in engineers
    sealed_trail.forge("UPDATE audits_trailentry SET actor = 'somebody' WHERE id = 2")
    call_command("verify_audit")
    assert "does not hold" not in pages(client, cast)[0]


def test_entry_that_is_missing_is_kept_as_a_fault(sealed_trail: Trail) -> None:
    sealed_trail.grow(3)
    sealed_trail.seal()
    sealed_trail.forge("DELETE FROM audits_trailentry WHERE id = 2")
    with pytest.raises(CommandError, match="There is no entry 2"):
        call_command("verify_audit")
    failed = verifying.latest().failed
    assert failed is not None
    assert failed.fault.startswith("the trail: There is no entry 2")


def test_export_that_is_verified_is_not_kept(sealed_trail: Trail, tmp_path: Path) -> None:
    sealed_trail.grow(1)
    sealed_trail.seal()
    writing.export(tmp_path / "export")
    call_command("verify_audit", "--from-export", str(tmp_path / "export"))
    assert not Verification.objects.exists()


@pytest.mark.parametrize(
    ("forgery", "what"),
    [
        ("DELETE FROM audits_stay WHERE subject = 'E-1'", "it is missing"),
        ("UPDATE audits_stay SET ended_at = granting_at WHERE subject = 'E-1'", "its times are not"),
        ("UPDATE audits_stay SET subject = 'E-3' WHERE subject = 'E-1'", "it is missing"),
    ],
)
def test_stay_that_the_trail_does_not_tell_is_found(
    sealed_trail: Trail, now: datetime, capsys: pytest.CaptureFixture[str], forgery: str, what: str
) -> None:
    for act, hours in ((Act.ELEVATION_GRANTING, 0), (Act.ELEVATION_ACTIVE, 1), (Act.ELEVATION_ENDED, 2)):
        sealed_trail.now = now + timedelta(hours=hours)
        sealed_trail.grow(act=act, subject="E-1")
    sealed_trail.grow(act=Act.ELEVATION_GRANTING, subject="E-2")
    sealed_trail.seal()
    call_command("verify_audit")
    sealed_trail.forge(forgery)
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert f"stay of E-1: {what}" in capsys.readouterr().out


def test_finding_that_the_trail_does_not_tell_is_found(
    sealed_trail: Trail, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    raised = {"kind": FindingKind.END_OVERDUE, "key": {"elevation": "E-1"}, "evidence": [], "now": now}
    code = run(lambda: raising.raise_finding(**raised)).code  # type: ignore[arg-type]
    sealed_trail.seal()
    call_command("verify_audit")
    sealed_trail.forge("UPDATE audits_finding SET severity = 1")
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert f"finding {code}: it is not as the trail tells it" in capsys.readouterr().out


def test_auditors_role_verifies_and_says_so_and_no_services_role_does(sealed_trail: Trail, roles: Roles) -> None:
    sealed_trail.grow(1)
    sealed_trail.seal()
    with roles.act_as(Service.AUDITOR):
        call_command("verify_audit")
    assert Verification.objects.count() == 1
    for service in set(Service) - {Service.AUDITOR}:
        with roles.refused(service):
            verifying.keep(origin=ORIGIN, size=1, faults=[], operator="")
    for verb in (Verification.objects.all().delete, lambda: Verification.objects.update(faults=0)):
        with roles.refused(Service.AUDITOR):
            verb()
    assert not Stay.objects.exists()
