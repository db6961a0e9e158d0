"""Each comparison is an entry, and what it found becomes findings that the next one closes again."""

from io import StringIO

import pytest
from django.core.management import call_command

from access_requests.models import AccessRequest
from access_requests.services.comparison import recording
from audits.acts import Act
from audits.findings import following
from audits.models import Finding, FindingStatus, TrailEntry
from portal.users.models import User
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock


def _followed(clock: Clock) -> list[tuple[dict[str, str], str]]:
    while following.follow(now=clock.now):
        pass
    return [(row.key, row.status) for row in Finding.objects.filter(kind="tables_apart")]


def test_a_row_changed_behind_the_portals_back_is_a_finding_after_one_run(everything: Cast, clock: Clock) -> None:
    _followed(clock)
    User.objects.filter(username="member02").update(is_administrator=True)
    recording.compare_and_record(now=clock.now)
    entry = TrailEntry.objects.get(act=Act.COMPARISON_DONE)
    assert entry.data["apart"] == [
        {"kind": "person", "key": "member02", "what": "differs", "facts": ["bare_flags", "is_administrator", "roles"]}
    ]
    assert (entry.actor, entry.data["differences"], entry.data["counts"]["untold"]) == ("sekisho:auditor", 1, 0)
    assert _followed(clock) == [({"table": "person", "subject": "member02"}, FindingStatus.OPEN)]

    User.objects.filter(username="member02").update(is_administrator=False)
    recording.compare_and_record(now=clock.now)
    assert _followed(clock) == [({"table": "person", "subject": "member02"}, FindingStatus.CLOSED)]


def test_flood_of_differences_hides_none_of_another_kind(everything: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST", 2)
    User.objects.update(email="mallory@example.com")
    AccessRequest.objects.update(reason="another")
    recording.compare_and_record(now=clock.now)
    data = TrailEntry.objects.get(act=Act.COMPARISON_DONE).data
    assert data["differences"] > 4
    assert {each["kind"] for each in data["apart"]} == {"person", "request"}


def test_the_command_prints_what_differs_and_fails(everything: Cast) -> None:
    out = StringIO()
    call_command("compare_trail", stdout=out)
    assert "differences: 0" in out.getvalue()
    User.objects.filter(username="member01").update(email="mallory@example.com")
    with pytest.raises(SystemExit) as ended:
        call_command("compare_trail", stdout=out)
    assert ended.value.code == 1
    assert "differs person member01: email\n" in out.getvalue()
    assert "mallory@" not in out.getvalue()
