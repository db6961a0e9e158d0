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

from portal.iam.evaluation import ASSUME_ROLE, Decision
from portal.iam.principals import Call, Called, Context, Level, Levels, Policy, Principal, Role
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
# AWS attaches it at each level, and nobody can take it off.
RCP_FULL_ACCESS = Policy(
    name="RCPFullAWSAccess",
    document={
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
    },
)


class IamSimulate:
    """The running process; safe to share between threads."""

    def __init__(self) -> None:
        command = ["node", str(HERE / "peer.mjs")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)
        self._turn = threading.Lock()

    def evaluate(self, principal: Principal, call: Call, called: Called | None = None) -> Decision:
        """Return what it says to the principal's policies and what limits them, and to the policy of what is called."""
        return self._evaluated(principal, [_call(principal, call, called)], rcps=called.rcps if called else ())[0]

    def evaluate_all(
        self, principal: Principal, calls: Sequence[Call], *, roles: Mapping[str, Role] | None = None
    ) -> list[Decision]:
        """Return what it says to each call; it is told the policies once. `roles`, by ARN, have a say in a switch to them."""
        known = roles or {}
        asked_of = [known.get(call.resource) if call.action == ASSUME_ROLE else None for call in calls]
        asked = [_call(principal, call, role.called if role else None) for call, role in zip(calls, asked_of, strict=True)]
        rcps = next((role.rcps for role in asked_of if role), ())
        return self._evaluated(principal, asked, rcps=rcps)

    def assume_role(self, principal: Principal, role: Role, context: Context) -> Decision:
        """Return what it says to both sides of a switch to the role."""
        call = Call(action=ASSUME_ROLE, resource=role.arn, context=context)
        return self.evaluate_all(principal, [call], roles={role.arn: role})[0]

    def _evaluated(self, principal: Principal, calls: list[dict[str, Any]], *, rcps: Levels) -> list[Decision]:
        return self._ask(
            {
                "identity": [_named(policy) for policy in principal.policies],
                "boundary": _named(principal.boundary),
                "session": _named(_together(principal.session_policies)),
                "scps": [_level(level) for level in principal.scps],
                "rcps": [_level(level, granted=RCP_FULL_ACCESS) for level in rcps],
                "calls": calls,
            }
        )

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


def _together(policies: tuple[Policy, ...] | None) -> Policy | None:
    """Return session policies as the one that the package takes."""
    if policies is None:
        return None
    bodies = [body for policy in policies for body in _listed(policy.document["Statement"])]
    return Policy(name="session", document={"Version": "2012-10-17", "Statement": bodies})


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _level(level: Level, *, granted: Policy | None = None) -> dict[str, Any]:
    policies = (*([granted] if granted else []), *level.policies)
    return {"name": level.name, "policies": [_named(policy) for policy in policies]}


def _call(principal: Principal, call: Call, called: Called | None) -> dict[str, Any]:
    return {
        "principal": principal.arn,
        "action": call.action,
        "resource": call.resource,
        "account": called.account_id if called else principal.account_id,
        "context": {key: _told(value) for key, value in call.context.items()},
        "policy": _named(called.policy) if called and called.policy.document["Statement"] else None,
    }


def _told(value: str | Sequence[str] | Unknown) -> str | list[str]:
    if isinstance(value, Unknown):
        raise TypeError("the package knows no unknown keys")
    return value if isinstance(value, str) else list(value)


def _named(policy: Policy | None) -> dict[str, Any] | None:
    return {"name": policy.name, "policy": dict(policy.document)} if policy else None
