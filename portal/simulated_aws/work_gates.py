"""What the portal needs in an account with work roles: its role there, and the boundary that keeps hands off the gates."""

import json
from pathlib import Path

from portal.iam.session_gate import SESSION_GATE_NAME, session_gate
from portal.simulated_aws.guard_rails import document
from portal.simulated_aws.world import ManagedPolicy, Role

GATE_ROLE = "SekishoGateRole"
BOUNDARY = "SekishoWorkRoleBoundary"
AT_REST = {SESSION_GATE_NAME: session_gate()}

_PATH = "/sekisho/"
_FOLDER = Path(__file__).parent.parent / "aws" / "policies"
_FILES = {"SekishoGate": "portal-gate.json", BOUNDARY: "work-role-boundary.json"}


def policies() -> tuple[ManagedPolicy, ...]:
    """Return the portal's own policy and the boundary of work roles, as the files that administrators are given."""
    return tuple(
        ManagedPolicy(name=name, path=_PATH, document=json.loads((_FOLDER / file).read_text())) for name, file in _FILES.items()
    )


def boundary_arn(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:policy{_PATH}{BOUNDARY}"


def gate_role(account_id: str, *, portal: list[str]) -> Role:
    """Return the role by which the portal writes gates; a program has no MFA device."""
    trust = document({"Effect": "Allow", "Principal": {"AWS": portal}, "Action": "sts:AssumeRole"})
    return Role(name=GATE_ROLE, path=_PATH, trust=trust, managed=(f"arn:aws:iam::{account_id}:policy{_PATH}SekishoGate",))
