"""The tool by which one acts as a person of the demo: what AWS lets whom do, and until when."""

import json
import os
import subprocess
import sys

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.demo.access import approve, let_time_pass, state
from tests.demo.running import CHECKOUT, Demo
from tests.waiting import until


def _switch(demo: Demo, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEMO_DIR": str(demo.folder)}
    line = [sys.executable, "-m", "portal.demo.switch", *arguments]
    return subprocess.run(line, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def _session(demo: Demo, *arguments: str) -> boto3.Session:
    done = _switch(demo, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    given = json.loads(done.stdout)
    assert given.keys() == {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    return boto3.Session(
        region_name=demo.info["region"],
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def _arn(demo: Demo, session: boto3.Session) -> str:
    return session.client("sts", endpoint_url=demo.info["aws_endpoint_url"]).get_caller_identity()["Arn"]


def _can_work(demo: Demo, session: boto3.Session) -> bool:
    try:
        session.client("iam", endpoint_url=demo.info["aws_endpoint_url"]).get_role(RoleName="Prod_MemberRole")
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            return False
        raise
    return True


@pytest.mark.parametrize("how", [(), ("--console",)])
def test_person_takes_on_a_role_of_a_standing_group(demo: Demo, how: tuple[str, ...]) -> None:
    session = _session(demo, "member01", "Dev_MemberRole", "--account", "development", *how)
    assert _arn(demo, session) == "arn:aws:sts::222222222222:assumed-role/Dev_MemberRole/member01"


def test_what_it_prints_is_for_a_shell(demo: Demo) -> None:
    done = _switch(demo, "auditor01", "Audit_ReadOnlyRole", "--account", "audit")
    names = [line.removeprefix("export ").partition("=")[0] for line in done.stdout.splitlines()]
    assert names == [
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"),
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("member01", "Prod_MemberRole"),
        ("member01", "Prod_MemberRole", "--console"),
        ("member01", "Prod_ReadOnlyRole", "--no-mfa"),
        ("member01", "Prod_ReadOnlyRole", "--session-name", "leader01"),
        ("member01", "No_Such_Role"),
    ],
)
def test_refusal_is_one_line_in_awss_words(demo: Demo, arguments: tuple[str, ...]) -> None:
    done = _switch(demo, *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert f"member01 is not let into {arguments[1]} of production: User: arn:aws:iam::111111111111:user/member01" in done.stderr


@pytest.mark.parametrize("arguments", [("nobody", "Prod_MemberRole"), ("member01", "Prod_MemberRole", "--account", "moon")])
def test_who_or_what_is_not_there_is_said_so(demo: Demo, arguments: tuple[str, ...]) -> None:
    done = _switch(demo, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr


def test_people_have_keys_and_devices_of_their_own_that_nobody_can_guess(demo: Demo) -> None:
    given = [who["aws"] for who in demo.info["people"].values()]
    assert {tuple(sorted(each)) for each in given} == {("access_key_id", "mfa_seed", "mfa_serial", "secret_access_key")}
    for name in ("access_key_id", "mfa_seed", "mfa_serial", "secret_access_key"):
        assert len({each[name] for each in given}) == len(given)


def test_approved_access_works_and_after_its_end_the_same_session_is_denied(demo: Demo) -> None:
    code = approve(demo, person="member02")
    until(lambda: state(demo, code) == "active")
    session = _session(demo, "member02", "Prod_MemberRole")
    assert _can_work(demo, session)
    let_time_pass(demo, code)
    until(lambda: state(demo, code) == "ended")
    assert not _can_work(demo, session)
    assert _arn(demo, session) == "arn:aws:sts::444444444444:assumed-role/Prod_MemberRole/member02"
    for how in ((), ("--console",)):
        assert _switch(demo, "member02", "Prod_MemberRole", *how).returncode == 1
