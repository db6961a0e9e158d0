"""What Systems Manager refuses, divided by who acts next."""

import pytest
from botocore.exceptions import ClientError

from access_requests.grants import calls
from access_requests.grants.errors import BackendBusy, BackendError, BackendRefused


def divided(code: str) -> BackendError:
    return calls._divided(ClientError({"Error": {"Code": code, "Message": "No."}}, "StartAutomationExecution"))


@pytest.mark.parametrize(
    "code", ["AutomationExecutionLimitExceededException", "InternalServerError", "ThrottlingException", "TooManyUpdates"]
)
def test_too_much_at_once_is_for_later(code: str) -> None:
    error = divided(code)
    assert (type(error), error.problem) == (BackendBusy, code)


def test_account_that_is_no_customer_of_change_manager_is_for_an_administrator() -> None:
    error = divided("NoLongerSupportedException")
    assert (type(error), error.problem, error.detail) == (BackendRefused, "change_manager_unavailable", "No.")
