"""Findings as auditors and administrators see them, and what they do about them in the browser and by the API."""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits import trail
from audits.acts import Act
from audits.extracts.rows import BYTE_ORDER_MARK
from audits.findings import handling, raising
from audits.kinds import KINDS, FindingKind
from audits.models import Finding, FindingStatus, Severity, Stream, TrailEntry
from portal.users.models import User
from portal.verbs.run import run
from tests.stand_ins.bots import SCOPES, Bot, make_personal_client, own_token_of, read
from tests.worlds.cast import Cast, actor_of, add_person

pytestmark = pytest.mark.django_db
LIST = "/audit/findings/"


def found(kind: FindingKind = FindingKind.ROW_FORGED, name: str = "E-7K3M9QX2", **more: object) -> Finding:
    key = {field: name if field in ("elevation", "person", "thing") else "x" for field in KINDS[kind].key}
    given = {"kind": kind, "key": key, "evidence": [], "now": timezone.now(), **more}
    return run(lambda: raising.raise_finding(**given))  # type: ignore[arg-type]


@pytest.fixture
def auditor(cast: Cast, client: Client) -> Client:
    client.force_login(cast.auditor01)
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin01)
    return client


@pytest.fixture
def admin02(cast: Cast) -> User:
    return add_person("admin02", administrator=True)


def page(client: Client, url: str, language: str = "en") -> str:
    response = client.get(url, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def address(finding: Finding, verb: str = "") -> str:
    return reverse("audit-finding-verb", args=[finding.code, verb]) if verb else reverse("audit-finding", args=[finding.code])


def codes(client: Client, **narrowed: str) -> list[str]:
    response = client.get(LIST, narrowed)
    return [each.finding.code for each in response.context["shown"]]


def test_list_shows_what_is_open_the_worst_first_and_the_rest_by_state(auditor: Client, cast: Cast) -> None:
    low, worst, closed = found(FindingKind.NOT_GRANTED), found(), found(FindingKind.NOT_GRANTED, "member02")
    actor, now = actor_of(cast.admin01), timezone.now()
    run(lambda: handling.close(code=closed.code, comment="done", actor=actor, now=now))
    tomorrow = now.date() + timedelta(days=1)
    run(lambda: handling.ask_acceptance(code=low.code, until=tomorrow, reason="x", actor=actor, now=now))
    Finding.objects.filter(pk=worst.pk).update(due_on=now.date() - timedelta(days=2))
    assert codes(auditor) == [worst.code, low.code]
    assert codes(auditor, status="closed") == [closed.code]
    assert codes(auditor, status="waiting") == [low.code]
    assert codes(auditor, status="overdue") == [worst.code]
    assert codes(auditor, status="all") == [worst.code, closed.code, low.code]
    assert codes(auditor, status="accepted") == []


def test_list_is_narrowed_by_kind_severity_owner_and_what_is_named(auditor: Client, cast: Cast) -> None:
    one, other = found(caused_by=["member01"]), found(FindingKind.NOT_GRANTED, "member02")
    Finding.objects.filter(pk=other.pk).update(owner="admin01")
    assert codes(auditor, kind="not_granted") == [other.code]
    assert codes(auditor, severity="critical") == [one.code]
    assert codes(auditor, owner="admin01") == [other.code]
    assert codes(auditor, words=" Member02 ") == [other.code]
    assert codes(auditor, words="member01") == [one.code]
    assert codes(auditor, words=one.code.lower()) == [one.code]
    assert codes(auditor, words="member") == []
    assert "Nothing matches" in page(auditor, f"{LIST}?words=member")
    assert "検出事項" in page(auditor, LIST, "ja")


def test_list_goes_on_from_page_to_page(auditor: Client, cast: Cast) -> None:
    made = [found(name=f"E-{number:08}").code for number in range(51)]
    first = auditor.get(LIST)
    second = auditor.get(LIST + first.context["page"].next_url)
    shown = [each.finding.code for answer in (first, second) for each in answer.context["shown"]]
    assert shown == made[::-1]


def test_page_has_evidence_and_history(auditor: Client, cast: Cast) -> None:
    entry = TrailEntry.objects.get(pk=TrailEntry.objects.get(subject=found().code).pk)
    finding = found(FindingKind.END_OVERDUE, evidence=[entry.pk], caused_by=["member01"])
    shown = page(auditor, address(finding))
    assert f'href="/audit/trail/{entry.pk}/"' in shown
    assert "May have caused it" in shown
    assert "A finding was opened" in shown
    assert "Say something about it" in shown
    assert "Close it" not in shown
    assert "Who sees to it" not in shown


def test_second_administrator_is_asked_and_who_asked_is_not(admin: Client, admin02: User) -> None:
    finding = found()
    day = (timezone.now().date() + timedelta(days=3)).isoformat()
    admin.post(address(finding, "ask-acceptance"), {"until": day, "reason": "it goes with the new system"})
    finding.refresh_from_db()
    assert (finding.asked_by, finding.asked_because) == ("admin01", "it goes with the new system")
    assert "Accept it until then?" not in page(admin, address(finding))
    other = Client()
    other.force_login(admin02)
    assert "Accept it until then?" in page(other, address(finding))
    answer = {"comment": "agreed", "seen": finding.entry_id}
    assert admin.post(address(finding, "accept"), answer).status_code == 403
    found(evidence=[99])
    refusal = other.post(address(finding, "accept"), answer, headers={"Accept-Language": "en"})
    assert refusal.status_code == 409
    assert "not as you saw it any more" in refusal.content.decode()
    finding.refresh_from_db()
    other.post(address(finding, "accept"), {**answer, "seen": finding.entry_id})
    finding.refresh_from_db()
    assert (finding.status, finding.accepted_by) == (FindingStatus.ACCEPTED, "admin02")
    assert "End the acceptance" in page(admin, address(finding))


def test_what_cannot_be_used_is_said_beside_what_was_typed(admin: Client) -> None:
    finding = found()
    refusal = admin.post(
        address(finding, "ask-acceptance"), {"until": "2001-01-01", "reason": "because"}, headers={"Accept-Language": "en"}
    )
    assert refusal.status_code == 422
    assert "Choose a day from" in refusal.content.decode()
    assert "because" in refusal.content.decode()
    assert admin.post(address(finding, "close"), {"comment": ""}).status_code == 422
    assert admin.post(address(finding, "nothing"), {}).status_code == 404
    assert admin.get(address(finding, "close")).headers["Location"] == address(finding)


def test_auditors_comment_and_do_nothing_else(auditor: Client) -> None:
    finding = found()
    auditor.post(address(finding, "comment"), {"comment": "the one of May?"})
    assert TrailEntry.objects.get(act=Act.FINDING_COMMENTED).actor == "auditor01"
    assert "the one of May?" in page(auditor, address(finding))
    assert auditor.post(address(finding, "close"), {"comment": "x"}).status_code == 403


def test_severe_one_is_closed_by_the_second_administrator(admin: Client, admin02: User) -> None:
    finding = found()
    shown = page(admin, address(finding))
    assert "Closing it takes two" in shown
    assert "Close it" not in shown
    refusal = admin.post(address(finding, "close"), {"comment": "done"}, headers={"Accept-Language": "en"})
    assert refusal.status_code == 409
    assert "takes two" in refusal.content.decode()
    day = (timezone.now().date() + timedelta(days=3)).isoformat()
    admin.post(address(finding, "ask-acceptance"), {"until": day, "reason": "the password was changed"})
    assert "Close it" not in page(admin, address(finding))
    assert admin.post(address(finding, "close"), {"comment": "done"}).status_code == 403
    other = Client()
    other.force_login(admin02)
    assert "Close it" in page(other, address(finding))
    other.post(address(finding, "close"), {"comment": "done"})
    assert Finding.objects.get().status == FindingStatus.CLOSED


def test_administrator_sees_to_it_and_closes_it(admin: Client) -> None:
    finding = found(FindingKind.NOT_GRANTED)
    day = timezone.now().date() + timedelta(days=3)
    admin.post(address(finding, "assign"), {"owner": "auditor01", "due_on": day.isoformat()})
    finding.refresh_from_db()
    assert (finding.owner, finding.due_on) == ("auditor01", day)
    assert "auditor01" in page(admin, LIST)
    admin.post(address(finding, "close"), {"comment": "done"})
    assert Finding.objects.get().status == FindingStatus.CLOSED


def test_csv_and_json_lines_have_what_the_list_is_narrowed_to(auditor: Client, cast: Cast) -> None:
    one, _other = found(name="=cmd()"), found(FindingKind.NOT_GRANTED)
    answer = auditor.get(f"{LIST}download", {"severity": "critical", "format": "csv"}, headers={"Accept-Language": "en"})
    text = b"".join(answer).decode()
    head, line = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)))
    assert (head[0], line[0], line[3], len(head)) == ("ID", one.code, "critical", len(line))
    answer = auditor.get(f"{LIST}download", {"format": "jsonl"}, headers={"Accept-Language": "en"})
    objects = [json.loads(row) for row in b"".join(answer).decode().splitlines()]
    assert objects[0]["id"] == one.code
    assert objects[0]["history"][0]["act"] == Act.FINDING_OPENED


def test_overview_says_how_many_are_open_and_how_far_the_trail_is_handed_on(auditor: Client, cast: Cast) -> None:
    found()
    Stream.objects.create(place="stdout", position=7, failing_since=timezone.now(), problem="HTTP 503")
    shown = page(auditor, "/audit/")
    assert "1 is open" in shown
    assert "until entry 7" in shown
    assert "HTTP 503" in shown


@pytest.mark.parametrize(
    ("act", "data", "says"),
    [
        (Act.SEAL_STOPPED, {"state": "restored", "detail": ""}, "Sealing the trail stopped: "),
        (Act.SEAL_GUARD_TOUCHED, {"remark": "checkpoint 3"}, "touched the guard of the seal: checkpoint 3"),
    ],
)
def test_trail_says_what_became_of_the_seal(auditor: Client, cast: Cast, act: Act, data: dict[str, str], says: str) -> None:
    run(lambda: trail.record(now=timezone.now(), act=act, actor="sekisho:worker", subject="seal", data=data))
    assert says in page(auditor, "/audit/trail/")


# By the API.


def program(person: User, cast: Cast) -> Bot:
    return Bot(own_token_of(person, make_personal_client(f"of-{person.username}", cast), *SCOPES), Client())


def test_programs_read_findings_and_act_by_a_token_of_their_persons_own(cast: Cast, admin02: User) -> None:
    finding = found(caused_by=["member01"])
    auditor, admin, other = (program(person, cast) for person in (cast.auditor01, cast.admin01, admin02))
    (listed,) = read(auditor.call("GET", "/audit/findings?status=open&severity=critical&names=member01", None))["items"]
    assert (listed["id"], listed["severity"]) == (finding.code, Severity.CRITICAL.word)
    at = f"/audit/findings/{finding.code}"
    until = (timezone.now().date() + timedelta(days=9)).isoformat()
    for bot, verb, body in (
        (auditor, "comment", {"comment": "hm"}),
        (admin, "assign", {"owner": "admin01", "due_on": until}),
        (admin, "ask-acceptance", {"until": until, "reason": "x"}),
    ):
        assert bot.call("POST", f"{at}/{verb}", body).status_code == 200
    seen = read(auditor.call("GET", at, None))
    assert [line["act"] for line in seen["history"]][-1] == Act.FINDING_ACCEPTANCE_ASKED
    refusal = admin.call("POST", f"{at}/accept", {"comment": "x", "seen": seen["last_entry"]})
    assert (refusal.status_code, read(refusal)["code"]) == (403, "own_acceptance")
    answer = read(other.call("POST", f"{at}/accept", {"comment": "x", "seen": seen["last_entry"]}))
    assert (answer["status"], answer["accepted_until"]) == ("accepted", until)
    assert read(admin.call("POST", f"{at}/end-acceptance", {"comment": "x"}))["status"] == "open"
    refusal = admin.call("POST", f"{at}/close", {"comment": "x"})
    assert (refusal.status_code, read(refusal)["code"]) == (409, "closing_takes_two")
    less = found(FindingKind.NOT_GRANTED)
    assert read(admin.call("POST", f"/audit/findings/{less.code}/close", {"comment": "x"}))["status"] == "closed"


@pytest.mark.parametrize("until", ["2026-13-01", "20261223", 5, None])
def test_day_that_is_none_is_refused(cast: Cast, until: object) -> None:
    body = {"until": until, "reason": "x"}
    refusal = program(cast.admin01, cast).call("POST", f"/audit/findings/{found().code}/ask-acceptance", body)
    assert refusal.status_code == 422


def test_same_call_with_a_day_is_done_once(cast: Cast, now: datetime) -> None:
    admin, at = program(cast.admin01, cast), f"/audit/findings/{found().code}/assign"
    body = {"owner": "", "due_on": (timezone.now().date() + timedelta(days=1)).isoformat()}
    answers = [admin.call("POST", at, body, idempotency_key="k").status_code for _ in range(2)]
    assert answers == [200, 200]
    assert TrailEntry.objects.filter(act=Act.FINDING_ASSIGNED).count() == 1
