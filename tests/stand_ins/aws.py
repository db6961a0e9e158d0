"""Fixtures: a simulated AWS for the session, a fresh company in it for each test, and a proxy before it."""

import base64
import hashlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
import pytest
from botocore.config import Config

from portal.aws.service_models import new_session
from portal.demo.children import end_with_parent
from portal.simulated_aws import console, control, totp
from portal.simulated_aws.company import ACCOUNTS, PEOPLE, role_arn
from portal.simulated_aws.people import Credentials
from portal.simulated_aws.world import AccessKey, World
from tests.stand_ins.aws_proxy import AwsProxy
from tests.stand_ins.company import company

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_sts import STSClient

ADMIN_KEY = AccessKey(id="AKIAADMINISTRATOR000", secret="the-administrators-secret")
PORTAL_KEY = AccessKey(id="AKIAPORTALWORKER0000", secret="the-portals-secret")
REGION = "ap-northeast-1"
_START_SECONDS = 30


def credentials_of(name: str) -> Credentials:
    """Return what a person of the company signs in with: the same each time."""
    return Credentials(
        key=AccessKey(id=f"AKIA{_letters(f'key of {name}')[:16]}", secret=f"the-secret-of-{name}"),
        mfa_seed=_letters(f"device of {name}")[:32],
    )


def _letters(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()


def company_with_people() -> dict[str, Any]:
    """Return the company in which everybody can sign in."""
    return company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, credentials=PEOPLES_CREDENTIALS)


PEOPLES_CREDENTIALS = {name: credentials_of(name) for name in PEOPLE}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the company, with what they sign in with."""

    aws: "Aws"
    name: str

    @property
    def credentials(self) -> Credentials:
        return credentials_of(self.name)

    @property
    def mfa_serial(self) -> str:
        return f"arn:aws:iam::{ACCOUNTS['jump']}:mfa/{self.name}"

    @property
    def mfa_code(self) -> str:
        """Return what their device shows, by AWS's clock."""
        return totp.code(self.credentials.mfa_seed, at=self.aws.now())

    def client(self, service: str) -> Any:
        return self.aws.client(service, key_id=self.credentials.key.id, secret=self.credentials.key.secret)


@dataclass(frozen=True, slots=True)
class Switched:
    """A session in a role; `credentials` are as AssumeRole answered them."""

    aws: "Aws"
    credentials: Mapping[str, Any]

    def client(self, service: str) -> Any:
        given = self.credentials
        return self.aws.client(service, key_id=given["AccessKeyId"], secret=given["SecretAccessKey"], token=given["SessionToken"])


@dataclass(slots=True)
class Aws:
    """A simulated AWS that runs, as tests speak to it."""

    endpoint_url: str
    control_token: str
    _clients: list[Any] = field(default_factory=list)
    _offset: timedelta = timedelta()
    _stopped_at: datetime | None = None

    @property
    def portal_env(self) -> dict[str, str]:
        """Return the environment in which a worker of the portal reaches this AWS by its own key."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": PORTAL_KEY.id,
            "AWS_SECRET_ACCESS_KEY": PORTAL_KEY.secret,
            "AWS_DEFAULT_REGION": REGION,
        }

    def rebuild(self, world: World | None = None) -> None:
        """Make everything as it was at the start, or make another world."""
        declared = world.as_json() if world else company_with_people()
        control.build(endpoint=self.endpoint_url, token=self.control_token, world=declared)
        self._offset, self._stopped_at = timedelta(), None

    def set_clock(self, *, offset_seconds: float = 0, at: datetime | None = None) -> None:
        """Shift AWS's clock from this machine's, or stop it at a moment."""
        control.set_clock(endpoint=self.endpoint_url, token=self.control_token, offset_seconds=offset_seconds, at=at)
        self._offset, self._stopped_at = timedelta(seconds=offset_seconds), at

    def now(self) -> datetime:
        """Return what AWS's clock shows."""
        return self._stopped_at or datetime.now(UTC) + self._offset

    def person(self, name: str) -> Person:
        return Person(self, name)

    def switch(
        self,
        person: str,
        *,
        account: str = "production",
        role: str = "Prod_MemberRole",
        mfa: bool = True,
        session_name: str | None = None,
        seconds: int = 3_600,
    ) -> Switched:
        """Return a session in the role, begun from the command line. Raises ClientError where AWS says no."""
        who = self.person(person)
        proof = {"SerialNumber": who.mfa_serial, "TokenCode": who.mfa_code} if mfa else {}
        answer = who.client("sts").assume_role(
            RoleArn=role_arn(account, role), RoleSessionName=session_name or person, DurationSeconds=seconds, **proof
        )
        return Switched(self, answer["Credentials"])

    def switch_in_console(
        self,
        person: str,
        *,
        account: str = "production",
        role: str = "Prod_MemberRole",
        mfa: bool = True,
        mfa_code: str | None = None,
        region: str | None = None,
    ) -> Switched:
        """Return a session in the role, begun in the console. Raises SwitchRefused where AWS says no."""
        who = self.person(person)
        given = console.switch(
            endpoint=self.endpoint_url,
            access_key_id=who.credentials.key.id,
            secret_access_key=who.credentials.key.secret,
            account_id=ACCOUNTS[account],
            role=role,
            mfa_code=(mfa_code or who.mfa_code) if mfa else None,
            region=region,
        )
        return Switched(self, given)

    @overload
    def admin_client(self, service: Literal["iam"]) -> "IAMClient": ...
    @overload
    def admin_client(self, service: Literal["sts"]) -> "STSClient": ...
    @overload
    def admin_client(self, service: Literal["identitystore", "sso-admin"]) -> Any: ...
    def admin_client(self, service: Literal["iam", "sts", "identitystore", "sso-admin"]) -> Any:
        """Return a client with the rights of the Jump account's administrator."""
        return self.client(service, key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)

    def client(
        self,
        service: str,
        *,
        key_id: str,
        secret: str,
        token: str | None = None,
        endpoint_url: str | None = None,
        read_timeout: float = 30,
        region: str = REGION,
    ) -> Any:
        """Return a client with the given key, to the given endpoint if it is another one, as a proxy's."""
        made = _SESSION.client(
            service,  # type: ignore[call-overload] # any service, by its name
            endpoint_url=endpoint_url or self.endpoint_url,
            region_name=region,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            # One attempt: what AWS answers is what a test sees.
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=read_timeout),
        )
        self._clients.append(made)
        return made

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()


_SESSION = boto3.Session(botocore_session=new_session())


@pytest.fixture(scope="session")
def simulated_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Return the one process of the session, with whatever the last test left in it."""
    port_file = tmp_path_factory.mktemp("simulated_aws") / "port"
    token, parent = secrets.token_urlsafe(), os.getpid()
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.simulated_aws", "--port-file", str(port_file)],
        env={**os.environ, "SIMULATED_AWS_CONTROL_TOKEN": token},
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509  Two system calls; no threads hold a lock that they need.
    )
    try:
        yield Aws(f"http://127.0.0.1:{_port(port_file, process)}", token)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def aws(simulated_aws: Aws) -> Iterator[Aws]:
    """Return the simulated AWS with the demo's company in it, as at the start."""
    simulated_aws.rebuild()
    yield simulated_aws
    simulated_aws.close()


@pytest.fixture
def aws_proxy(aws: Aws) -> Iterator[AwsProxy]:
    """Return a proxy before the simulated AWS; `proxy.url` is the endpoint to give away."""
    with AwsProxy(upstream=aws.endpoint_url) as proxy:
        yield proxy


def _port(port_file: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + _START_SECONDS
    while not port_file.exists():
        assert process.poll() is None, f"the simulated AWS ended with {process.returncode}"
        assert time.monotonic() < deadline, "the simulated AWS did not start"
        time.sleep(0.02)
    return int(port_file.read_text())
