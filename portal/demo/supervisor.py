"""The one process that whoever starts the demo starts: it starts the others, watches them, and takes them with it."""

import json
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from portal import stopping
from portal.demo import commands, environment, secret_files
from portal.demo.children import Children, Command
from portal.demo.gate import Gate, closed_gate
from portal.demo.places import Places, Unusable, write_private
from portal.demo.sockets import free_port, kept_port, port_of, reserve

PREPARED_BY = ("broker", "aws")
USES_AWS = ("worker", "ends_worker", "beat")
ORDER = (*PREPARED_BY, "receiver", *USES_AWS, "notices_worker", "sealer", "web")
WATCH_SECONDS = 0.2
# On a machine that is busy with something else, too.
START_SECONDS = 180
# More deaths than this within a minute are no accident.
DEATHS_A_MINUTE = 8


class Stopped(Exception):
    """Whoever started the demo wants it to end."""


@dataclass(kw_only=True)
class Supervisor:
    places: Places
    port: int
    _children: Children = field(init=False)
    _commands: Mapping[str, Command] = field(default_factory=dict)
    _deaths: list[float] = field(default_factory=list)
    _stop: stopping.Told = field(init=False)
    _gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        self._children = Children(folder=self.places.checkout, log=self.places.log)

    def run(self) -> int:
        """Run until told to stop. Raises Unusable when it cannot start, or what it started cannot be kept running."""
        with ExitStack() as stack:
            # First, so that it is heard until all else has ended.
            self._stop = stack.enter_context(stopping.told(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, is_the_end=True))
            stack.enter_context(self.places.taken())
            sockets = [stack.enter_context(bound) for bound in reserve(self.port)]
            self.port = port_of(sockets[0])
            self._gate = stack.enter_context(closed_gate())
            self._commands = _commands(self.places, self.port, [bound.fileno() for bound in sockets], self._gate)
            stack.callback(self._stop_all)
            try:
                self._start()
                self._watch()
            except Stopped:
                _say("\nStopping.")
        return 0

    def _start(self) -> None:
        _say("Starting.")
        # The web imports meanwhile what it needs, and answers when the gate is opened: its answer means that everything is there.
        for name in (*PREPARED_BY, "web"):
            self._children.start(self._commands[name])
        self._prepare()
        self._start_missing()
        self._gate.open()
        self._wait_for_web()
        _say(greeting(self._facts(), self.places))

    def _prepare(self) -> None:
        """Have the data and AWS made ready. Nobody may be working with them meanwhile."""
        self._children.start(self._commands["prepare"])
        while "prepare" in self._children.pids:
            self._pause(WATCH_SECONDS / 4)
            for name, code in self._children.died().items():
                if (name, code) != ("prepare", 0):
                    raise Unusable(self._obituary(name, code))

    def _start_missing(self) -> None:
        for name in ORDER:
            if name not in self._children.pids:
                self._children.start(self._commands[name])
        # Before the web can answer.
        write_private(self.places.info, json.dumps({**self._facts(), "pids": self._children.pids}, indent=1))

    def _wait_for_web(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"http://127.0.0.1:{self.port}/healthz"):
            self._pause(WATCH_SECONDS / 2)
            died = self._children.died()
            for name, code in died.items():
                if code >= 0:  # What cannot run ends by itself; what was killed can be started again.
                    raise Unusable(self._obituary(name, code))
            if died:
                self._revive(died)
            if time.monotonic() > deadline:
                raise Unusable(f"the portal does not answer.\n{self._children.last_words('web')}")

    def _watch(self) -> None:
        while True:
            self._pause(WATCH_SECONDS)
            died = self._children.died()
            if died:
                self._revive(died)

    def _revive(self, died: Mapping[str, int]) -> None:
        for name, code in died.items():
            self._mourn(name, code)
        if "aws" in died:
            # It has forgotten everything. Whoever asked it now would be told that nobody is in production.
            self._children.stop(USES_AWS)
            self._children.start(self._commands["aws"])
            self._prepare()
        self._start_missing()

    def _mourn(self, name: str, code: int) -> None:
        now = time.monotonic()
        self._deaths = [*(at for at in self._deaths if at > now - 60), now]
        if len(self._deaths) > DEATHS_A_MINUTE:
            raise Unusable(self._obituary(name, code))
        _say(f"{_how(name, code)} It is started again. Its log: {self.places.log(name)}")

    def _obituary(self, name: str, code: int) -> str:
        return f"{_how(name, code)}\n{self._children.last_words(name)}"

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise Stopped

    def _stop_all(self) -> None:
        """Stop first those who need the others."""
        self._children.stop([name for name in self._children.pids if name not in PREPARED_BY])
        self._children.stop(PREPARED_BY)

    def _facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.places.facts.read_text())
        return facts


def greeting(facts: Mapping[str, Any], places: Places) -> str:
    """Return what a newcomer needs to begin."""
    people = [f"  {name:<12}{who['password']}   {who['name']}" for name, who in facts["people"].items()]
    return "\n".join(
        [
            f"\nSekisho runs at {facts['portal_url']}\n",
            "People and their passwords:",
            *people,
            f"\nWebhooks can be tried: add {facts['webhook_receiver']} as admin01, and look there at what comes.",
            "\nWho decides or administers needs a code besides, when they log in:",
            "  .venv/bin/python -m portal.demo.code leader01",
            f"\nWhatever a program needs, such as the aws command or a chat bot, is in {places.info}",
            f"Ctrl-C stops it. What happened stays in {places.root} for the next start.",
        ]
    )


def _commands(places: Places, port: int, sockets: list[int], gate: Gate) -> dict[str, Command]:
    """Return how everything is started. Ports other than the web's are whatever is free; where they are, a restart is too."""
    secrets = secret_files.open_all(places.keys)
    broker_port, aws_port, receiver_port = free_port(), free_port(), kept_port(places.receiver_port)
    outside = environment.outside()
    broker_url = f"redis://:{secrets.broker_password}@127.0.0.1:{broker_port}/0"
    web = {**outside, **environment.of_web(places, portal_url=f"http://localhost:{port}", broker_url=broker_url)}
    worker_only = environment.of_worker(aws_url=f"http://127.0.0.1:{aws_port}", secrets=secrets)
    worker, controller = {**web, **worker_only}, {environment.CONTROL_TOKEN: secrets.aws_control_token}
    sealer = environment.of_sealer(places)
    environment.keep(
        places, {**worker_only, **sealer, **environment.pace(), "BROKER_URL": broker_url, "PORTAL_URL": web["PORTAL_URL"]}
    )
    environment.keep_control(places, aws_url=f"http://127.0.0.1:{aws_port}", secrets=secrets)
    every = [
        commands.broker(port=broker_port, password=secrets.broker_password, environment=outside),
        commands.aws(port=aws_port, trail=places.aws_trail, environment={**outside, **controller}),
        commands.prepare(environment={**worker, **controller}),
        # One process less than a company has: who reads CloudTrail and IAM has workers of its own there.
        commands.worker("worker", queue="grants,reading", environment=worker),
        commands.worker("ends_worker", queue="ends", environment=worker),
        commands.receiver(environment={**outside, **environment.of_receiver(places, port=receiver_port)}),
        # It speaks to chats and to programs, not to AWS; and it holds the tables against the trail.
        commands.worker("notices_worker", queue="notices,audit", environment=web),
        commands.beat(schedule=places.beat_schedule, environment=web),
        # Alone in having the key and the guard.
        commands.sealer(environment={**web, **sealer}),
        commands.web(sockets=sockets, gate=gate.fileno, environment=web),
    ]
    return {command.name: command for command in every}


def _say(text: str) -> None:
    with suppress(OSError):  # Whoever started the demo may have stopped reading.
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310  Our own.
            return bool(answer.status == 200)  # noqa: PLR2004  OK.
    except (URLError, OSError):
        return False


def _how(name: str, code: int) -> str:
    how = f"was ended by signal {-code}" if code < 0 else f"ended by itself with {code}"
    return f"The process {name} {how}."
