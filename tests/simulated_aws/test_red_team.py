"""The red team's table by real calls: all that the simulated AWS carries out, in one company, by everybody who can call."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from portal.iam import boundaries
from tests.simulated_aws.cloudformation.deploying import NAMED, reasons, status, template
from tests.simulated_aws.red_team_calls import STRANGER, is_let_through, real_acts
from tests.stand_ins.aws import PORTAL_KEY, Aws, Switched
from tests.worlds import red_team, red_team_cast
from tests.worlds.gated import admin_in
from tests.worlds.red_team import ACCOUNTS, ALLOWED, BOUNDED, LISTED, REFUSED, WHO, Act, Attempt
from tests.worlds.red_team_cast import EVERYTHING, GATE_ROLE, PORTAL_ROLE, ROLES, SERVICE

Client = Callable[[str], Any]
# Trusted by services alone: nobody calls as one of these but in a stack, a machine or a runbook.
NOBODY_CALLS = {"deploy", "app", "template"}
# Those that write in IAM; what the others may the evaluators say.
TAKEN_ON = {PORTAL_ROLE: "jump", GATE_ROLE: "production"}
TEMPLATES = [attempt for attempt in red_team.attempts() if "template" in attempt.row]
_STANDS_FOR: Mapping[str, Any] = {"service": SERVICE, "stranger": STRANGER, "everything": EVERYTHING}


@pytest.fixture(scope="module")
def company(simulated_aws: Aws) -> Iterator[Aws]:
    simulated_aws.rebuild()
    red_team_cast.stage(simulated_aws)
    yield simulated_aws
    simulated_aws.close()


@pytest.fixture
def staged(company: Aws) -> Aws:
    """Return the company with what is tried on, whatever the last one deleted."""
    for account in ("development", "staging", "production"):
        red_team_cast.stage_applications(admin_in(company, account), ACCOUNTS[account])
    return company


def _callers(aws: Aws, who: str) -> Iterator[tuple[str, Client]]:
    """Yield accounts, and clients of whoever calls there."""
    home = WHO[who][0]
    if who in ("keys", "admin_keys"):
        yield home, aws.person(red_team_cast.USERS[who]).client
    elif who in ("person", "admin"):
        person = aws.person(red_team_cast.USERS[who])
        proof = {"SerialNumber": person.mfa_serial, "TokenCode": person.mfa_code}
        yield home, Switched(aws, person.client("sts").get_session_token(**proof)["Credentials"]).client
    elif who == "portal":
        sts = aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
        for name, account in TAKEN_ON.items():
            path = "/" if name == PORTAL_ROLE else boundaries.PATH
            arn = f"arn:aws:iam::{ACCOUNTS[account]}:role{path}{name}"
            yield account, Switched(aws, sts.assume_role(RoleArn=arn, RoleSessionName="sekisho")["Credentials"]).client
    else:
        person_of = "leader01" if who in ("lead", "developer") else "member01"
        yield home, aws.switch(person_of, account=home, role=ROLES[who]).client


@pytest.mark.parametrize("who", [who for who in WHO if who not in NOBODY_CALLS])
def test_calls_come_to_what_the_table_says(staged: Aws, who: str) -> None:
    rows = [attempt for attempt in red_team.attempts() if who in attempt.who]
    wanted = {name: attempt.outcome(who) for attempt in rows for name in attempt.names()}
    found: dict[str, str] = {}
    for account, client in _callers(staged, who):
        through = _through(client, caller=red_team_cast.USERS.get(who, "sekisho"))
        # Who is let through changes what the next one meets.
        for attempt in sorted(rows, key=lambda attempt: bool(attempt.outcome(who) != REFUSED)):
            for name, outcome in _tried(attempt, account, through):
                found[name] = _stronger(found.get(name, REFUSED), outcome)
    differing = {name: f"{outcome}, not {wanted[name]}" for name, outcome in found.items() if outcome != wanted[name]}
    assert differing == {}, "\n".join(f"{name}: {words}" for name, words in differing.items())
    assert len(found) > len(wanted) / 5


def _through(client: Client, *, caller: str) -> Callable[[Act], bool]:
    """Return what makes a call and says whether it was let through; one that was refused is not made again."""
    clients, refused = cache(client), set[str]()

    def through(act: Act) -> bool:
        if repr(act) in refused or not is_let_through(clients(act.action.partition(":")[0]), act, caller=caller):
            refused.add(repr(act))
        return repr(act) not in refused

    return through


def _tried(attempt: Attempt, account: str, through: Callable[[Act], bool]) -> Iterator[tuple[str, str]]:
    """Yield what became of what can be called; what the simulated AWS does not carry out is for the evaluators."""
    for name, aim, acts in attempt.tries(account):
        if calls := real_acts(acts):
            outcome = ALLOWED if aim is None else BOUNDED if aim.bounded_by else LISTED
            yield name, outcome if all(through(act) for act in calls) else REFUSED


def _stronger(one: str, other: str) -> str:
    return max(one, other, key=(REFUSED, BOUNDED, LISTED, ALLOWED).index)


@pytest.mark.parametrize("attempt", TEMPLATES, ids=lambda attempt: attempt.way)
def test_template_comes_to_what_the_table_says(staged: Aws, attempt: Attempt) -> None:
    (found,) = attempt.row["template"].items()
    kind, properties = found
    cloudformation = staged.switch("leader01", account="staging", role="Stg_LeaderRole").client("cloudformation")
    made = {"Thing": {"Type": kind, "Properties": {name: _value(value) for name, value in properties.items()}}}
    deployer = red_team.arn(f"role/sekisho/{boundaries.DEPLOY_ROLE}", "staging")
    cloudformation.create_stack(StackName="x", TemplateBody=template(made), Capabilities=NAMED, RoleARN=deployer)
    try:
        if attempt.outcome("template") == REFUSED:
            assert status(cloudformation, "x") == "ROLLBACK_COMPLETE"
            assert "permissions boundary" in reasons(cloudformation, "x")["Thing"]
        else:
            assert status(cloudformation, "x") == "CREATE_COMPLETE", reasons(cloudformation, "x")
        if attempt.outcome("template") == BOUNDED:
            role = admin_in(staged, "staging").get_role(RoleName=properties["RoleName"])["Role"]
            assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundaries.arn(ACCOUNTS["staging"], boundaries.APP)
    finally:
        cloudformation.delete_stack(StackName="x")


def _value(value: Any) -> Any:
    """Return what a text of the table stands for: a document, a boundary, a role."""
    if isinstance(value, list):
        return [_value(each) for each in value]
    if not isinstance(value, str):
        return value
    if value in boundaries.BY_NAME:
        return boundaries.arn(ACCOUNTS["staging"], value)
    return _STANDS_FOR.get(value) or red_team.arn(value, "staging")
