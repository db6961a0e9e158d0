"""Fixtures: a simulated AWS for the session, a fresh company in it for each test, and a proxy before it."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
import pytest
from botocore.config import Config

from portal.simulated_aws import control
from portal.simulated_aws.company import company
from portal.simulated_aws.world import AccessKey, World
from tests.aws_proxy import AwsProxy

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_sts import STSClient

ADMIN_KEY = AccessKey(id="AKIAADMINISTRATOR000", secret="the-administrators-secret")
PORTAL_KEY = AccessKey(id="AKIAPORTALWORKER0000", secret="the-portals-secret")
REGION = "ap-northeast-1"
_START_SECONDS = 30


@dataclass(slots=True)
class Aws:
    """A simulated AWS that runs, as tests speak to it."""

    endpoint_url: str
    control_token: str
    _clients: list[Any] = field(default_factory=list)

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
        declared = world.as_json() if world else company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY)
        control.build(endpoint=self.endpoint_url, token=self.control_token, world=declared)

    @overload
    def admin_client(self, service: Literal["iam"]) -> "IAMClient": ...
    @overload
    def admin_client(self, service: Literal["sts"]) -> "STSClient": ...
    def admin_client(self, service: Literal["iam", "sts"]) -> Any:
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
    ) -> Any:
        """Return a client with the given key, to the given endpoint if it is another one, as a proxy's."""
        made = _SESSION.client(
            service,  # type: ignore[call-overload] # any service, by its name
            endpoint_url=endpoint_url or self.endpoint_url,
            region_name=REGION,
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


_SESSION = boto3.Session()


@pytest.fixture(scope="session")
def simulated_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Return the one process of the session, with whatever the last test left in it."""
    port_file = tmp_path_factory.mktemp("simulated_aws") / "port"
    token = secrets.token_urlsafe()
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.simulated_aws", "--port-file", str(port_file)],
        env={**os.environ, "SIMULATED_AWS_CONTROL_TOKEN": token},
        cwd=Path(__file__).parent.parent,
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
