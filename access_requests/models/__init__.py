"""Rows and constraints. Verbs are in services, reads that join in selectors."""

from access_requests.models.abilities import RoleAbilities
from access_requests.models.baseline import Baseline, BaselineKind
from access_requests.models.binding import Binding, BindingKind, IamUserBinding, IdentityCenterBinding
from access_requests.models.catalogue import (
    MADE_BY_ORGANIZATIONS,
    AccountKind,
    ApprovalLevel,
    ApprovalPolicy,
    AwsAccount,
    DriftAnswer,
    InspectionPlan,
    RoleLevel,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from access_requests.models.chat import LinkCode, ReceivedSignature, SlackCard, WrongCode
from access_requests.models.client import ApiClient, ClientKind, KeptIn, PersonalToken
from access_requests.models.drift import (
    DRIFT_FROM_BASELINE,
    DRIFT_OF_ANOTHER_USER,
    DRIFT_OF_ELEVATION,
    DRIFT_OF_MEMBERS,
    DRIFT_OF_SWITCH,
    ComparisonAsked,
    Drift,
    DriftKind,
    Reconciliation,
)
from access_requests.models.elevation import NOT_GRANTED, Elevation, PersonLease
from access_requests.models.execution import AutomationExecution
from access_requests.models.gate import RoleGate
from access_requests.models.health import BackendHealth
from access_requests.models.notice import Delivery, DeliveryStatus, NoticeCursor
from access_requests.models.request import AccessRequest, Decision, RequestedGroup, Verdict
from access_requests.models.scim import ScimGroup, ScimToken, ScimUser
from access_requests.models.webhook import DisabledBecause, WebhookEndpoint

__all__ = [
    "DRIFT_FROM_BASELINE",
    "DRIFT_OF_ANOTHER_USER",
    "DRIFT_OF_ELEVATION",
    "DRIFT_OF_MEMBERS",
    "DRIFT_OF_SWITCH",
    "MADE_BY_ORGANIZATIONS",
    "NOT_GRANTED",
    "AccessRequest",
    "AccountKind",
    "ApiClient",
    "ApprovalLevel",
    "ApprovalPolicy",
    "AutomationExecution",
    "AwsAccount",
    "BackendHealth",
    "Baseline",
    "BaselineKind",
    "Binding",
    "BindingKind",
    "ClientKind",
    "ComparisonAsked",
    "Decision",
    "Delivery",
    "DeliveryStatus",
    "DisabledBecause",
    "Drift",
    "DriftAnswer",
    "DriftKind",
    "Elevation",
    "IamUserBinding",
    "IdentityCenterBinding",
    "InspectionPlan",
    "KeptIn",
    "LinkCode",
    "NoticeCursor",
    "PersonLease",
    "PersonalToken",
    "ReceivedSignature",
    "Reconciliation",
    "RequestedGroup",
    "RoleAbilities",
    "RoleGate",
    "RoleLevel",
    "ScimGroup",
    "ScimToken",
    "ScimUser",
    "SlackCard",
    "StandingGroup",
    "TargetRole",
    "Verdict",
    "WebhookEndpoint",
    "WorkGroup",
    "WrongCode",
]
