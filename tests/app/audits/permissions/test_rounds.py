"""From IAM of accounts to rows, entries and findings: read over HTTP from the simulated AWS, as workers do."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from audits.acts import Act
from audits.findings import following
from audits.models import Finding, FindingStatus, Inventory, Look, RailStanding, RailState, TrailEntry
from audits.permissions import looking, rounds
from audits.permissions.looking import NO_ROLE, Seen
from portal.simulated_aws import company
from portal.simulated_aws.company import ACCOUNTS
from tests.worlds.browsers import log_in
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.gated import Gated
from tests.worlds.told import write_down

JUMP, PRODUCTION = ACCOUNTS["jump"], ACCOUNTS["production"]
ROLE = "Prod_MemberRole"
# What the simulated company says about its account design: exceptions with their owners, and who is sealed.
DESIGN = Path(company.__file__).with_name("account_design.yaml")
BUT_FOR_ONE_BUCKET = {"Sid": "DenyS3Delete", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "arn:aws:s3:::logs/*"}
LookAt = Callable[[], None]


def follow(clock: Clock) -> None:
    while following.follow(now=clock.now):
        pass


@pytest.fixture
def look(gated: Gated, settings: Settings) -> LookAt:
    settings.ACCOUNT_DESIGN_FILE = str(DESIGN)
    write_down(now=gated.jump.clock.now)
    following.follow(now=gated.jump.clock.now)

    def look() -> None:
        gated.jump.clock.forward(hours=1)
        rounds.look(now=gated.jump.clock.now)
        follow(gated.jump.clock)

    return look


def told() -> list[str]:
    return list(TrailEntry.objects.filter(act=Act.PERMISSIONS_LOOKED).order_by("pk").values_list("subject", flat=True))


def is_open(kind: str, **key: str) -> bool:
    (finding,) = Finding.objects.filter(kind=kind, **{f"key__{name}": value for name, value in key.items()})
    return finding.status == FindingStatus.OPEN


def take_rails_off(gated: Gated) -> list[str]:
    attached = gated.iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
    arns = [one["PolicyArn"] for one in attached if one["PolicyName"].startswith("SekishoRails")]
    for arn in arns:
        gated.iam.detach_role_policy(RoleName=ROLE, PolicyArn=arn)
    return arns


def test_account_is_read_whole_and_told_once_while_nothing_changes(look: LookAt) -> None:
    look()
    first, subjects = Look.objects.get(account=PRODUCTION), told()
    assert f"permissions:{PRODUCTION}" in subjects
    assert set(RailStanding.objects.filter(account=PRODUCTION).values_list("state", flat=True)) == {RailState.HOLDS}
    assert not RailStanding.objects.filter(account=JUMP).exclude(state__in=[RailState.HOLDS, RailState.EXEMPTED]).exists()
    look()
    again = Look.objects.get(account=PRODUCTION)
    assert (again.since, again.sha256) == (first.since, first.sha256)
    assert again.until > first.until
    assert told() == subjects
    kept = looking.read_back(bytes(Inventory.objects.get(pk=first.sha256).content))
    assert ROLE in {role["RoleName"] for role in kept["RoleDetailList"]}
    assert not any("RoleLastUsed" in role for role in kept["RoleDetailList"])


def test_rail_that_denies_less_is_a_finding_with_its_statement_until_it_holds_again(
    look: LookAt, gated: Gated, cast: Cast, client: Client
) -> None:
    arns = take_rails_off(gated)
    document = json.dumps({"Version": "2012-10-17", "Statement": BUT_FOR_ONE_BUCKET})
    gated.iam.put_role_policy(RoleName=ROLE, PolicyName="Less", PolicyDocument=document)
    look()
    row = RailStanding.objects.get(account=PRODUCTION, name=ROLE, rail="DenyS3Delete")
    assert (row.state, row.policy, row.statement) == (RailState.BROKEN, f"role {ROLE}: Less", "DenyS3Delete")
    assert RailStanding.objects.get(account=PRODUCTION, name=ROLE, rail="DenyBilling").state == RailState.MISSING
    key = {"account": PRODUCTION, "who": f"role {ROLE}", "rail": "DenyS3Delete"}
    assert is_open("rail_not_held", **key)

    log_in(client, cast.auditor01)
    overview = client.get("/audit/permissions/").content.decode()
    assert f"/audit/permissions/{PRODUCTION}/" in overview
    assert '<span class="tag danger">' in overview.replace("\n            ", " ")
    page = client.get(f"/audit/permissions/{PRODUCTION}/").content.decode()
    assert all(words in page for words in ("s3:DeleteObject", f"role {ROLE}: Less", "DenyS3Delete"))
    # From the overview of audits: the guard rails, the account, the statement.
    assert 'href="/audit/permissions/"' in client.get("/audit/").content.decode()
    (statement,) = set(re.findall(r'href="(/audit/permissions/\d+/statement/[^"]+DenyS3Delete)"', page))
    assert "arn:aws:s3:::logs/*" in client.get(unescape(statement)).content.decode()

    for arn in arns:
        gated.iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    look()
    assert not is_open("rail_not_held", **key)
    assert Look.objects.filter(account=PRODUCTION).count() == 2


@pytest.mark.django_db
def test_account_that_cannot_be_read_is_a_finding_and_one_that_left_the_catalogue_is_none(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = {PRODUCTION: "AccessDenied"}

    def seen(account_id: str, _role_arn: str, *, is_readable: bool) -> Seen:
        return Seen(problem=problems.get(account_id, NO_ROLE))

    monkeypatch.setattr(looking, "look", seen)
    write_down(now=clock.now)
    follow(clock)
    rounds.look(now=clock.now)
    follow(clock)
    assert Look.objects.get(account=PRODUCTION).problem == "AccessDenied"
    assert is_open("account_unread", account=PRODUCTION)
    before = len(told())
    rounds.look(now=clock.now)
    assert len(told()) == before
    for _round in range(2):
        monkeypatch.setattr("audits.permissions.declared.targets", list)
        rounds.look(now=clock.now)
    follow(clock)
    assert len(told()) == 2 * before
    assert not is_open("account_unread", account=PRODUCTION)
