"""What an account with work roles has besides them: the portal's role there, CloudFormation's, and the boundaries of them all."""

import json
from pathlib import Path

from portal.iam import boundaries
from portal.iam.session_gate import SESSION_GATE_NAME, session_gate
from portal.simulated_aws.guard_rails import allow, document
from portal.simulated_aws.world import ManagedPolicy, Role

GATE_ROLE = "SekishoGateRole"
AT_REST = {SESSION_GATE_NAME: session_gate()}

_GATE_POLICY = "SekishoGate"
_GATE_FILE = Path(__file__).parent.parent / "aws" / "policies" / "portal-gate.json"


def policies(account_id: str) -> tuple[ManagedPolicy, ...]:
    """Return the portal's own policy, as the file that administrators are given, and the four boundaries."""
    own = ManagedPolicy(name=_GATE_POLICY, path=boundaries.PATH, document=json.loads(_GATE_FILE.read_text()))
    bounds = [ManagedPolicy(name=name, path=boundaries.PATH, document=of(account_id)) for name, of in boundaries.BY_NAME.items()]
    return (own, *bounds)


def gate_role(account_id: str, *, portal: list[str]) -> Role:
    """Return the role by which the portal writes gates; a program has no MFA device."""
    trust = document({"Effect": "Allow", "Principal": {"AWS": portal}, "Action": "sts:AssumeRole"})
    return Role(name=GATE_ROLE, path=boundaries.PATH, trust=trust, managed=(boundaries.arn(account_id, _GATE_POLICY),))


def deploy_role(account_id: str) -> Role:
    """Return the role that CloudFormation deploys in: everything, within its boundary."""
    service = {"Service": "cloudformation.amazonaws.com"}
    return Role(
        name=boundaries.DEPLOY_ROLE,
        path=boundaries.PATH,
        trust=document({"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}),
        inline={"Deploy": document(allow("*"))},
        boundary=boundaries.arn(account_id, boundaries.DEPLOY),
    )
