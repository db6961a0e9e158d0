"""What Systems Manager refuses, divided by who acts next."""

import pytest
from botocore.exceptions import ClientError

from portal.aws import calls, causes
from portal.aws.errors import BackendBusy, BackendError, BackendRefused


def divided(code: str, *, service: str = "ssm", action: str = "StartAutomationExecution", message: str = "No.") -> BackendError:
    return calls._divided(ClientError({"Error": {"Code": code, "Message": message}}, action), service=service, action=action)


@pytest.mark.parametrize(
    "code", ["AutomationExecutionLimitExceededException", "InternalServerError", "ThrottlingException", "TooManyUpdates"]
)
def test_too_much_at_once_is_for_later(code: str) -> None:
    error = divided(code)
    assert (type(error), error.problem) == (BackendBusy, code)


def test_account_that_is_no_customer_of_change_manager_is_for_an_administrator() -> None:
    error = divided("NoLongerSupportedException")
    assert (type(error), error.problem, error.detail) == (BackendRefused, "change_manager_unavailable", "No.")


@pytest.mark.parametrize(
    ("action", "message", "cause"),
    [
        ("AddUserToGroup", "Cannot exceed quota for GroupsPerUser: 10", "groups_full:10"),
        ("AddUserToGroup", "Cannot exceed quota for GroupsPerUser: 20", "groups_full:20"),
        ("TagUser", "The number of tags has reached the maximum limit.", "tags_full:50"),
        ("PutUserPolicy", "Maximum policy size of 2048 bytes exceeded for user member01", "user_policies_full:2048"),
        ("PutRolePolicy", "Maximum policy size of 10240 bytes exceeded for role Prod_MemberRole", "role_full:10240"),
        ("CreateUser", "Cannot exceed quota for UsersPerAccount: 5000", "LimitExceeded"),
    ],
)
def test_limit_is_named_by_the_call_that_met_it(action: str, message: str, cause: str) -> None:
    error = divided("LimitExceeded", service="iam", action=action, message=message)
    assert (type(error), error.problem, error.cause) == (BackendRefused, "LimitExceeded", cause)


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_denial_names_the_call(code: str) -> None:
    error = divided(code, service="iam", action="TagUser")
    assert (error.problem, error.cause) == (code, f"{code}:iam:TagUser")


def test_runbook_hands_on_what_iam_answered_it() -> None:
    said = (
        "Step fails when it is Execute/Cancelling action. An error occurred (LimitExceeded) when calling the AddUserToGroup "
        "operation: Cannot exceed quota for GroupsPerUser: 10"
    )
    assert causes.cause_in(said) == "groups_full:10"
    assert causes.cause_in(said.replace("LimitExceeded", "AccessDenied")) == "AccessDenied:iam:AddUserToGroup"
    assert causes.cause_in("Step timed out.") == ""
