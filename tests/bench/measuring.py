"""Calls of two servers in turns, and what comes of them."""

import http.client
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

REQUESTS = int(os.environ.get("BENCH_REQUESTS", "100000"))
CALLS = int(os.environ.get("BENCH_CALLS", "200"))
WARM_UP = 10
Call = Callable[[], object]


@dataclass(frozen=True)
class Server:
    """A server on this machine, over one connection that stays open, as somebody with these headers."""

    connection: http.client.HTTPConnection
    headers: Mapping[str, str] = field(default_factory=dict)

    def calls_as(self, headers: Mapping[str, str]) -> "Server":
        return Server(self.connection, headers)

    def get(self, path: str) -> bytes:
        return self._call("GET", path, None, {})

    def post(self, path: str, body: object, **headers: str) -> bytes:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._call("POST", path, json.dumps(body), {"Content-Type": "application/json", **sent})

    def _call(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> bytes:
        self.connection.request(method, path, body, {**self.headers, **headers})
        response = self.connection.getresponse()
        answer = response.read()
        assert response.status in (200, 201), (method, path, response.status, answer[:500])
        return answer


def in_turns(ours: Call, floor: Call, *, calls: int = CALLS, warm_up: int = WARM_UP) -> tuple[list[float], list[float]]:
    """Return the seconds that each call took, ours and the floor's."""
    for _ in range(warm_up):
        ours(), floor()
    pairs = [(seconds(ours), seconds(floor)) for _ in range(calls)]
    return [mine for mine, _ in pairs], [bare for _, bare in pairs]


def seconds(call: Call) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def p95(values: list[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


def report_p50(name: str, ours: list[float], floor: list[float], *, against: str, target: float) -> None:
    report(name, median(ours), median(floor), against=f"p50 of {against}", target=target)


def report(name: str, ours: float, floor: float, *, against: str, target: float) -> None:
    """Print one result: milliseconds, and how many times the floor they are."""
    _print(name, ours, floor, ratio=ours / floor, against=against, target=target, met=ours <= target * floor)


def report_speed(name: str, ours: float, floor: float, *, against: str, target: float) -> None:
    """Print one result: milliseconds, and how fast that is, as a part of the floor's speed."""
    _print(name, ours, floor, ratio=floor / ours, against=against, target=target, met=floor >= target * ours)


def _print(name: str, ours: float, floor: float, *, ratio: float, against: str, target: float, met: bool) -> None:
    said = {"name": name, "value": round(ours * 1000, 2), "unit": "ms", "ratio": round(ratio, 2)}
    said |= {"against": f"{against}: {floor * 1000:.2f} ms", "target": target, "met": met}
    _say(said)


def _say(said: Mapping[str, object]) -> None:
    line = json.dumps(said) + "\n"
    if "BENCH_FD" in os.environ:
        os.write(int(os.environ["BENCH_FD"]), line.encode())
    else:
        sys.stdout.write(line)


def report_bounded(name: str, value: float, *, unit: str, of: str, most: float | None) -> None:
    """Print one result that is to stay below a bound; without one it is only told."""
    said = {"name": name, "value": round(value, 2), "unit": unit, "ratio": round(value / most, 2) if most else None}
    _say(said | {"against": of, "target": most, "met": most is None or value <= most})
