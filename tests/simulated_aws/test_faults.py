"""Faults on demand: each fails the calls that it is for, and no others."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from portal.simulated_aws import control
from portal.simulated_aws.control import ControlRefused
from tests.simulated_aws.automations import admin_ssm, run
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import call, with_steps
from tests.stand_ins.aws import ADMIN_KEY, Aws
from tests.waiting import until

NOTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
GROUP, USER = "ProdMemberWorkGroup", "member01"


def _on(aws: Aws, kind: str, action: str | None = None, **rest: Any) -> str:
    return control.set_fault(endpoint=aws.endpoint_url, token=aws.control_token, kind=kind, action=action, **rest)


def _clear(aws: Aws, fault_id: str | None = None) -> None:
    control.clear_faults(endpoint=aws.endpoint_url, token=aws.control_token, fault_id=fault_id)


def _listed(aws: Aws) -> list[dict[str, Any]]:
    return control.faults(endpoint=aws.endpoint_url, token=aws.control_token)


def _members(aws: Aws) -> list[str]:
    return [user["UserName"] for user in aws.admin_client("iam").get_group(GroupName=GROUP)["Users"]]


@pytest.mark.parametrize(
    ("kind", "query", "json"),
    [
        ("throttle", ("Throttling", 400), ("ThrottlingException", 400)),
        ("error", ("InternalFailure", 500), ("InternalFailure", 500)),
        ("unavailable", ("ServiceUnavailable", 503), ("ServiceUnavailable", 503)),
        ("denied", ("AccessDenied", 403), ("AccessDeniedException", 400)),
    ],
)
def test_call_is_refused_as_often_as_was_said_in_its_own_protocol(
    aws: Aws, kind: str, query: tuple[str, int], json: tuple[str, int]
) -> None:
    iam, ssm = aws.admin_client("iam"), admin_ssm(aws)
    _on(aws, kind, "AddUserToGroup", times=2)
    _on(aws, kind, "ListDocuments")
    for _ in range(2):
        with refused(query[0], status=query[1]):
            iam.add_user_to_group(GroupName=GROUP, UserName=USER)
    assert _members(aws) == []
    iam.add_user_to_group(GroupName=GROUP, UserName=USER)
    assert _members(aws) == [USER]
    with refused(json[0], status=json[1]):
        ssm.list_documents()
    assert ssm.list_documents()["DocumentIdentifiers"] == []


def test_fault_of_any_action_lasts_until_it_is_cleared(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    fault_id = _on(aws, "throttle", times=None)
    for ask in (iam.list_users, iam.list_groups, admin_ssm(aws).list_documents):
        with refused("ThrottlingException" if ask.__name__ == "list_documents" else "Throttling", status=400):
            ask()
    _clear(aws, fault_id)
    assert iam.list_users()["Users"]


def test_refused_call_is_written_down(aws: Aws) -> None:
    _on(aws, "denied", "ListUsers")
    with refused("AccessDenied", status=403, match="explicit deny in a service control policy"):
        aws.admin_client("iam").list_users()
    trail = aws.client("cloudtrail", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, region="us-east-1")
    wanted = [{"AttributeKey": "EventName", "AttributeValue": "ListUsers"}]
    assert '"errorCode": "AccessDenied"' in trail.lookup_events(LookupAttributes=wanted)["Events"][0]["CloudTrailEvent"]


def test_latency_delays_the_call_and_nobody_elses(aws: Aws) -> None:
    _on(aws, "latency", "ListUsers", seconds=30)
    slow = threading.Thread(target=aws.admin_client("iam").list_users)
    slow.start()
    until(lambda: not _listed(aws), 10)
    assert aws.admin_client("iam").list_groups()["Groups"]
    assert slow.is_alive()
    _clear(aws)
    slow.join(10)
    assert not slow.is_alive()


def test_timeout_comes_after_the_call_took_effect(aws: Aws) -> None:
    hasty = aws.client("iam", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, read_timeout=0.5)
    _on(aws, "timeout", "AddUserToGroup", seconds=30)
    with pytest.raises(ReadTimeoutError):
        hasty.add_user_to_group(GroupName=GROUP, UserName=USER)
    assert _members(aws) == [USER]


def test_stale_reads_answer_as_it_was(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.add_user_to_group(GroupName=GROUP, UserName="member02")
    _on(aws, "stale", times=None, seconds=60)
    iam.add_user_to_group(GroupName=GROUP, UserName=USER)
    iam.put_user_policy(UserName=USER, PolicyName="P", PolicyDocument=NOTHING)
    assert _members(aws) == ["member02"]
    assert iam.list_user_policies(UserName=USER)["PolicyNames"] == []
    aws.set_clock(offset_seconds=61)
    assert _members(aws) == [USER, "member02"]
    iam.remove_user_from_group(GroupName=GROUP, UserName="member02")
    assert _members(aws) == [USER, "member02"]
    _clear(aws)
    assert _members(aws) == [USER]
    assert iam.list_user_policies(UserName=USER)["PolicyNames"] == ["P"]


def test_stale_reads_are_of_identity_center_too(aws: Aws) -> None:
    store = aws.client("identitystore", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)
    instances = aws.client("sso-admin", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret).list_instances()["Instances"]
    at = {"IdentityStoreId": instances[0]["IdentityStoreId"]}
    _on(aws, "stale", "ListGroups", times=1, seconds=60)
    store.create_group(**at, DisplayName="New")
    assert len(store.list_groups(**at)["Groups"]) == 1
    assert len(store.list_groups(**at)["Groups"]) == 2


def test_calls_of_runbooks_fail_too(aws: Aws) -> None:
    _on(aws, "throttle", "GetUser")
    look = call("look", "iam", "GetUser", inputs={"UserName": USER})
    execution = run(admin_ssm(aws), with_steps(look))
    assert "(Throttling) when calling the GetUser operation" in execution["FailureMessage"]


def test_faults_are_listed_and_cleared_and_gone_with_their_world(aws: Aws) -> None:
    first, second = _on(aws, "throttle", "ListUsers", times=3), _on(aws, "latency", seconds=0.5)
    assert [(fault["id"], fault["action"], fault["times"], fault["seconds"]) for fault in _listed(aws)] == [
        (first, "ListUsers", 3, 0.0),
        (second, None, 1, 0.5),
    ]
    _clear(aws, first)
    assert [fault["id"] for fault in _listed(aws)] == [second]
    with pytest.raises(ControlRefused, match="no such fault"):
        _clear(aws, first)
    aws.rebuild()
    assert _listed(aws) == []
    _clear(aws)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"kind": "flood"}, "no fault; there are throttle"),
        ({"kind": "throttle", "action": "AddUserToGruop"}, "AddUserToGruop is no action"),
        ({"kind": "stale", "action": "GetAutomationExecution"}, "no action that can be stale here"),
        ({"kind": "throttle", "times": 0}, "times is a number from 1 on"),
        ({"kind": "latency", "seconds": -1}, "seconds a number from 0 on"),
    ],
)
def test_what_is_no_fault_is_refused(aws: Aws, wanted: dict[str, Any], says: str) -> None:
    with pytest.raises(ControlRefused, match=says):
        _on(aws, **wanted)
    assert _listed(aws) == []


def test_who_has_not_the_token_switches_nothing(aws: Aws) -> None:
    with pytest.raises(ControlRefused, match="wrong control token"):
        control.set_fault(endpoint=aws.endpoint_url, token="guess", kind="error")
    with pytest.raises(ControlRefused, match="wrong control token"):
        control.faults(endpoint=aws.endpoint_url, token="guess")
