"""A demo that runs, as whoever typed `make demo` has it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

import boto3
from botocore.config import Config

from portal.aws.service_models import new_session
from tests.waiting import until

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# With its past, on a machine that is busy with something else.
START_SECONDS = 400
STOP_SECONDS = 60


@dataclass(slots=True)
class Demo:
    folder: Path
    process: subprocess.Popen[str]

    @property
    def info(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "info.json").read_text())
        return found

    @property
    def pids(self) -> dict[str, int]:
        found: dict[str, int] = self.info["pids"]
        return found

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.info['portal_url']}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def end(self, number: int = signal.SIGTERM) -> str:
        """Send the signal, and return what the supervisor said in its life once it has ended."""
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=STOP_SECONDS)
        return output

    def manage(self, *arguments: str) -> str:
        """Run a command on this demo's data with what its documentation says that is needed: two variables."""
        known = {"DEMO_DIR": str(self.folder), "DATABASE_URL": self.info["database_url"]}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env={**plain_environment(), **known},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
        ).stdout

    def aws(self) -> "IAMClient":
        info = self.info
        admin = info["aws_admin"]
        return _client(info["aws_endpoint_url"], info["region"], admin["access_key_id"], admin["secret_access_key"])


@cache
def _client(endpoint_url: str, region: str, key_id: str, secret: str) -> "IAMClient":
    """Return a client made once: whoever waits for something asks with it every moment."""
    return boto3.Session(botocore_session=new_session()).client(
        "iam",
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )


def plain_environment() -> dict[str, str]:
    """Return this process's environment without what the suite says of settings and databases."""
    return {name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "PORT", "DEMO_DIR")}


def launch(folder: Path, *, port: int | str = 0, **variables: str) -> subprocess.Popen[str]:
    """Start a demo, without its past unless DEMO_HISTORY is given: that takes longer than all else."""
    return subprocess.Popen(
        [sys.executable, "-m", "portal.demo"],
        cwd=CHECKOUT,
        env={**plain_environment(), "DEMO_HISTORY": "0", **variables, "DEMO_DIR": str(folder), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextmanager
def running(folder: Path, *, port: int | str = 0, **variables: str) -> Iterator[Demo]:
    """Return a demo that is ready; it has ended afterwards."""
    (folder / "info.json").unlink(missing_ok=True)
    demo = Demo(folder, launch(folder, port=port, **variables))
    try:
        until(lambda: demo.process.poll() is not None or ((folder / "info.json").exists() and demo.answers()), START_SECONDS)
        assert demo.process.poll() is None, demo.process.communicate()[0]
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.end()
        if demo.process.stdout is not None:
            demo.process.stdout.close()


def family(pid: int) -> set[int]:
    """Return the process and all that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {pid}.union(*(family(int(child)) for child in children))
