"""What is too much, from IAM of accounts to rows, entries and findings, and to the pages that tell of it."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from audits.acts import Act
from audits.findings import following, raising
from audits.kinds import FindingKind
from audits.models import Excess, Finding, FindingStatus, TrailEntry
from audits.permissions import auditing, rounds
from audits.web.check_words import WORDS
from portal.iam.auditing import causes
from portal.iam.checks.remarks import RULES
from portal.simulated_aws import company
from portal.simulated_aws.company import ACCOUNTS
from portal.verbs.run import run
from tests.worlds.browsers import log_in
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


def test_pages_lead_from_a_cause_to_what_mends_it_and_answer_who_may(
    look: LookAt, gated: Gated, cast: Cast, client: Client
) -> None:
    put(gated, "sqs:*")
    look()
    log_in(client, cast.auditor01)

    def page(path: str, status: int = 200) -> str:
        response = client.get(path)
        assert response.status_code == status, path
        return unescape(response.content.decode())

    code = Excess.objects.get(account=PRODUCTION).code
    assert f"/audit/permissions/excess/{code}/" in page("/audit/permissions/excess/?rule=wildcard-action")
    assert code not in page("/audit/permissions/excess/?rule=administrator")
    one = page(f"/audit/permissions/excess/{code}/")
    assert '"sqs:*"' in one
    assert f"role {ROLE}: Queues" in one
    who = f"?who=role%20{ROLE}&policy=role%20{ROLE}:%20Queues&statement=Queues"
    assert '"sqs:*"' in page(f"/audit/permissions/{PRODUCTION}/statement/{who}")
    page(f"/audit/permissions/{PRODUCTION}/statement/?who=role%20Nobody", 404)

    asked = page("/audit/permissions/ask/?action=sqs:SendMessage&resource=arn:aws:sqs:ap-northeast-1:444444444444:orders")
    assert "ProdMemberWorkGroup" in asked
    assert "member01" in asked
    page("/audit/permissions/ask/?action=sqs:*&resource=*", 422)
    member = page(f"/audit/permissions/{JUMP}/users/member01/?action=sqs:SendMessage&resource=*")
    assert f"role/{ROLE}" in member.partition("during-title")[2]
    assert f"role/{ROLE}" not in member.partition("rest-title")[2].partition("during-title")[0]
    page(f"/audit/permissions/{JUMP}/users/nobody/", 404)


@pytest.mark.django_db
def test_pasted_policy_is_told_line_by_line_and_kept_nowhere(cast: Cast, client: Client) -> None:
    log_in(client, cast.auditor01)
    text = '{"Version": "2012-10-17",\n "Statement": [{"Sid": "All", "Effect": "Allow",\n  "Action": "*", "Resource": "*"}]}'
    told = client.post("/audit/permissions/check/", {"text": text, "rails": ""}).content.decode()
    assert "All" in told
    assert re.search(r"line 3|3 行", told)
    assert client.post("/audit/permissions/check/", {"text": "{", "rails": ""}).status_code == 422
    clean = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}]}'
    assert "tag danger" not in client.post("/audit/permissions/check/", {"text": clean, "rails": ""}).content.decode()


def test_words_of_checks_are_those_that_the_checks_say() -> None:
    with override("en"):
        said = {rule: (str(one.title), str(one.sentence), str(one.advice)) for rule, one in WORDS.items()}
    assert said == {rule: (one.title, one.sentence, one.advice) for rule, one in RULES.items()}


@pytest.mark.django_db
def test_drift_of_a_role_hides_nothing_of_a_role_of_that_name_in_another_account(now: datetime) -> None:
    drift = {"difference": "trust_open", "account": "production", "thing": ROLE, "name": ""}
    run(lambda: raising.raise_finding(kind=FindingKind.DRIFT, key=drift, evidence=[], now=now))
    found = [causes.Excess(rule="trust-without-mfa", account=account, who=f"role {ROLE}") for account in (PRODUCTION, JUMP)]
    left = auditing._not_of_drift(found, {PRODUCTION: "production", JUMP: "jump"})
    assert [one.account for one in left] == [JUMP]
