"""manage.py reconcile: what it prints, and what it says by its exit."""

import io
import time

import pytest
from django.core.management import call_command

from access_requests.models import Drift, Reconciliation, WorkGroup
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, Jump, granted
from tests.worlds.story import elevated


@pytest.fixture(autouse=True)
def _time_passes(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: gated.jump.clock.forward(seconds=seconds))


def reconcile() -> tuple[int, str]:
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", once=True, stdout=out)
    return int(str(ended.value.code)), out.getvalue()


def test_it_ends_well_where_nothing_differs(jump: Jump) -> None:
    code, said = reconcile()
    assert (code, said) == (0, "2026-11-23T05:00:00Z: 0 open, 0 undone, 0 problems\n")


def test_it_prints_drift_in_a_line_and_ends_with_one(jump: Jump, gated: Gated) -> None:
    gated.aws.set_clock(at=jump.clock.now)
    jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member02")
    code, said = reconcile()
    drift = Drift.objects.get()
    by = "arn:aws:iam::111111111111:user/administrator"
    line = f"{drift.code}: member that no elevation explains, jump {MEMBER_GROUP} member02, by {by}, open\n"
    assert (code, said.splitlines(keepends=True)[0]) == (1, line)


def test_what_it_undid_is_told_and_is_well(jump: Jump) -> None:
    WorkGroup.objects.update(drift="undo")
    jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member02")
    code, said = reconcile()
    assert (code, jump.members()) == (0, set())
    assert said.endswith(": 0 open, 1 undone, 0 problems\n")


def test_it_waits_for_what_may_merely_be_late(jump: Jump) -> None:
    granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName="member01")
    began = jump.clock.now
    code, said = reconcile()
    assert code == 1
    assert "membership missing" in said
    assert 0 < (jump.clock.now - began).total_seconds() <= 60


def test_an_account_that_cannot_be_read_is_a_problem(jump: Jump) -> None:
    jump.proxy.refuse("GetAccountAuthorizationDetails", status=403, code="AccessDenied", times=1)
    code, said = reconcile()
    assert code == 1
    assert "problem: jump AccessDenied\n" in said
    assert Reconciliation.objects.get().problems == [{"account": "jump", "thing": "", "problem": "AccessDenied"}]


def test_two_do_not_compare_at_once(jump: Jump) -> None:
    Reconciliation.objects.create(began_at=jump.clock.now, alive_at=jump.clock.now, running=True)
    began = jump.clock.now
    assert reconcile() == (1, "another comparison is running\n")
    assert (jump.clock.now - began).total_seconds() == 120


def test_it_waits_for_another_comparison_to_end(jump: Jump, monkeypatch: pytest.MonkeyPatch) -> None:
    Reconciliation.objects.create(began_at=jump.clock.now, alive_at=jump.clock.now, running=True)
    monkeypatch.setattr(time, "sleep", lambda _seconds: Reconciliation.objects.update(running=False))
    assert reconcile()[0] == 0
    assert Reconciliation.objects.count() == 2


def test_without_once_it_goes_on_until_it_is_interrupted(jump: Jump, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_seconds: float) -> None:
        if Reconciliation.objects.count() > 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupt)
    out = io.StringIO()
    call_command("reconcile", stdout=out)
    assert out.getvalue().splitlines()[-1] == "interrupted"
    assert Reconciliation.objects.count() == 2
