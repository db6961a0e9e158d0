"""What is too much, from IAM of accounts to rows, entries and findings, and to the pages that tell of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from audits.acts import Act
from audits.findings import following
from audits.models import Excess, Finding, FindingStatus, TrailEntry
from audits.permissions import rounds
from portal.simulated_aws import company
from portal.simulated_aws.company import ACCOUNTS
from tests.worlds.cast import Cast
from tests.worlds.gated import Gated
from tests.worlds.told import write_down

PRODUCTION, JUMP = ACCOUNTS["production"], ACCOUNTS["jump"]
ROLE = "Prod_MemberRole"
DESIGN = Path(company.__file__).with_name("account_design.yaml")
LookAt = Callable[[], None]


@pytest.fixture
def look(gated: Gated, settings: Settings) -> LookAt:
    settings.ACCOUNT_DESIGN_FILE = str(DESIGN)
    clock = gated.jump.clock
    write_down(now=clock.now)
    following.follow(now=clock.now)

    def look() -> None:
        clock.forward(hours=1)
        rounds.look(now=clock.now)
        while following.follow(now=clock.now):
            pass

    return look


def put(gated: Gated, action: str) -> None:
    statement = {"Sid": "Queues", "Effect": "Allow", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    gated.iam.put_role_policy(RoleName=ROLE, PolicyName="Queues", PolicyDocument=document)


def open_findings() -> list[dict[str, str]]:
    kinds = ("excessive_permission", "untidy_permission")
    return list(Finding.objects.filter(kind__in=kinds, status=FindingStatus.OPEN).values_list("key", flat=True))


def test_what_is_too_much_is_one_finding_until_it_is_mended(look: LookAt, gated: Gated, cast: Cast, client: Client) -> None:
    look()
    assert list(Excess.objects.filter(account=PRODUCTION).values_list("rule", "who")) == []
    put(gated, "sqs:*")
    look()
    row = Excess.objects.get(account=PRODUCTION)
    assert (row.rule, row.who, row.statement, row.what) == ("wildcard-action", f"role {ROLE}", "Queues", "sqs:*")
    key = {"account": PRODUCTION, "who": f"role {ROLE}", "rule": "wildcard-action", "statement": f"role {ROLE}: Queues Queues"}
    assert open_findings() == [key]
    told = TrailEntry.objects.filter(act=Act.PERMISSIONS_JUDGED).count()
    look()
    assert TrailEntry.objects.filter(act=Act.PERMISSIONS_JUDGED).count() == told

    put(gated, "sqs:ListQueues")
    look()
    assert open_findings() == []
    assert not Excess.objects.filter(account=PRODUCTION).exists()
