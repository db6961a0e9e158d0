"""Deploys templates as an administrator of the organisation does, by boto3. Importable without moto."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import WaiterError

from portal.simulated_aws.world import AccessKey

_NAMED = ["CAPABILITY_NAMED_IAM"]
_SESSION_NAME = "deployment"
# A stack is there when its call returns, but for one that takes its time: it is looked at once a second then.
_PATIENCE = {"Delay": 1, "MaxAttempts": 120}


class NotDeployed(Exception):
    """A stack did not come about; the message says which, and why."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What is to be deployed; `parameters` are as CloudFormation takes them."""

    name: str
    template: str
    parameters: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """The Jump account's administrator, who takes on `role` in every account."""

    endpoint: str
    region: str
    key: AccessKey
    role: str

    def client(self, service: str, account_id: str) -> Any:
        """Return a client with all rights in the account."""
        arn = f"arn:aws:iam::{account_id}:role/{self.role}"
        given = _client("sts", self.endpoint, self.region, self.key.id, self.key.secret, None).assume_role(
            RoleArn=arn, RoleSessionName=_SESSION_NAME
        )["Credentials"]
        keys = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        return _client(service, self.endpoint, self.region, *keys)

    def deploy(self, account_id: str, stack: Stack) -> None:
        """Make a stack, and return when it is there. Raises NotDeployed."""
        cloudformation = self.client("cloudformation", account_id)
        cloudformation.create_stack(
            StackName=stack.name, TemplateBody=stack.template, Parameters=stack.parameters, Capabilities=_NAMED
        )
        try:
            cloudformation.get_waiter("stack_create_complete").wait(StackName=stack.name, WaiterConfig=_PATIENCE)
        except WaiterError as error:
            raise NotDeployed(f"{stack.name}: {'; '.join(_reasons(cloudformation, stack.name)) or error}") from error


def _reasons(cloudformation: Any, name: str) -> Iterator[str]:
    for event in reversed(cloudformation.describe_stack_events(StackName=name)["StackEvents"]):
        if event["ResourceStatus"].endswith("_FAILED"):
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"


@cache
def _session() -> boto3.Session:
    return boto3.Session()


def _client(service: str, endpoint: str, region: str, key_id: str, secret: str, token: str | None) -> Any:
    return _session().client(
        service,  # type: ignore[call-overload]  # any service, by its name
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        aws_session_token=token,
    )
