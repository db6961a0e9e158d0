"""AWS ends access by itself: with every process of the portal's dead, at the second."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import boto3

from portal.iam.account import Account
from tests.demo.access import call, state
from tests.demo.running import Demo
from tests.iam_simulate.peer import IamSimulate
from tests.waiting import is_alive, until
from tests.worlds.evaluators import ALLOWED_IN_WINDOW, Evaluators
from tests.worlds.gated import account_of

SECOND = timedelta(seconds=1)
OURS = ("web", "worker", "ends_worker", "notices_worker", "beat", "broker")


def end_of(demo: Demo, code: str) -> datetime:
    return datetime.fromisoformat(call(demo, "GET", f"/elevations/{code}", person="member01")["ends_at"])


def prolong(demo: Demo, code: str, to: datetime) -> None:
    body = {"ends_at": to.isoformat(), "reason": "not done yet"}
    extension = call(demo, "POST", f"/elevations/{code}/extend", person="member02", body=body)
    call(demo, "POST", f"/requests/{extension['id']}/approve", person="leader01", body={"comment": "go on"})


@contextmanager
def everything_of_ours_killed(demo: Demo) -> Iterator[None]:
    """Kill what is the portal's; the supervisor, which would start it again, is held."""
    os.kill(demo.process.pid, signal.SIGSTOP)
    try:
        for name in OURS:
            os.kill(demo.pids[name], signal.SIGKILL)
        yield
    finally:
        os.kill(demo.process.pid, signal.SIGCONT)


def accounts(demo: Demo) -> tuple[Account, Account]:
    """Return what an administrator reads of both accounts."""
    info, ids = demo.info, demo.info["accounts"]
    admin = info["aws_admin"]
    keys = {"aws_access_key_id": admin["access_key_id"], "aws_secret_access_key": admin["secret_access_key"]}
    place = {"endpoint_url": info["aws_endpoint_url"], "region_name": info["region"]}
    arn = f"arn:aws:iam::{ids['production']}:role/{admin['role_name']}"
    given = boto3.client("sts", **place, **keys).assume_role(RoleArn=arn, RoleSessionName="administrator")["Credentials"]
    there = boto3.client(
        "iam",
        **place,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    return account_of(demo.aws(), ids["jump"]), account_of(there, ids["production"])


def refused_at_the_second_with_every_process_of_ours_dead(demo: Demo, peer: IamSimulate, *, first: str, second: str) -> None:
    """Two are in production: member01 by `first`, member02 by `second`, which is prolonged. Ends come without the portal."""
    until(lambda: (state(demo, first), state(demo, second)) == ("active", "active"))
    issued = datetime.now(UTC)
    ends, later = end_of(demo, first), end_of(demo, second) + timedelta(minutes=30)
    prolong(demo, second, later)
    until(lambda: "elevation.extension_written" in demo.manage("shell", "-c", ACTS))
    with everything_of_ours_killed(demo):
        until(lambda: not any(is_alive(demo.pids[name]) for name in OURS))
        jump, production = accounts(demo)
        evaluators = Evaluators(peer=peer, jump=jump, target=production)
        for who, end in (("member01", ends), ("member02", later)):
            assert evaluators.may_switch(who, at=end - SECOND)
            assert not evaluators.may_switch(who, at=end - SECOND, mfa=False)
            assert not evaluators.may_switch(who, at=end - SECOND, session_name="someone")
            assert evaluators.live(who, issued_at=issued, at=end - SECOND) == set(ALLOWED_IN_WINDOW)
            for name in (who, "someone", "member"):
                assert not evaluators.may_switch(who, at=end + SECOND, session_name=name)
                assert not evaluators.may_switch(who, at=end + SECOND, session_name=name, mfa=False)
                assert evaluators.live(name, issued_at=issued, at=end + SECOND) == set()
            assert evaluators.live("someone", issued_at=issued, at=end - SECOND) == set()


ACTS = "from audits.models import TrailEntry; print(*TrailEntry.objects.values_list('act', flat=True))"
