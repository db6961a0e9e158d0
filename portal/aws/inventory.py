"""All that IAM of one account says, in one read: users, groups, roles, and every policy on them."""

from collections.abc import Iterable
from typing import Any

from portal.aws.calls import AwsClient
from portal.aws.errors import BackendRefused
from portal.iam.account import Account

PEOPLE = ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")
GROUPS = ("Group", "LocalManagedPolicy", "AWSManagedPolicy")
ROLES = ("Role", "LocalManagedPolicy", "AWSManagedPolicy")
PAGE = 1000
UNREADABLE = "unreadable_answer"
ANOTHER_ACCOUNT = "another_account"
_PARTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


def read(aws: AwsClient, *, account_id: str, kinds: Iterable[str] = PEOPLE) -> Account:
    """Return what the account has of these kinds. Raises BackendError.

    One call for every 1,000 things. Source: IAM GetAccountAuthorizationDetails; what was written seconds ago may not be in it.
    """
    return _parsed(account_id, _pages(aws, kinds))


def read_whole(aws: AwsClient, *, account_id: str) -> tuple[list[dict[str, Any]], Account]:
    """Return the pages of the listing as AWS gave them, with the account that they describe. Raises BackendError."""
    pages = _pages(aws, PEOPLE)
    return pages, _parsed(account_id, pages)


def _pages(aws: AwsClient, kinds: Iterable[str]) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    marker: dict[str, str] = {}
    while True:
        page = aws.call("get_account_authorization_details", Filter=list(kinds), MaxItems=PAGE, **marker)
        pages.append({part: page.get(part, []) for part in _PARTS})
        if not page.get("IsTruncated"):
            return pages
        marker = {"Marker": page["Marker"]}


def summary(aws: AwsClient) -> dict[str, int]:
    """Return how much the account has, and may have. One call. Source: IAM GetAccountSummary. Raises BackendError."""
    return dict(aws.call("get_account_summary")["SummaryMap"])


def _parsed(account_id: str, pages: list[dict[str, Any]]) -> Account:
    try:
        account = Account.parsed(account_id, pages)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # What cannot be understood is no ground for anything, and no reason to stop a grant.
        raise BackendRefused(UNREADABLE, f"{type(error).__name__}: {error}") from error
    arns = [
        thing["Arn"] for page in pages for part in ("UserDetailList", "GroupDetailList", "RoleDetailList") for thing in page[part]
    ]
    if not all(arn.split(":")[4] == account_id for arn in arns):
        # Credentials or a role of some other account: whatever is missing in this one says nothing.
        raise BackendRefused(ANOTHER_ACCOUNT, f"these are not the users, groups and roles of {account_id}")
    return account


def access_keys(aws: AwsClient, *, user_name: str) -> list[str]:
    """Return the ids of the user's access keys that are active. Raises BackendError."""
    keys = aws.pages("list_access_keys", "AccessKeyMetadata", UserName=user_name)
    return [str(key["AccessKeyId"]) for key in keys if key["Status"] == "Active"]


def mfa_serials(aws: AwsClient, *, user_name: str) -> list[str]:
    """Return the serial numbers of the user's MFA devices; a passkey's has :u2f/ in it. Raises BackendError."""
    return [str(device["SerialNumber"]) for device in aws.pages("list_mfa_devices", "MFADevices", UserName=user_name)]
