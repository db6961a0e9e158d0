"""Putting right what is drift about groups and roles: session gates, and policies that nobody declared.

Each verb adds its calls, and returns whether there was still something to write. Raises BackendError.
"""

from access_requests.evaluation import NO_GATE_ROLE
from access_requests.models import Drift, TargetRole
from access_requests.services.drift.looking import client_of
from access_requests.services.elevations import gates
from portal.aws.calls import AwsClient, Call
from portal.aws.errors import BackendRefused
from portal.iam.session_gate import SESSION_GATE_NAME


def write_gate(drift: Drift, calls: list[Call]) -> bool:
    gates.rewrite(_role(drift), calls)
    return True


def take_off_group(drift: Drift, calls: list[Call]) -> bool:
    return _take_off(client_of(""), "group", drift, calls)


def take_off_role(drift: Drift, calls: list[Call]) -> bool:
    if drift.name == SESSION_GATE_NAME:
        raise BackendRefused("session_gate")
    return _take_off(client_of(_role(drift).account.gate_role_arn), "role", drift, calls)


def _take_off(aws: AwsClient, what: str, drift: Drift, calls: list[Call]) -> bool:
    """Delete an inline policy, detach a managed one. The document stays in the drift's detail."""
    aws.calls = calls
    who = {f"{what.title()}Name": drift.thing}
    if drift.name.startswith("arn:"):
        aws.unless_missing(f"detach_{what}_policy", **who, PolicyArn=drift.name)
    else:
        aws.unless_missing(f"delete_{what}_policy", **who, PolicyName=drift.name)
    return True


def _role(drift: Drift) -> TargetRole:
    role = gates.gateable().filter(account__key=drift.account, name=drift.thing).first()
    if role is None:
        raise BackendRefused(NO_GATE_ROLE)
    return role
