"""What people of the story do in AWS itself: they come in by one of its doors, and call what the story says."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from django.utils import timezone

from portal.demo.past.reading import Happening
from portal.simulated_aws import command_line, console, control, signing_in, totp
from portal.simulated_aws.company import ACCOUNTS
from portal.simulated_aws.console import SwitchRefused
from portal.simulated_aws.deployment import Administrator
from portal.simulated_aws.people import Credentials

CONSOLE = "console"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36"
# One attempt: what is refused is part of the story.
_CONFIG = Config(retries={"total_max_attempts": 1}, proxies={})


class NotAsTold(Exception):
    """AWS let in, or refused, against the story."""


@dataclass(frozen=True, kw_only=True)
class Aws:
    """The simulated AWS with what people have for it. `sessions` is the latest of each thread, as AWS answered it."""

    administrator: Administrator
    token: str
    people: Mapping[str, Credentials]
    sessions: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def door(self) -> Mapping[str, Any]:
        return {"endpoint": self.administrator.endpoint, "token": self.token}


def switch(happening: Happening, aws: Aws) -> None:
    """Take on a role of production, in the console or from the command line; `refused` says that AWS does not let them.

    `late`: so many seconds later than it is wont to CloudTrail tells of it.
    """
    refused = bool(happening.given.get("refused"))
    try:
        with _told_late(happening.given.get("late"), aws):
            session = _switched(happening, aws)
    except SwitchRefused as error:
        if not refused:
            raise NotAsTold(str(error)) from error
        return
    if refused:
        raise NotAsTold(f"{happening.who} got into {happening.given['role']}")
    aws.sessions[happening.thread] = session


@contextmanager
def _told_late(seconds: float | None, aws: Aws) -> Iterator[None]:
    """Have what is done meanwhile be told of so much later."""
    names = ("AssumeRole", "SwitchRole") if seconds else ()
    faults = [control.set_fault(**aws.door, kind="late", action=name, times=None, seconds=seconds) for name in names]
    try:
        yield
    finally:
        for fault in faults:
            control.clear_faults(**aws.door, fault_id=fault)


def come_in(happening: Happening, aws: Aws) -> None:
    """Come in by no role that a user takes on: the root user, or Identity Center's portal."""
    given, seen = happening.given, _seen(happening)
    account = ACCOUNTS["production"]
    if given["way"] == signing_in.ROOT:
        session = signing_in.in_console(account_id=account, mfa=bool(given.get("mfa", True)), **seen, **aws.door)
    else:
        chosen = {"user": happening.who, "account_id": account, "permission_set": given["permission_set"]}
        session = signing_in.by_identity_center(
            directory_account=ACCOUNTS["jump"], **chosen, console=given["way"] == CONSOLE, **seen, **aws.door
        )
    aws.sessions[happening.thread] = session


def call(happening: Happening, aws: Aws) -> None:
    """Make calls in the session of this thread; `refused` says that AWS denies each."""
    refused = bool(happening.given.get("refused"))
    for service, method, inputs in happening.given["calls"]:
        try:
            getattr(_client(aws, service, aws.sessions[happening.thread]), method)(**inputs)
        except ClientError as error:
            if not refused:
                raise NotAsTold(str(error)) from error
        else:
            if refused:
                raise NotAsTold(f"{method} was not refused")


def administer(happening: Happening, aws: Aws) -> None:
    """The administrator of the organisation looks around in production, by the role that AWS Organizations made."""
    client = aws.administrator.client("iam", ACCOUNTS["production"])
    for method in happening.given["looks"]:
        getattr(client, method)()


def forget(happening: Happening, aws: Aws) -> None:
    """Have CloudTrail lose the next events of a name, as it may."""
    given = happening.given
    control.set_fault(**aws.door, kind="missing", action=given["event"], times=given["times"])


def _switched(happening: Happening, aws: Aws) -> Mapping[str, Any]:
    given, who = happening.given, aws.people[happening.who]
    code, serial = totp.code(who.mfa_seed, at=timezone.now()), f"arn:aws:iam::{ACCOUNTS['jump']}:mfa/{happening.who}"
    endpoint, account = aws.administrator.endpoint, ACCOUNTS["production"]
    key = {"access_key_id": who.key.id, "secret_access_key": who.key.secret}
    if given["way"] == CONSOLE:
        place = {"region": aws.administrator.region, **_seen(happening)}
        return console.switch(endpoint=endpoint, account_id=account, role=given["role"], mfa_code=code, **key, **place)
    return command_line.switch(
        endpoint=endpoint,
        region=aws.administrator.region,
        role_arn=f"arn:aws:iam::{account}:role/{given['role']}",
        session_name=happening.who,
        mfa=(serial, code),
        **key,
    )


def _seen(happening: Happening) -> dict[str, Any]:
    return {"source_ip": happening.given["from"], "user_agent": BROWSER}


def _client(aws: Aws, service: str, session: Mapping[str, Any]) -> Any:
    return boto3.Session().client(
        service,  # type: ignore[call-overload]  # any service, by its name
        endpoint_url=aws.administrator.endpoint,
        region_name=aws.administrator.region,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        config=_CONFIG,
    )


# What each takes besides who and when.
TAKES: Mapping[str, Sequence[str]] = {
    "switch": ("role", "way", "from", "refused", "late"),
    "come in": ("way", "from", "mfa", "permission_set"),
    "call": ("calls", "refused"),
    "administer": ("looks",),
    "cloudtrail forgets": ("event", "times"),
}
