"""What a person may do does not depend on the door: browser, a program with a header, an own token, Slack, command line.

Each row of the table is done by every door anew, and every door gives the same: it is done, or refused with this code.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from access_requests.models import AccessRequest, ApiClient, ApprovalPolicy, Elevation
from access_requests.web.requests.ask_form import FOR, NOW
from portal.users.models import User
from portal.verbs.actor import Door
from portal.verbs.rejections import Rejection
from tests.cli.conftest import AtATerminal, command_line, person, portal, terminal
from tests.stand_ins.bots import SCOPES, Bot, make_client, make_personal_client, own_token_of, token_of
from tests.stand_ins.slack import Slack
from tests.worlds.cast import Cast, actor_of
from tests.worlds.reports import over as over_with_it
from tests.worlds.reports import owed, wants_reports, written
from tests.worlds.story import approved, elevated, returned, submitted, withdrawn

__all__ = ["command_line", "person", "portal", "terminal"]
pytestmark = pytest.mark.django_db(transaction=True)
DONE, NOT_OFFERED, WHY = "done", "not offered", "because the index is slow"
GROUP, TICKET = "ProdMemberWorkGroup", "CHG-123"
MINUTES, TOO_MANY = 30, 100_000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# What it says in the browser to be led there.
LED = {"/accounts/login/": "person_disabled", "/accounts/reauthenticate/": "step_up_needed", reverse("factors"): "factor_missing"}
# Where the refusals are that every door can meet.
RULES_OF_EVERY_DOOR = ("portal.verbs.rejections", "access_requests.errors", "audits.reports.report_errors")


# The doors


@dataclass(frozen=True)
class Doors:
    cast: Cast
    at_a_terminal: AtATerminal

    def browser(self, who: User, act: str, subject: str) -> str:
        client = Client(headers={"accept-language": "en"})
        client.force_login(who)
        if act == "request" and subject not in client.get("/requests/new/").content.decode():
            return NOT_OFFERED
        response = client.post(*_form(act, subject))
        assert isinstance(response, HttpResponse)
        if response.status_code == 302:
            return next((code for path, code in LED.items() if response["Location"].startswith(path)), DONE)
        return code_said(response)

    def program(self, who: User, act: str, subject: str) -> str:
        """The program's client is another one than any that carried a request."""
        bot = Bot(token_of(make_client("decider", self.cast), *SCOPES), Client())
        return _called(bot.post(*_call(act, subject), for_person=who))

    def own_token(self, who: User, act: str, subject: str) -> str:
        token = own_token_of(who, make_personal_client("scripts", self.cast), *SCOPES)
        return _called(Bot(token, Client()).post(*_call(act, subject)))

    def slack(self, who: User, act: str, subject: str) -> str:
        answer = Slack().types(who, f"{act} {subject} {_typed(act)}".strip())
        found = re.search(r"\((\w+)\)$", answer["text"])
        return found[1] if found else DONE

    def command_line(self, who: User, act: str, subject: str) -> str:
        ended = self.at_a_terminal(who.username).run(act, subject, *_options(act), "--json")
        return DONE if ended.code == 0 else str(ended.json()["code"])


def _form(act: str, subject: str) -> tuple[str, dict[str, Any]]:
    if act == "request":
        asked = {"work_groups": [subject], "reason": WHY, "change_ticket": TICKET, "start": NOW, "finish": FOR}
        return "/requests/new/", {**asked, "duration_minutes": MINUTES}
    kind = "elevations" if subject.startswith("E-") else "requests"
    return f"/{kind}/{subject}/{act}/", {"comment": WHY, "done": WHY, "reason": WHY, "more": FOR, "minutes": MINUTES}


def _call(act: str, subject: str) -> tuple[str, dict[str, Any] | None]:
    if act == "request":
        asked = {"work_groups": [subject], "reason": WHY, "change_ticket": TICKET, "duration_minutes": MINUTES}
        return "/requests", asked
    path = f"/{'elevations' if subject.startswith('E-') else 'requests'}/{subject}/{act}"
    if act == "extend":
        return path, {"ends_at": _new_end("%Y-%m-%dT%H:%M:%S+09:00", subject), "reason": WHY}
    if act == "report":
        return path, {"done": WHY}
    return path, None if act in ("withdraw", "return") else {"comment": WHY}


def _typed(act: str) -> str:
    if act == "request":
        return f"{MINUTES}m {TICKET} {WHY}"
    if act == "extend":
        return f"{MINUTES}m {WHY}"
    return "" if act in ("withdraw", "return") else WHY


def _options(act: str) -> list[str]:
    if act == "request":
        return ["--for", f"{MINUTES}m", "--ticket", TICKET, "--reason", WHY]
    if act == "extend":
        return ["--for", f"{MINUTES}m", "-m", WHY]
    if act == "report":
        return ["-m", WHY]
    return [] if act in ("withdraw", "return") else ["-m", WHY, "--yes"]


def _new_end(form: str, subject: str) -> str:
    """Return half an hour after the end of the elevation, as people in Tokyo say it."""
    row = Elevation.objects.filter(code=subject).first()
    end = (row.ends_at if row else timezone.now()) + timedelta(minutes=MINUTES)
    return end.astimezone(User(time_zone="Asia/Tokyo").zone).strftime(form)


def _called(response: HttpResponse) -> str:
    return DONE if response.status_code < 300 else str(json.loads(response.content)["code"])


def code_said(response: HttpResponse) -> str:
    """Return the code of the refusal whose sentence the page says; a page that is not there says none."""
    if response.status_code == 404:
        return "not_found"
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
    said = [code for code, sentence in sentences() if re.search(sentence, text)]
    assert len(set(said)) == 1, (response.status_code, said, text)
    return said[0]


def sentences() -> Iterator[tuple[str, str]]:
    for refusal in _leaves(Rejection):
        parts = re.split(r"%\(\w+\)s", refusal.sentence)
        yield refusal.code, ".{1,80}?".join(re.escape(part) for part in parts)


def _leaves(kind: type[Rejection]) -> Iterator[type[Rejection]]:
    if "code" in vars(kind) and kind.__module__ in RULES_OF_EVERY_DOOR:
        yield kind
    for each in kind.__subclasses__():
        yield from _leaves(each)


# The table


def waiting(cast: Cast, now: datetime) -> AccessRequest:
    return submitted(cast.member01, now=now)


def of_leader01(cast: Cast, now: datetime) -> AccessRequest:
    return submitted(cast.leader01, now=now)


def decided(cast: Cast, now: datetime) -> AccessRequest:
    return approved(waiting(cast, now), cast.leader01, now=now)


def taken_back(cast: Cast, now: datetime) -> AccessRequest:
    return withdrawn(waiting(cast, now), cast.member01, now=now)


def late(cast: Cast, now: datetime) -> AccessRequest:
    return submitted(cast.member01, now=now - 2 * DAY)


def under_another_policy(cast: Cast, now: datetime) -> AccessRequest:
    request = waiting(cast, now)
    cast.prod_member.policy = cast.two_levels
    cast.prod_member.save()
    return request


def of_somebody_who_may_no_more(cast: Cast, now: datetime) -> AccessRequest:
    request = waiting(cast, now)
    nobody_elses(cast, now)
    return request


def in_time(cast: Cast, now: datetime) -> Elevation:
    return elevated(cast.member01, cast.leader01, now=now)


def in_production(cast: Cast, now: datetime) -> Elevation:
    elevation = in_time(cast, now)
    Elevation.objects.filter(pk=elevation.pk).update(status="active", granting_at=now, granted_at=now)
    return elevation


def over(cast: Cast, now: datetime) -> Elevation:
    return elevated(cast.member01, cast.leader01, now=now - 3 * HOUR)


def given_back(cast: Cast, now: datetime) -> Elevation:
    return returned(in_time(cast, now), cast.member01, now=now)


def used(cast: Cast, now: datetime) -> Elevation:
    return owed(cast, now=now)


def told(cast: Cast, now: datetime) -> Elevation:
    elevation = owed(cast, now=now)
    written(elevation, cast.member01, now=now)
    return elevation


def report_overdue(cast: Cast, now: datetime) -> str:
    wants_reports(blocks=True)
    over_with_it(elevated(cast.member01, cast.leader01, now=now - 5 * DAY), now=now - 5 * DAY)
    return GROUP


def nothing(_cast: Cast, _now: datetime) -> str:
    return GROUP


def something_unknown(_cast: Cast, _now: datetime) -> str:
    return "ProdNobodysWorkGroup"


def nobody_elses(cast: Cast, _now: datetime) -> str:
    cast.prod_member.everyone_may_request = False
    cast.prod_member.save()
    cast.prod_member.requesters.set([cast.leader02])
    return GROUP


def asked_already(cast: Cast, now: datetime) -> str:
    waiting(cast, now)
    return GROUP


TABLE: list[tuple[str, str, Callable[[Cast, datetime], object], str]] = [
    ("approve", "leader01", waiting, DONE),
    ("approve", "member01", waiting, "own_request"),
    ("approve", "leader01", of_leader01, "own_request"),
    ("approve", "member02", waiting, "not_found"),
    ("approve", "auditor01", waiting, "not_an_approver"),
    ("approve", "admin01", waiting, "not_an_approver"),
    ("approve", "leader01", decided, "already_decided"),
    ("approve", "leader02", decided, "transition_not_allowed"),
    ("approve", "leader01", taken_back, "transition_not_allowed"),
    ("approve", "leader01", late, "decision_too_late"),
    ("approve", "leader01", under_another_policy, "catalogue_changed"),
    ("approve", "leader01", of_somebody_who_may_no_more, "requester_may_not"),
    ("reject", "leader02", waiting, DONE),
    ("reject", "member01", waiting, "own_request"),
    ("reject", "auditor01", waiting, "not_an_approver"),
    ("reject", "leader02", decided, "transition_not_allowed"),
    ("send-back", "leader01", waiting, DONE),
    ("send-back", "leader01", of_leader01, "own_request"),
    ("send-back", "member02", waiting, "not_found"),
    ("withdraw", "member01", waiting, DONE),
    ("withdraw", "leader01", waiting, "not_yours"),
    ("withdraw", "member02", waiting, "not_found"),
    ("withdraw", "member01", decided, "transition_not_allowed"),
    ("return", "member01", in_time, DONE),
    ("return", "member02", in_time, "not_yours"),
    ("return", "leader01", in_time, "not_yours"),
    ("return", "member01", given_back, "transition_not_allowed"),
    ("extend", "member01", in_production, DONE),
    ("extend", "leader01", in_production, "not_yours"),
    ("extend", "member01", over, "elevation_over"),
    ("stop", "leader01", in_production, DONE),
    ("stop", "admin01", in_production, DONE),
    ("stop", "member02", in_production, "may_not_stop"),
    ("stop", "auditor01", in_production, "may_not_stop"),
    ("report", "member01", used, DONE),
    ("report", "leader01", used, "report_not_yours"),
    ("report", "member01", in_time, "no_report_owed"),
    ("report", "member01", told, "transition_not_allowed"),
    ("request", "member01", report_overdue, "work_report_overdue"),
    ("request", "member01", nothing, DONE),
    ("request", "member01", something_unknown, "unknown_work_group"),
    ("request", "member01", nobody_elses, "may_not_request"),
    ("request", "member01", asked_already, "already_pending"),
]
EVERY_DOOR = [name for name in vars(Doors) if not name.startswith("_")]


@pytest.fixture
def doors(cast: Cast, person: AtATerminal) -> Doors:
    return Doors(cast=cast, at_a_terminal=person)


@pytest.mark.parametrize("door", EVERY_DOOR)
@pytest.mark.parametrize(("act", "who", "state", "code"), TABLE, ids=lambda each: getattr(each, "__name__", each))
def test_every_door_says_the_same(
    doors: Doors, door: str, act: str, who: str, state: Callable[[Cast, datetime], object], code: str
) -> None:
    made = state(doors.cast, timezone.now())
    subject = made if isinstance(made, str) else made.code  # type: ignore[attr-defined]
    # A page does not offer what it would refuse.
    expected = {code, NOT_OFFERED} if door == "browser" and code in ("unknown_work_group", "may_not_request") else {code}
    assert getattr(doors, door)(getattr(doors.cast, who), act, subject) in expected


@pytest.mark.parametrize("door", EVERY_DOOR)
@pytest.mark.parametrize("act", ["request", "extend"])
@pytest.mark.parametrize(
    ("setting", "most", "code"),
    [("PERSON_PENDING_REQUESTS", 1, "too_many_pending"), ("PERSON_REQUESTS_PER_HOUR", 2, "too_many_submissions")],
)
def test_every_door_refuses_more_than_one_person_may_ask_for(
    doors: Doors, door: str, act: str, setting: str, most: int, code: str, cast: Cast, settings: Settings
) -> None:
    now = timezone.now()
    elevation = in_production(cast, now)
    submitted(cast.member01, now=now, starts_at=now + DAY)
    setattr(settings, setting, most)
    subject = GROUP if act == "request" else elevation.code
    assert getattr(doors, door)(cast.member01, act, subject) == code


@pytest.mark.parametrize("door", EVERY_DOOR)
def test_somebody_who_is_disabled_is_nobody_at_once(doors: Doors, door: str, cast: Cast) -> None:
    request = waiting(cast, timezone.now())
    User.objects.filter(pk=cast.leader01.pk).update(is_active=False)
    assert getattr(doors, door)(cast.leader01, "approve", request.code) == "person_disabled"


@pytest.mark.parametrize("door", EVERY_DOOR)
@pytest.mark.parametrize("decide_by", [["browser"], ["chat"], ["client"], []])
def test_a_policy_names_the_doors_and_every_other_one_gives_the_link(
    doors: Doors, door: str, decide_by: list[str], cast: Cast
) -> None:
    request = waiting(cast, timezone.now())
    ApprovalPolicy.objects.update(decide_by=decide_by)
    is_open = {"browser": "browser", "slack": "chat"}.get(door, "client") in decide_by
    assert getattr(doors, door)(cast.leader01, "approve", request.code) == (DONE if is_open else "decide_in_browser")


@pytest.mark.parametrize("door", EVERY_DOOR)
@pytest.mark.parametrize("decide_by", [["browser"], ["chat"], ["client"], []])
def test_access_is_stopped_in_the_browser_whatever_the_policy_says_and_elsewhere_where_it_says_so(
    doors: Doors, door: str, decide_by: list[str], cast: Cast
) -> None:
    elevation = in_production(cast, timezone.now())
    ApprovalPolicy.objects.update(decide_by=decide_by)
    is_open = door == "browser" or {"slack": "chat"}.get(door, "client") in decide_by
    assert getattr(doors, door)(cast.leader01, "stop", elevation.code) == (DONE if is_open else "decide_in_browser")


def test_a_client_decides_on_no_request_that_it_carried_and_an_own_token_is_no_such_client(doors: Doors, cast: Cast) -> None:
    carried = submitted(actor_of(cast.member01, door=Door.CLIENT, client="decider"), now=timezone.now())
    assert doors.program(cast.leader01, "approve", carried.code) == "decide_in_browser"
    own = submitted(actor_of(cast.member02, door=Door.CLIENT, client="scripts"), now=timezone.now())
    assert doors.own_token(cast.leader01, "approve", own.code) == DONE


@pytest.mark.parametrize("act", ["approve", "reject"])
def test_owner_of_a_program_who_asks_in_the_browser_does_not_decide_by_the_program(doors: Doors, cast: Cast, act: str) -> None:
    assert doors.browser(cast.member01, "request", GROUP) == DONE
    asked = AccessRequest.objects.get()
    decider = make_client("owned", cast)
    decider.owners.set([cast.member01])
    bot = Bot(token_of(decider, *SCOPES), Client())
    assert _called(bot.post(*_call(act, asked.code), for_person=cast.leader01)) == "decide_in_browser"
    assert doors.browser(cast.leader01, act, asked.code) == DONE


@pytest.mark.parametrize("door", [name for name in EVERY_DOOR if name != "program"])
def test_no_other_door_lets_somebody_approve_beside_a_program_of_theirs(doors: Doors, door: str, cast: Cast) -> None:
    asked = submitted(cast.member01, now=timezone.now(), work_groups=["ProdLeaderWorkGroup"])
    assert doors.program(cast.leader01, "approve", asked.code) == DONE
    ApiClient.objects.get(key="decider").owners.set([cast.leader02])
    assert getattr(doors, door)(cast.leader02, "approve", asked.code) == "own_client_decided"
    assert doors.browser(cast.leader02, "reject", asked.code) == DONE
