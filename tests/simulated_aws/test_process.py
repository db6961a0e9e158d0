"""The process: how it starts, who may control it, how it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from portal.simulated_aws import control
from portal.simulated_aws.control import ControlRefused
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws

COMMAND = [sys.executable, "-m", "portal.simulated_aws"]
ENVIRONMENT = {**os.environ, "SIMULATED_AWS_CONTROL_TOKEN": "t"}


def test_sigterm_ends_it_cleanly_and_quietly(tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    with subprocess.Popen(
        [*COMMAND, "--port-file", str(port_file)], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        deadline = time.monotonic() + 30
        while not port_file.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        control.reset(endpoint=f"http://127.0.0.1:{port_file.read_text()}", token="t")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
    assert (process.returncode, output) == (0, b"")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])  # noqa: S104 - refused, that is the point
def test_it_listens_to_nobody_but_this_machine(host: str) -> None:
    done = subprocess.run([*COMMAND, "--host", host], env=ENVIRONMENT, capture_output=True, check=False, timeout=30)
    assert done.returncode == 2
    assert b"only loopback" in done.stderr


def test_it_does_not_start_without_a_control_token() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SIMULATED_AWS_CONTROL_TOKEN"}
    done = subprocess.run(COMMAND, env=environment, capture_output=True, check=False, timeout=30)
    assert done.returncode == 1
    assert b"SIMULATED_AWS_CONTROL_TOKEN is not set" in done.stderr


def test_reset_forgets_every_account(aws: Aws) -> None:
    control.reset(endpoint=aws.endpoint_url, token=aws.control_token)
    with refused("InvalidClientTokenId", status=403):
        aws.admin_client("sts").get_caller_identity()


@pytest.mark.parametrize("token", ["", "wrong", "トークン".encode().decode("latin-1")])
def test_control_without_the_token_is_refused_and_changes_nothing(aws: Aws, token: str) -> None:
    with pytest.raises(ControlRefused, match="Forbidden"):
        control.reset(endpoint=aws.endpoint_url, token=token)
    assert aws.admin_client("iam").get_user(UserName="member01")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", control.COMPANY_PATH, b"{", 400),
        ("PUT", control.COMPANY_PATH, b"{}", 400),
        ("GET", control.COMPANY_PATH, b"", 404),
        ("POST", "/_simulated/elsewhere", b"", 404),
    ],
)
def test_control_that_makes_no_sense_is_refused_and_changes_nothing(
    aws: Aws, method: str, path: str, body: bytes, status: int
) -> None:
    headers = {control.TOKEN_HEADER: aws.control_token}
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(aws.endpoint_url + path, data=body, headers=headers, method=method))
    caught.value.close()
    assert caught.value.code == status
    assert aws.admin_client("iam").get_user(UserName="member01")


@pytest.mark.parametrize("path", ["/moto-api/reset", "/moto-api/data.json", "/latest/meta-data/"])
def test_back_doors_of_moto_are_shut(aws: Aws, path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(aws.endpoint_url + path, data=b"")
    caught.value.close()
    assert caught.value.code == 403
