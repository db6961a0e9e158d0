"""A second opinion on policies: the npm package @cloud-copilot/iam-simulate in a process of its own.

Its licence is the AGPL, so it is neither shipped nor linked: lines of JSON go in and out.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from portal.iam.evaluation import ASSUME_ROLE, Call, Decision
from portal.iam.principals import Context, Policy, Principal, Role
from portal.iam.truth import Unknown

HERE = Path(__file__).resolve().parent
NODE_MODULES = HERE / "node_modules"
LOCK = HERE / "package-lock.json"
DECISIONS = {
    "Allowed": Decision.ALLOWED,
    "ExplicitlyDenied": Decision.EXPLICIT_DENY,
    "ImplicitlyDenied": Decision.IMPLICIT_DENY,
}
LONGEST_INSTALLATION = 300


class IamSimulate:
    """The running process; safe to share between threads."""

    def __init__(self) -> None:
        command = ["node", str(HERE / "peer.mjs")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)
        self._turn = threading.Lock()

    def evaluate(self, principal: Principal, call: Call) -> Decision:
        """Return what it says to the principal's policies and permissions boundary."""
        return self.evaluate_all(principal, [call])[0]

    def evaluate_all(
        self, principal: Principal, calls: Sequence[Call], *, roles: Mapping[str, Role] | None = None
    ) -> list[Decision]:
        """Return what it says to each call; it is told the policies once. `roles`, by ARN, have a say in a switch to them."""
        known = roles or {}
        asked = [_call(principal, call, known.get(call.resource) if call.action == ASSUME_ROLE else None) for call in calls]
        identity, boundary = [_named(policy) for policy in principal.policies], _named(principal.boundary)
        return self._ask({"identity": identity, "boundary": boundary, "calls": asked})

    def assume_role(self, principal: Principal, role: Role, context: Context) -> Decision:
        """Return what it says to both sides of a switch to the role."""
        call = Call(action=ASSUME_ROLE, resource=role.arn, context=context)
        return self.evaluate_all(principal, [call], roles={role.arn: role})[0]

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, question: dict[str, Any]) -> list[Decision]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the process has no pipes")
        with self._turn:
            stdin.write(f"{json.dumps(question)}\n")
            stdin.flush()
            answer = json.loads(stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return [DECISIONS[result] for result in answer["results"]]


@pytest.fixture(scope="session")
def peer() -> Iterator[IamSimulate]:
    """Return the running process. Skips where node or npm is missing; in CI that is a failure."""
    if missing := [name for name in ("node", "npm") if not shutil.which(name)]:
        words = f"iam-simulate needs {' and '.join(missing)}"
        if os.environ.get("CI") == "true":
            pytest.fail(words)
        pytest.skip(words)
    _install()
    peer = IamSimulate()
    try:
        yield peer
    finally:
        peer.close()


def _install() -> None:
    """Install what the lock names, unless it is there. One at a time: pytest's workers share the folder."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    NODE_MODULES.mkdir(exist_ok=True)
    with (NODE_MODULES.parent / "package.json").open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        mark = NODE_MODULES / ".sekisho-lock"
        if not mark.exists() or mark.read_text() != digest:
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=HERE, check=True, timeout=LONGEST_INSTALLATION)
            mark.write_text(digest)


def _call(principal: Principal, call: Call, role: Role | None) -> dict[str, Any]:
    return {
        "principal": principal.arn,
        "action": call.action,
        "resource": call.resource,
        "account": role.account_id if role else principal.account_id,
        "context": {key: _told(value) for key, value in call.context.items()},
        "trust": _named(role.trust) if role else None,
    }


def _told(value: str | Sequence[str] | Unknown) -> str | list[str]:
    if isinstance(value, Unknown):
        raise TypeError("the package knows no unknown keys")
    return value if isinstance(value, str) else list(value)


def _named(policy: Policy | None) -> dict[str, Any] | None:
    return {"name": policy.name, "policy": dict(policy.document)} if policy else None
