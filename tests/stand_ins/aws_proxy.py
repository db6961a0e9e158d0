"""A proxy before the simulated AWS, for tests of what happens when AWS or its caller fails.

    with AwsProxy(upstream=aws.endpoint_url) as proxy:
        hold = proxy.hold("AddUserToGroup", after=True)   # AWS has done it, the caller doesn't know yet
        worker = start_worker(endpoint_url=proxy.url)
        hold.wait()
        worker.kill()

It counts and records each call, and can hold one before AWS sees it or after AWS did it, answer in AWS's stead, delay,
lose an answer, and serve old answers to reads. Each of these is for the next calls of an action (None: of any).
"""

import http.client
import json
import select
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import parse_qs, urlsplit

_POLL_SECONDS = 0.01
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
_READS = ("Get", "List", "Describe", "Simulate", "IsMember")


@dataclass(slots=True)
class Call:
    """One call as it came, signed with a key for a service; `status` is None until its caller was answered."""

    number: int
    action: str
    parameters: Mapping[str, str]
    key_id: str
    service: str
    status: int | None = None
    # By this machine's clock.
    came_at: float = field(default_factory=time.time)
    answered_at: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(slots=True)
class Rule:
    """What happens to the next `times` calls of an action (None: until `heal`), the first `skip` of them left alone."""

    action: str | None
    times: int | None = 1
    skip: int = 0

    def takes(self, call: Call) -> bool:
        if self.action not in (None, call.action) or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(slots=True)
class Refuse(Rule):
    status: int = 400
    code: str = "Throttling"
    message: str = "Rate exceeded"


@dataclass(slots=True)
class Delay(Rule):
    seconds: float = 0.0


@dataclass(slots=True)
class Hold(Rule):
    """Keeps its call waiting until `release`, or until the caller is gone."""

    after: bool = False
    _reached: threading.Event = field(default_factory=threading.Event)
    _released: threading.Event = field(default_factory=threading.Event)

    def wait(self, *, seconds: float = 20.0) -> None:
        """Return once a call is held. Raises AssertionError if none comes."""
        assert self._reached.wait(seconds), f"no call of {self.action or 'any action'} came within {seconds} s"

    def release(self) -> None:
        self._released.set()

    def keep(self, caller: socket.socket) -> bool:
        """Wait; return whether the caller still is there."""
        self._reached.set()
        while not self._released.wait(_POLL_SECONDS):
            if _is_gone(caller):
                return False
        return True


AnyRule = TypeVar("AnyRule", bound=Rule)


class AwsProxy:
    def __init__(self, *, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        self._rules: list[Rule] = []
        self._answers: dict[bytes, list[tuple[float, Answer]]] = {}
        self._lag: float | None = None
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.heal()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def calls(self) -> tuple[Call, ...]:
        with self._lock:
            return tuple(self._calls)

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(call.action for call in self.calls)

    def count(self, action: str | None = None) -> int:
        return sum(action in (None, call.action) for call in self.calls)

    def forget(self) -> None:
        """Count from nothing again."""
        with self._lock:
            self._calls.clear()

    def hold(self, action: str | None = None, *, nth: int = 1, after: bool = False) -> Hold:
        """Hold the n-th call from now on, before AWS sees it, or `after` AWS did it."""
        return self._add(Hold(action, skip=nth - 1, after=after))

    def lose_answer(self, action: str | None = None, *, times: int | None = 1) -> Hold:
        """Let AWS do it, and the caller wait until its own timeout."""
        return self._add(Hold(action, times=times, after=True))

    def refuse(self, action: str | None = None, *, status: int = 400, code: str = "Throttling", times: int | None = 1) -> Refuse:
        """Answer in AWS's stead, which never sees the call."""
        return self._add(Refuse(action, times=times, status=status, code=code, message=f"{code}, says the proxy"))

    def delay(self, action: str | None = None, *, seconds: float, times: int | None = None) -> Delay:
        return self._add(Delay(action, times=times, seconds=seconds))

    def lag_reads(self, *, seconds: float) -> None:
        """Answer reads as they were answered `seconds` ago; with the oldest answer known where none is as old."""
        with self._lock:
            self._lag = seconds

    def heal(self) -> None:
        """Let what is held go on, and everything be as without a proxy."""
        with self._lock:
            rules, self._rules, self._lag = self._rules, [], None
        for rule in rules:
            if isinstance(rule, Hold):
                rule.release()

    # What a handler asks

    def note(self, *, action: str, parameters: Mapping[str, str], signature: str) -> tuple[Call, list[Rule]]:
        """Record a call and return it with what shall happen to it."""
        key_id, service = _signed_with(signature)
        with self._lock:
            call = Call(len(self._calls) + 1, action, parameters, key_id, service)
            self._calls.append(call)
            return call, [rule for rule in self._rules if rule.takes(call)]

    def forward(self, *, method: str, path: str, headers: list[tuple[str, str]], body: bytes, is_read: bool) -> Answer:
        if is_read and (old := self._old_answer(body)):
            return old
        answer = self._ask_aws(method, path, headers, body)
        if is_read:
            with self._lock:
                self._answers.setdefault(body, []).append((time.monotonic(), answer))
        return answer

    def _ask_aws(self, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
        connection = http.client.HTTPConnection(*self._upstream)
        try:
            # The caller's own Host stays: it is part of what was signed.
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, tuple(response.getheaders()), response.read())
        finally:
            connection.close()

    def _old_answer(self, question: bytes) -> Answer | None:
        with self._lock:
            answers = self._answers.get(question)
            if self._lag is None or not answers:
                return None
            limit = time.monotonic() - self._lag
            old_enough = [answer for at, answer in answers if at <= limit]
            return old_enough[-1] if old_enough else answers[0][1]

    def _add(self, rule: AnyRule) -> AnyRule:
        with self._lock:
            self._rules.append(rule)
        return rule


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, proxy: AwsProxy) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.proxy = proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of callers that went away in the middle."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes; the second would wait for the first one's delayed acknowledgement.
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        signature = self.headers.get("Authorization", "")
        action, parameters = _parsed(self.headers.get("X-Amz-Target"), body) if not _is_rest(self) else (_of_path(self), {})
        call, rules = self.server.proxy.note(action=action, parameters=parameters, signature=signature)
        answer = self._answer(action, body, rules)
        if answer is None:
            self.close_connection = True
        else:
            call.status, call.answered_at = answer.status, time.time()
            self._send(answer)

    def _answer(self, action: str, body: bytes, rules: list[Rule]) -> Answer | None:
        """Return what the caller gets, None if it is gone."""
        for rule in rules:
            if isinstance(rule, Delay):
                time.sleep(rule.seconds)
            elif isinstance(rule, Refuse):
                return _refusal(rule, is_json="X-Amz-Target" in self.headers or _is_rest(self))
            elif isinstance(rule, Hold) and not rule.after and not rule.keep(self.connection):
                return None
        answer = self.server.proxy.forward(
            method=self.command,
            path=self.path,
            headers=self.headers.items(),
            body=body,
            is_read=action.startswith(_READS),
        )
        late = (rule for rule in rules if isinstance(rule, Hold) and rule.after)
        return answer if all(rule.keep(self.connection) for rule in late) else None

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing: calls are recorded."""


def _parsed(target: str | None, body: bytes) -> tuple[str, dict[str, str]]:
    if target is not None:
        return target.rpartition(".")[2], json.loads(body or b"{}")
    parameters = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
    return parameters.pop("Action", ""), parameters


def _is_rest(handler: BaseHTTPRequestHandler) -> bool:
    """Whether a call says by its path what it is: S3's, and those of younger services."""
    return handler.command == "GET" or urlsplit(handler.path).path not in ("", "/")


def _of_path(handler: BaseHTTPRequestHandler) -> str:
    """Return what a call asks for, as policies name it."""
    asked = urlsplit(handler.path)
    if handler.command == "GET":
        return "ListBucket" if "list-type" in asked.query else "GetObject"
    name = asked.path.rpartition("/")[2]
    return name[:1].upper() + name[1:]


def _signed_with(signature: str) -> tuple[str, str]:
    """Return key id and service of …Credential=KEY/DATE/REGION/SERVICE/aws4_request, … ; nothing of a call that is not signed."""
    _, found, scope = signature.partition("Credential=")
    if not found:
        return "", ""
    key_id, _date, _region, service, *_ = scope.split("/")
    return key_id, service


def _refusal(rule: Refuse, *, is_json: bool) -> Answer:
    if is_json:
        body = json.dumps({"__type": rule.code, "message": rule.message})
        return Answer(rule.status, (("Content-Type", "application/x-amz-json-1.1"),), body.encode())
    error = f"<Error><Type>Sender</Type><Code>{rule.code}</Code><Message>{rule.message}</Message></Error>"
    return Answer(rule.status, (("Content-Type", "text/xml"),), f"<ErrorResponse>{error}</ErrorResponse>".encode())


def _is_gone(caller: socket.socket) -> bool:
    readable, _, _ = select.select([caller], [], [], 0)
    try:
        return bool(readable) and not caller.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
