"""Production by the company's log-in, passkeys and step-up: in the browser, and by the command line with its step-up there."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from access_requests.models import AccessRequest, Decision, Elevation, PersonalToken
from portal.accounts.oidc import discovery
from portal.cli import device
from portal.users.models import User
from tests.cli.terminal import Terminal
from tests.cli.test_logging_in import logged_in, while_waiting
from tests.journeys.conftest import Travel
from tests.journeys.test_deciding_by_passkey import adds_passkey, decides
from tests.journeys.test_log_in import prove
from tests.journeys.test_proofs import an_hour_passes
from tests.journeys.travellers import Traveller
from tests.stand_ins.aws import Aws
from tests.stand_ins.bots import make_personal_client, proof_of
from tests.stand_ins.oidc_process import provider_process
from tests.waiting import until
from tests.worlds.cast import Cast
from tests.worlds.factors import code_of, take_factors
from tests.worlds.providers import oidc

GROUP = "ProdLeaderWorkGroup"
BY_PROVIDER = ("member01", "leader01")


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    discovery.forget()
    people = ({"sub": name, "email": f"{name}@example.com", "email_verified": True} for name in BY_PROVIDER)
    with provider_process(*people) as address:
        yield address


@pytest.fixture
def company(working: Aws, issuer: str, cast: Cast, live_server: LiveServer, settings: Any) -> Aws:
    """Have these log in by the provider alone, and have no second factor yet."""
    settings.PORTAL_URL = live_server.url
    settings.LOGIN_PROVIDERS = (oidc(issuer=issuer, match_by_email=True),)
    settings.PASSWORD_LOGIN, settings.EMERGENCY_ACCOUNTS = False, ["admin01"]
    take_factors(cast.leader01)
    return working


def members(aws: Aws) -> set[str]:
    return {user["UserName"] for user in aws.admin_client("iam").get_group(GroupName=GROUP)["Users"]}


def arrives(person: Traveller) -> None:
    """Log in by the provider, and enrol a passkey."""
    person.page.context.clear_cookies()
    person.page.goto("/accounts/login/")
    person.page.get_by_role("button", name=person.says("Go on with %(name)s", name="Company ID")).click()
    prove(person, person.username)
    expect(person.page).to_have_url("/")
    adds_passkey(person)


def confirms_by_passkey(person: Traveller) -> None:
    person.press("Confirm with a passkey")


def confirms_by_code(person: Traveller) -> None:
    person.page.fill("[name=code]", code_of(User.objects.get(username=person.username)))
    person.press("Confirm")


def approves_after_step_up(lead: Traveller, code: str, confirm: Callable[[Traveller], None]) -> None:
    decides(lead, code, "Approve")
    lead.sees_title("Confirm that it is you")
    lead.look("step-up")
    confirm(lead)
    has_approved(lead, code)


def has_approved(lead: Traveller, code: str) -> None:
    expect(lead.page.locator(".notice.success")).to_contain_text(lead.says("You approved %(code)s.", code=code))


def proofs(code: str) -> list[Any]:
    """Return what was proven for the decisions on the request, the first one first."""
    return [decision.proof for decision in Decision.objects.filter(request__code=code).order_by("pk")]


def methods(code: str) -> list[str]:
    return [proof["method"] for proof in proofs(code)]


def methods_of_tokens(code: str) -> list[str]:
    """Return by what the tokens were allowed by which it was decided."""
    return [proof["own_token"]["allowed"]["proof"]["method"] for proof in proofs(code)]


def test_two_proven_leads_let_somebody_in_and_give_more_time(company: Aws, cast: Cast, travel: Travel) -> None:
    person, first, second = travel("member01"), travel("leader01", language="ja", phone=True), travel("leader02")
    arrives(person)
    arrives(first)
    code = person.ask(minutes=30, group=GROUP)
    an_hour_passes(cast.leader01)
    an_hour_passes(cast.leader02)
    approves_after_step_up(first, code, confirms_by_passkey)
    assert members(company) == set()
    approves_after_step_up(second, code, confirms_by_code)
    assert methods(code) == ["passkey", "totp"]
    person.page.goto("/")
    person.sees_title("You are in production", within=60_000)
    assert members(company) == {"member01"}

    before = Elevation.objects.get().ends_at
    person.follow("Ask for more time")
    person.page.fill("[name=reason]", "the index is large")
    person.press("Ask for more time")
    expect(person.page.locator(".eyebrow")).not_to_have_text(code)
    more = AccessRequest.objects.exclude(code=code).get().code
    # One proof serves decisions in a row.
    for lead in (first, second):
        lead.approve(more)
    assert methods(more) == ["passkey", "totp"]
    until(lambda: Elevation.objects.get().written_ends_at not in {None, before})
    first.page.goto(f"/requests/{more}/")
    first.look("proven-story")

    person.page.goto("/")
    person.follow("Return")
    person.press("Return")
    until(lambda: members(company) == set())


@dataclass
class Desk:
    """A person before a terminal and a browser."""

    terminal: Terminal
    person: Traveller

    def run(self, *typed: str) -> Any:
        ended = self.terminal.run(*typed, "--json")
        assert ended.code == 0, ended
        return ended.json()

    def approve(self, code: str) -> Any:
        return self.run("approve", code, "-m", "go ahead", "--yes")

    def approve_after_step_up(self, code: str, confirm: Callable[[Traveller], None]) -> None:
        """Approve by a command that waits until the person has confirmed it in the browser."""
        done: list[str] = []

        def in_the_browser() -> None:
            shown = re.search(r"confirm the code ([A-Z]{4}-[A-Z]{4})\n", self.terminal.capsys.readouterr().err)
            assert shown
            self.person.page.goto(f"/device/?code={shown[1]}")
            self.person.look("device-allow")
            self.person.press("Allow")
            self.person.sees_title("Confirm that it is you")
            self.person.look("device-step-up")
            confirm(self.person)
            expect(self.person.page).to_have_url("/me/tokens/")
            done.append(shown[1])

        while_waiting(self.terminal, in_the_browser)
        self.approve(code)
        assert len(done) == 1


@pytest.fixture
def at_a_desk(
    cast: Cast, live_server: LiveServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Traveller], Desk]:
    """Return a function that has the command line be somebody, who logged in there an hour ago."""
    make_personal_client(device.CLIENT, cast)

    def sit_down(person: Traveller) -> Desk:
        home = tmp_path / person.username
        home.mkdir()
        terminal, who = Terminal(home=home, monkeypatch=monkeypatch, capsys=capsys), User.objects.get(username=person.username)
        logged_in(terminal, who, live_server.url, "--may-decide")
        before = proof_of(who, at=timezone.now() - timedelta(hours=1))
        PersonalToken.objects.filter(person=who).update(proof=before)
        an_hour_passes(who)
        return Desk(terminal, person)

    return sit_down


def test_the_same_by_the_command_line_with_its_step_up_in_the_browser(
    company: Aws, travel: Travel, at_a_desk: Callable[[Traveller], Desk]
) -> None:
    lead = travel("leader01", language="ja", phone=True)
    arrives(lead)
    person, first, second = (at_a_desk(one) for one in (travel("member01"), lead, travel("leader02")))
    asked = ("--for", "30m", "--ticket", "CHG-1", "--reason", "fix the index")
    code = person.run("request", GROUP, *asked)["id"]
    first.approve_after_step_up(code, confirms_by_passkey)
    second.approve_after_step_up(code, confirms_by_code)
    assert methods_of_tokens(code) == ["passkey", "totp"]
    until(lambda: members(company) == {"member01"})
    until(Elevation.objects.filter(status="active").exists)

    before = Elevation.objects.get().ends_at
    more = person.run("extend", "--for", "30m", "-m", "the index is large")["id"]
    # One proof serves decisions in a row.
    for decider in (first, second):
        decider.approve(more)
    assert methods_of_tokens(more) == ["passkey", "totp"]
    until(lambda: Elevation.objects.get().written_ends_at not in {None, before})

    person.run("return")
    until(lambda: members(company) == set())
