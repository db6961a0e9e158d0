"""The entry fence in AWS: an inline policy on the Jump user, one a target role. The document is rendered by portal.iam."""

import json
from datetime import datetime
from typing import Any

from access_requests.grants.contract import GrantedRole
from portal.aws.calls import AwsClient, is_missing
from portal.aws.errors import BackendRefused
from portal.iam.fences import entry_fence, entry_fence_name, window_of


def put(aws: AwsClient, *, user_name: str, role: GrantedRole, until: datetime, window: str) -> None:
    """Write the whole fence: no switch to the role after `until`, the end of that window.

    Raises BackendError, and ValueError for a role without an ARN: a Deny on a name is one on nobody.
    """
    document = json.dumps(entry_fence(role_arn=role.arn or "", until=until, window=window), separators=(",", ":"))
    aws.call("put_user_policy", UserName=user_name, PolicyName=entry_fence_name(role.name), PolicyDocument=document)


def remove(aws: AwsClient, *, user_name: str, role: GrantedRole) -> None:
    """Take the fence away; one that is not there is done. Raises BackendError."""
    aws.unless_missing("delete_user_policy", UserName=user_name, PolicyName=entry_fence_name(role.name))


def read(aws: AwsClient, *, user_name: str, role: GrantedRole) -> str | None:
    """Return the time that the fence in AWS says; None where there is none, or one that is not as the portal writes it."""
    return time_in(shown(aws, user_name=user_name, role=role), role)


def shown(aws: AwsClient, *, user_name: str, role: GrantedRole) -> Any:
    """Return the fence's document as AWS has it, None where there is none. Raises BackendError."""
    try:
        return aws.call("get_user_policy", UserName=user_name, PolicyName=entry_fence_name(role.name))["PolicyDocument"]
    except BackendRefused as error:
        if is_missing(error):
            return None
        raise


def time_in(document: Any, role: GrantedRole) -> str | None:
    """Return until when the document lets in at the role, None for what the portal would not have written."""
    try:
        until = document["Statement"][0]["Condition"]["DateGreaterThan"]["aws:CurrentTime"]
        ours = entry_fence(role_arn=role.arn or "", until=datetime.fromisoformat(until), window=window_of(document))
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    return str(until) if document == ours else None
