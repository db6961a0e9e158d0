"""docker-compose.yml read as a container engine reads it, its commands started as plain processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SECRETS: dict[str, dict[str, str]] = COMPOSE["secrets"]
LONG_RUNNING = ("web", "worker", "ends-worker", "reader", "notices-worker", "auditor", "beat", "sealer")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What the containers would find: a database server, a broker, a folder for secrets and logs; names of roles and database.

    `roles` are by the service that logs in as them: web, worker, notices, beat, sealer; and auditor, for people.
    """

    server_url: str
    broker_url: str
    folder: Path
    owner: str
    roles: Mapping[str, str]
    tests: str

    @property
    def server(self) -> dict[str, str]:
        """The server's address as libpq names its parts."""
        return {part: str(value) for part, value in conninfo_to_dict(self.server_url).items()}

    @property
    def role_names(self) -> dict[str, str]:
        return {f"{service.upper()}_ROLE": role for service, role in self.roles.items()}

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text()

    def environment(self, service: str) -> dict[str, str]:
        """Return the service's own environment, with this machine's places for the containers'."""
        given = {name: by_default(str(value)) for name, value in SERVICES[service]["environment"].items()}
        here = {
            "ALLOWED_HOSTS": "portal.example.com",
            "PORTAL_URL": "https://portal.example.com",
            "SPOOL_DIR": str(self.folder / "spool"),
            "SEAL_GUARD": str(self.folder),
            "HEARTBEAT_FILE": str(self.folder / f"{service}.heartbeat"),
            **self.role_names,
            "PORT": str(free_port()),
        }
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        values = {name: here.get(name, value.replace("/run/secrets", f"{self.folder}/secrets")) for name, value in given.items()}
        coverage = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
        return {"PATH": path, "HOME": str(self.folder), **coverage, **values}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def by_default(value: str) -> str:
    """Return a value as Compose has it where the operator's environment says nothing."""
    return re.sub(r"\$\{\w+(?::?-([^}]*))?\}", lambda found: found[1] or "", value)


def unescaped(words: Sequence[str]) -> list[str]:
    """Return a command as the engine runs it: in the file a dollar is written twice."""
    return [word.replace("$$", "$") for word in words]


def make_secrets(machine: Machine) -> None:
    """Make them by the script that installations use; then let the addresses name this machine's server and roles."""
    folder = machine.folder / "secrets"
    subprocess.run([ROOT / "docs/deploy/make-secrets.sh", folder], check=True)
    for name in ("broker_url", "cache_url"):
        write(folder / name, machine.broker_url)
    place = make_url(machine)
    for name, role in {"owner": machine.owner, **machine.roles}.items():
        file = folder / f"{name}_database_url"
        address = file.read_text().replace(f"//sekisho_{name}:", f"//{role}:").replace("@postgres/sekisho", place)
        write(file, address)


def write(file: Path, text: str) -> None:
    file.chmod(0o600)
    file.write_text(text)


def make_url(machine: Machine) -> str:
    return f"@{machine.server.get('host', '127.0.0.1')}:{machine.server.get('port', '5432')}/{machine.tests}"


def run_role_script(machine: Machine) -> None:
    """Run what the PostgreSQL container runs when it makes its data directory."""
    libpq = {"host": "PGHOST", "port": "PGPORT", "password": "PGPASSWORD"}
    environment = {
        "PATH": os.environ["PATH"],
        **{libpq[part]: value for part, value in machine.server.items() if part in libpq},
        "POSTGRES_USER": machine.server["user"],
        "POSTGRES_DB": machine.tests,
        "ROLE_FILES": str(machine.folder / "secrets"),
        **machine.role_names,
    }
    subprocess.run([ROOT / "docs/deploy/create-database-roles.sh"], check=True, env=environment)


def run_to_end(machine: Machine, service: str) -> str:
    """Run a step such as migrate; return what it printed. Raises CalledProcessError when it fails."""
    done = subprocess.run(
        unescaped(SERVICES[service]["command"]),
        cwd=ROOT,
        env=machine.environment(service),
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    return done.stdout


@dataclass(frozen=True, kw_only=True)
class Running:
    service: str
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    log: Path

    def healthy(self) -> bool:
        """Ask the service's own health check."""
        kind, *words = unescaped(SERVICES[self.service]["healthcheck"]["test"])
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        return subprocess.run(command, cwd=ROOT, env=self.environment, check=False, capture_output=True).returncode == 0

    def stop(self) -> int:
        """Ask it to end as an engine does; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@contextmanager
def running(machine: Machine, *services: str) -> Iterator[dict[str, Running]]:
    """Start the services, wait until each is healthy, and leave none behind."""
    started: dict[str, Running] = {}
    try:
        for service in services:
            started[service] = start(machine, service)
        for each in started.values():
            wait_until_healthy(each)
        yield started
    finally:
        for each in started.values():
            each.process.kill()
            each.process.wait()


def start(machine: Machine, service: str) -> Running:
    environment = machine.environment(service)
    log = machine.folder / f"{service}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            unescaped(SERVICES[service]["command"]), cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    return Running(service=service, process=process, environment=environment, log=log)


def wait_until_healthy(each: Running, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not each.healthy():
        over = each.process.poll() is not None or time.monotonic() > deadline
        assert not over, f"{each.service} does not become healthy:\n{each.log.read_text()}"
        time.sleep(0.2)
