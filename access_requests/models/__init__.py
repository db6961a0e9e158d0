"""Rows and constraints. Verbs are in services, reads that join in selectors."""

from access_requests.models.binding import IamUserBinding, IdentityCenterBinding
from access_requests.models.catalogue import (
    AccountKind,
    ApprovalLevel,
    ApprovalPolicy,
    AwsAccount,
    DriftAnswer,
    RoleLevel,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from access_requests.models.client import ApiClient, ClientKind, IdempotentAnswer, KeptIn, PersonalToken
from access_requests.models.drift import (
    DRIFT_OF_ANOTHER_USER,
    DRIFT_OF_ELEVATION,
    DRIFT_OF_SWITCH,
    Drift,
    DriftKind,
    Reconciliation,
)
from access_requests.models.elevation import Elevation, PersonLease
from access_requests.models.execution import AutomationExecution
from access_requests.models.gate import RoleGate
from access_requests.models.health import BackendHealth
from access_requests.models.request import AccessRequest, Decision, RequestedGroup, Verdict

__all__ = [
    "DRIFT_OF_ANOTHER_USER",
    "DRIFT_OF_ELEVATION",
    "DRIFT_OF_SWITCH",
    "AccessRequest",
    "AccountKind",
    "ApiClient",
    "ApprovalLevel",
    "ApprovalPolicy",
    "AutomationExecution",
    "AwsAccount",
    "BackendHealth",
    "ClientKind",
    "Decision",
    "Drift",
    "DriftAnswer",
    "DriftKind",
    "Elevation",
    "IamUserBinding",
    "IdempotentAnswer",
    "IdentityCenterBinding",
    "KeptIn",
    "PersonLease",
    "PersonalToken",
    "Reconciliation",
    "RequestedGroup",
    "RoleGate",
    "RoleLevel",
    "StandingGroup",
    "TargetRole",
    "Verdict",
    "WorkGroup",
]
