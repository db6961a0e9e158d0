"""The proxy that makes AWS fail, which other tests rely on."""

import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import PORTAL_KEY, Aws
from tests.stand_ins.aws_proxy import AwsProxy

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

GROUP, PERSON = "ProdMemberWorkGroup", "member01"
ADD = f"""
import boto3
boto3.client("iam").add_user_to_group(GroupName="{GROUP}", UserName="{PERSON}")
"""


@pytest.fixture
def iam(aws: Aws, aws_proxy: AwsProxy) -> "IAMClient":
    """The portal's client, through the proxy."""
    client: IAMClient = aws.client("iam", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret, endpoint_url=aws_proxy.url)
    return client


def _members(aws: Aws) -> list[str]:
    """Return who AWS says is in, past the proxy."""
    return [user["UserName"] for user in aws.admin_client("iam").get_group(GroupName=GROUP)["Users"]]


def _add(iam: "IAMClient") -> None:
    iam.add_user_to_group(GroupName=GROUP, UserName=PERSON)


def _in_background(call: Callable[..., Any], *args: Any) -> threading.Thread:
    thread = threading.Thread(target=call, args=args)
    thread.start()
    return thread


def test_calls_pass_and_are_recorded_with_their_parameters(iam: "IAMClient", aws: Aws, aws_proxy: AwsProxy) -> None:
    _add(iam)
    iam.get_user(UserName=PERSON)
    assert _members(aws) == [PERSON]
    assert aws_proxy.actions == ("AddUserToGroup", "GetUser")
    assert (aws_proxy.count(), aws_proxy.count("GetUser")) == (2, 1)
    assert aws_proxy.calls[0].parameters["GroupName"] == GROUP
    assert [call.status for call in aws_proxy.calls] == [200, 200]
    aws_proxy.forget()
    assert aws_proxy.calls == ()


def test_call_held_before_aws_takes_effect_only_after_release(iam: "IAMClient", aws: Aws, aws_proxy: AwsProxy) -> None:
    hold = aws_proxy.hold("AddUserToGroup")
    thread = _in_background(_add, iam)
    hold.wait()
    assert _members(aws) == []
    hold.release()
    thread.join(10)
    assert _members(aws) == [PERSON]


def test_call_held_after_aws_has_taken_effect_already(iam: "IAMClient", aws: Aws, aws_proxy: AwsProxy) -> None:
    hold = aws_proxy.hold("AddUserToGroup", after=True)
    thread = _in_background(_add, iam)
    hold.wait()
    assert _members(aws) == [PERSON]
    assert aws_proxy.calls[0].status is None
    hold.release()
    thread.join(10)
    assert aws_proxy.calls[0].status == 200


def test_nth_call_of_any_action_can_be_held(iam: "IAMClient", aws: Aws, aws_proxy: AwsProxy) -> None:
    hold = aws_proxy.hold(nth=3)
    iam.get_user(UserName=PERSON)
    iam.get_user(UserName=PERSON)
    thread = _in_background(_add, iam)
    hold.wait()
    assert aws_proxy.actions == ("GetUser", "GetUser", "AddUserToGroup")
    aws_proxy.heal()
    thread.join(10)
    assert _members(aws) == [PERSON]


@pytest.mark.parametrize(("after", "members"), [(False, []), (True, [PERSON])])
def test_killed_caller_sets_its_held_call_free(aws: Aws, aws_proxy: AwsProxy, after: bool, members: list[str]) -> None:  # noqa: FBT001
    hold = aws_proxy.hold("AddUserToGroup", after=after)
    with subprocess.Popen([sys.executable, "-c", ADD], env={**aws.portal_env, "AWS_ENDPOINT_URL": aws_proxy.url}) as worker:
        hold.wait()
        worker.kill()
    assert _members(aws) == members
    iam = aws.client("iam", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret, endpoint_url=aws_proxy.url)
    _add(iam)
    assert _members(aws) == [PERSON]


def test_aws_throttles_twice_and_then_does_it(iam: "IAMClient", aws: Aws, aws_proxy: AwsProxy) -> None:
    aws_proxy.refuse("AddUserToGroup", times=2)
    for _ in range(2):
        with refused("Throttling", status=400):
            _add(iam)
    assert _members(aws) == []
    _add(iam)
    assert _members(aws) == [PERSON]


@pytest.mark.parametrize(("code", "status"), [("ServiceFailure", 500), ("ServiceUnavailable", 503), ("AccessDenied", 403)])
def test_aws_is_out_until_it_is_healed(iam: "IAMClient", aws: Aws, aws_proxy: AwsProxy, code: str, status: int) -> None:
    aws_proxy.refuse(code=code, status=status, times=None)
    for _ in range(3):
        with refused(code, status=status):
            _add(iam)
    with refused(code, status=status):
        iam.get_user(UserName=PERSON)
    aws_proxy.heal()
    _add(iam)
    assert _members(aws) == [PERSON]


def test_lost_answer_times_out_after_the_call_took_effect(aws: Aws, aws_proxy: AwsProxy) -> None:
    aws_proxy.lose_answer("AddUserToGroup")
    impatient = aws.client("iam", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret, endpoint_url=aws_proxy.url, read_timeout=0.2)
    with pytest.raises(ReadTimeoutError):
        _add(impatient)
    assert _members(aws) == [PERSON]


def test_slow_aws_makes_an_impatient_caller_time_out(aws: Aws, aws_proxy: AwsProxy) -> None:
    aws_proxy.delay("GetUser", seconds=1.0, times=1)
    impatient = aws.client("iam", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret, endpoint_url=aws_proxy.url, read_timeout=0.1)
    with pytest.raises(ReadTimeoutError):
        impatient.get_user(UserName=PERSON)
    assert impatient.get_group(GroupName=GROUP)["Users"] == []


def test_reads_can_be_old_while_writes_are_not(iam: "IAMClient", aws: Aws, aws_proxy: AwsProxy) -> None:
    assert iam.get_group(GroupName=GROUP)["Users"] == []
    aws_proxy.lag_reads(seconds=60)
    _add(iam)
    assert _members(aws) == [PERSON]
    assert iam.get_group(GroupName=GROUP)["Users"] == []
    aws_proxy.heal()
    assert [user["UserName"] for user in iam.get_group(GroupName=GROUP)["Users"]] == [PERSON]


def test_read_as_of_no_time_ago_is_the_last_one_answered(iam: "IAMClient", aws_proxy: AwsProxy) -> None:
    iam.get_group(GroupName=GROUP)
    _add(iam)
    iam.get_group(GroupName=GROUP)
    aws_proxy.lag_reads(seconds=0)
    assert [user["UserName"] for user in iam.get_group(GroupName=GROUP)["Users"]] == [PERSON]
