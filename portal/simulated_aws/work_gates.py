"""What the portal needs in an account with work roles: its role there, and the boundary that keeps hands off the gates."""

import json
from pathlib import Path

from portal.iam.session_gate import SESSION_GATE_NAME, session_gate
from portal.simulated_aws.guard_rails import allow, deny, document
from portal.simulated_aws.world import Document, ManagedPolicy, Role

GATE_ROLE = "SekishoGateRole"
BOUNDARY = "SekishoWorkRoleBoundary"
AT_REST = {SESSION_GATE_NAME: session_gate()}

_PATH = "/sekisho/"
_GATE_POLICY_FILE = Path(__file__).parent.parent / "aws" / "policies" / "portal-gate.json"
_WRITES_ON_ROLES = (
    *("iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy"),
    *("iam:UpdateRole*", "iam:DeleteRole*"),
)
# Whoever signs in by one of these is not ended with the session that made it.
_WAYS_IN = (
    *("iam:CreateUser", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
    *("iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential", "iam:UploadSSHPublicKey"),
    *("iam:UploadSigningCertificate", "iam:CreateSAMLProvider", "iam:UpdateSAMLProvider", "iam:CreateOpenIDConnectProvider"),
    *("iam:UpdateOpenIDConnectProviderThumbprint", "iam:AddClientIDToOpenIDConnectProvider", "iam:UpdateAssumeRolePolicy"),
    *("iam:AddUserToGroup", "iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:AttachGroupPolicy", "iam:PutGroupPolicy"),
)
_BOUNDARIES = (
    *("iam:PutUserPermissionsBoundary", "iam:DeleteUserPermissionsBoundary"),
    *("iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"),
)
_LOGS = (
    *("cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"),
    *("config:Delete*", "config:Stop*"),
)
_WRITES_ON_POLICIES = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy*")


def policies(account_id: str, *, work_roles: str) -> tuple[ManagedPolicy, ...]:
    """Return the portal's own policy and the boundary of work roles, whose names have a pattern."""
    gate = ManagedPolicy(name="SekishoGate", path=_PATH, document=json.loads(_GATE_POLICY_FILE.read_text()))
    return gate, ManagedPolicy(name=BOUNDARY, path=_PATH, document=_boundary(account_id, work_roles))


def boundary_arn(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:policy{_PATH}{BOUNDARY}"


def gate_role(account_id: str, *, portal: list[str]) -> Role:
    """Return the role by which the portal writes gates; a program has no MFA device."""
    trust = document({"Effect": "Allow", "Principal": {"AWS": portal}, "Action": "sts:AssumeRole"})
    return Role(name=GATE_ROLE, path=_PATH, trust=trust, managed=(f"arn:aws:iam::{account_id}:policy{_PATH}SekishoGate",))


def _boundary(account_id: str, work_roles: str) -> Document:
    """Whatever a work role's policies allow: no next role, no other way in, no hand on what ends its sessions or logs them."""
    iam = f"arn:aws:iam::{account_id}"
    unbounded = {"StringNotEquals": {"iam:PermissionsBoundary": boundary_arn(account_id)}}
    return document(
        allow("*"),
        deny("sts:AssumeRole"),
        deny(_WRITES_ON_ROLES, [f"{iam}:role/{work_roles}", f"{iam}:role{_PATH}{GATE_ROLE}"]),
        deny(_WRITES_ON_POLICIES, f"{iam}:policy{_PATH}*"),
        deny((*_WAYS_IN, *_BOUNDARIES, *_LOGS)),
        # Also where the role has no boundary at all: then there is no such key, and it equals nothing.
        deny(("iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"), Condition=unbounded),
    )
