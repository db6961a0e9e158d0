"""The Jump account of the simulated AWS with the cast in it: an administrator's view, and the workers' way to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from django.conf import settings
from pytest_django import Settings

from access_requests.grants.executions import StepClient
from access_requests.messages import Task
from access_requests.models import Elevation
from access_requests.services import sweep
from access_requests.services.elevations import gates, provision, revoke
from portal.aws import sessions
from portal.aws.service_models import new_session
from portal.iam.fences import entry_fence_name
from portal.simulated_aws import control
from tests.stand_ins.aws import ADMIN_KEY, PEOPLES_CREDENTIALS, PORTAL_KEY, REGION, Aws
from tests.stand_ins.aws_proxy import AwsProxy, Hold
from tests.stand_ins.company import company
from tests.worlds.cast import NAMES, Cast, iam_user_id
from tests.worlds.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

PORTAL_SESSION = boto3.Session(
    region_name=REGION,
    aws_access_key_id=PORTAL_KEY.id,
    aws_secret_access_key=PORTAL_KEY.secret,
    botocore_session=new_session(),
)
MEMBER_GROUP = "ProdMemberWorkGroup"
MEMBER_TAG = f"sekisho:ttl:{MEMBER_GROUP}"
MEMBER_ROLE = "Prod_MemberRole"
# Seconds that workers wait for an answer: so long that a busy machine fails no test, and as little as a lost one needs.
PATIENT, IMPATIENT = 10, 1
TASKS: dict[str, Callable[[int], None]] = {
    Task.GRANT: provision.grant,
    Task.PROLONG: provision.prolong,
    Task.END: revoke.end,
    Task.TIDY: revoke.tidy,
    Task.GATE: gates.refresh,
}


class PortalSessions:
    """Sessions with the portal's own key, made once: making one costs more than a test does with it."""

    def __init__(self) -> None:
        self._assumed: dict[str, boto3.Session] = {}

    def __call__(self, role_arn: str) -> boto3.Session:
        if not role_arn:
            return PORTAL_SESSION
        if role_arn not in self._assumed:
            self._assumed[role_arn] = sessions._assumed(PORTAL_SESSION._session, role_arn)
        return self._assumed[role_arn]

    def cache_clear(self) -> None:
        self._assumed.clear()


@dataclass(frozen=True, kw_only=True)
class Jump:
    cast: Cast
    clock: Clock
    iam: "IAMClient"
    proxy: AwsProxy

    def members(self, group: str = MEMBER_GROUP) -> set[str]:
        pages = self.iam.get_paginator("get_group").paginate(GroupName=group)
        return {user["UserName"] for page in pages for user in page["Users"]}

    def groups(self, user: str = "member01") -> set[str]:
        return {group["GroupName"] for group in self.iam.list_groups_for_user(UserName=user)["Groups"]}

    def tags(self, user: str = "member01") -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.iam.list_user_tags(UserName=user)["Tags"]}

    def fences(self, user: str = "member01") -> dict[str, str]:
        """Return the name of each inline policy of the user -> until when it lets the user in."""
        names = self.iam.list_user_policies(UserName=user)["PolicyNames"]
        return {name: self._until(user, name) for name in names}

    def fence(self, user: str = "member01", role: str = MEMBER_ROLE) -> str | None:
        return self.fences(user).get(entry_fence_name(role))

    def caller(self) -> StepClient:
        """Return a worker's way to AWS, through the proxy, that holds no lease."""
        return StepClient(client=sessions.jump_iam(), before_each=lambda: None, clock=self.clock)

    def sweep(self) -> None:
        """Do what is due, as the workers' sweeps do."""
        now = self.clock.now
        sweep.lapse_requests(now=now)
        for due in (sweep.due_ends, sweep.due_grants):
            for task, object_id in list(due(now=now)):
                TASKS[task](object_id)

    def on_call(self, action: str, do: Callable[[], object], *, role_arn: str = "") -> None:
        """Have something else happen once, while a worker's call of this action, in this role, is on its way."""
        _once(sessions.iam_of(role_arn), f"before-call.iam.{action}", do)

    def on_call_of(self, action: str, do: Callable[[], object]) -> None:
        """Have something else happen once, while a worker's call to the identity store is on its way."""
        store = sessions.identity_store_of(settings.AWS_IDENTITY_CENTER_ROLE_ARN, settings.AWS_IDENTITY_CENTER_REGION)
        _once(store, f"before-call.identitystore.{action}", do)

    def lose_answer(self, action: str | None = None, *, times: int | None = 1) -> Hold:
        """Let AWS do what is called, and workers wait no longer than IMPATIENT for its answer, which never comes."""
        settings.AWS_READ_TIMEOUT = IMPATIENT
        sessions.forget()
        return self.proxy.lose_answer(action, times=times)

    def rename(self, old: str, new: str) -> None:
        self.iam.update_user(UserName=old, NewUserName=new)

    def delete_user(self, name: str) -> None:
        """Delete a user as an administrator does: out of the groups, policies, keys and devices off, first."""
        for group in self.groups(name):
            self.iam.remove_user_from_group(GroupName=group, UserName=name)
        for policy in self.fences(name):
            self.iam.delete_user_policy(UserName=name, PolicyName=policy)
        for key in self.iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
            self.iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        for device in self.iam.list_mfa_devices(UserName=name)["MFADevices"]:
            self.iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
        self.iam.delete_user(UserName=name)

    def _until(self, user: str, policy: str) -> str:
        document: Any = self.iam.get_user_policy(UserName=user, PolicyName=policy)["PolicyDocument"]
        return str(document["Statement"][0].get("Condition", {}).get("DateGreaterThan", {}).get("aws:CurrentTime"))


def _once(client: Any, event: str, do: Callable[[], object]) -> None:
    events = client.meta.events

    def once(**_call: Any) -> None:
        events.unregister(event, once)
        do()

    events.register(event, once)


@pytest.fixture
def jump(cast: Cast, simulated_aws: Aws, clock: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jump]:
    ids = {name: iam_user_id(name) for name in NAMES}
    world = company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, user_ids=ids, credentials=PEOPLES_CREDENTIALS)
    control.build(endpoint=simulated_aws.endpoint_url, token=simulated_aws.control_token, world=world)
    with AwsProxy(upstream=simulated_aws.endpoint_url) as proxy:
        settings.AWS_ENDPOINT_URL, settings.AWS_REGION = proxy.url, REGION
        settings.AWS_CALL_ATTEMPTS, settings.AWS_READ_TIMEOUT = 1, PATIENT
        monkeypatch.setattr(sessions, "_session", PortalSessions())
        sessions.forget()
        yield Jump(cast=cast, clock=clock, iam=simulated_aws.admin_client("iam"), proxy=proxy)
        sessions.forget()
        simulated_aws.close()


def granted(elevation: Elevation) -> Elevation:
    """Let the workers give what was approved."""
    provision.grant(elevation.pk)
    elevation.refresh_from_db()
    return elevation


def ended(elevation: Elevation) -> Elevation:
    revoke.end(elevation.pk)
    elevation.refresh_from_db()
    return elevation
