"""The session gate in AWS: an inline policy on the work role, in the target account. The document is rendered by portal.iam."""

import json
from typing import Any

from portal.aws.calls import AwsClient, is_denied, is_missing
from portal.aws.causes import LIMIT, ROLE_FULL
from portal.aws.errors import BackendRefused
from portal.iam.fences import Document
from portal.iam.session_gate import SESSION_GATE_NAME

# What AWS allows all inline policies of a role together. White space is not counted, and we write none.
ROLE_INLINE_SIZE = 10_240


def put(aws: AwsClient, *, role_name: str, document: Document) -> None:
    """Write the whole gate.

    Raises BackendError: ROLE_FULL where it does not fit beside the role's policies, NoSuchEntity for a role that is gone.
    """
    try:
        aws.call("put_role_policy", RoleName=role_name, PolicyName=SESSION_GATE_NAME, PolicyDocument=text(document))
    except BackendRefused as error:
        if error.problem == LIMIT:
            raise BackendRefused(ROLE_FULL, error.detail, cause=error.cause) from error
        if is_denied(error):
            aws.call("list_role_policies", RoleName=role_name, MaxItems=1)
        raise


def read(aws: AwsClient, *, role_name: str) -> Any:
    """Return the gate's document as AWS has it, or None where the role has none. Raises BackendError."""
    try:
        return aws.call("get_role_policy", RoleName=role_name, PolicyName=SESSION_GATE_NAME)["PolicyDocument"]
    except BackendRefused as error:
        if is_missing(error):
            return None
        raise


def text(document: Document) -> str:
    return json.dumps(document, separators=(",", ":"))
