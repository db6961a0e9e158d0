"""Whether a call is allowed, and AWS's words where it is not."""

import dataclasses

from portal.iam.evaluation import Answer, Decision, evaluate, evaluate_assume_role
from portal.iam.principals import Call, Principal, Role
from portal.simulated_aws import conditions, identities, key_policies, resources
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.conditions import Context
from portal.simulated_aws.errors import AccessDenied, InvalidClientTokenId
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.sessions import UserSession

# Answered to whoever has a key. AssumeRole is asked where the role is known: both sides have a say.
_NOT_ASKED = {"sts:GetCallerIdentity", "sts:GetSessionToken", "sts:AssumeRole"}


def check(asked: Asked, envelope: Envelope) -> None:
    """Raise AccessDenied unless the caller's policies allow the call."""
    if asked.name in _NOT_ASKED:
        return
    _refuse_unproved(asked)
    principal = identities.principal_of(asked.caller, asked.iam)
    context = conditions.of_call(asked, envelope)
    for resource in resources.of(asked):
        _check(principal, Call(action=asked.name, resource=resource, context=context))


def check_pass_role(asked: Asked, envelope: Envelope, *, role_arn: str, service: str) -> None:
    """Raise AccessDenied unless the caller may have the service act in the role."""
    principal = identities.principal_of(asked.caller, asked.iam)
    keys = {**conditions.of_caller(asked.caller, envelope), "iam:PassedToService": service}
    _check(principal, Call(action="iam:PassRole", resource=role_arn, context=keys))


def check_action(asked: Asked, envelope: Envelope, *, action: str, resource: str, keys: Context | None = None) -> None:
    """Raise AccessDenied unless the caller may do it: what this AWS does not carry out, or asks for by another name.

    `keys` are the condition keys that the call has besides those of every call.
    """
    principal = identities.principal_of(asked.caller, asked.iam)
    context = {**conditions.of_action(asked, envelope), **(keys or {})}
    _check(principal, Call(action=action, resource=resource, context=context))


def _check(principal: Principal, call: Call) -> None:
    answer = evaluate(principal, call, key_policies.of(principal, call))
    if not answer.allowed:
        raise AccessDenied(_refusal(principal, call.resource, call.action, _reason(principal, call, answer)))


def _refuse_unproved(asked: Asked) -> None:
    """A user's temporary credentials are good for IAM only where MFA began them."""
    session = asked.caller.session
    if asked.service == "iam" and isinstance(session, UserSession) and not session.mfa:
        raise InvalidClientTokenId


def check_switch(principal: Principal, role: Role, context: Context) -> None:
    """Raise AccessDenied unless the caller's policies allow to take on the role, and the role trusts the caller."""
    answer = evaluate_assume_role(principal, role, context)
    if answer.allowed:
        return
    call = Call(action="sts:AssumeRole", resource=role.arn, context=context)
    own = evaluate(principal, call)
    reason = _reason_of_trust(answer) if own.allowed else _reason(principal, call, own)
    raise AccessDenied(_refusal(principal, call.resource, "sts:AssumeRole", reason))


def no_such_role(principal: Principal, arn: str) -> AccessDenied:
    """Return the refusal of a role that isn't there: AWS doesn't tell it from one that trusts others."""
    return AccessDenied(_refusal(principal, arn, "sts:AssumeRole", ""))


def _refusal(principal: Principal, resource: str, action: str, reason: str) -> str:
    return f"User: {principal.arn} is not authorized to perform: {action} on resource: {resource}{reason}"


def _reason(principal: Principal, call: Call, answer: Answer) -> str:
    if answer.decision is Decision.UNKNOWN:
        return _unknown(answer)
    boundary = principal.boundary
    if answer.decision is Decision.EXPLICIT_DENY:
        is_boundary = boundary is not None and boundary.name == answer.policy
        return f" with an explicit deny in {'a permissions boundary' if is_boundary else 'an identity-based policy'}"
    # Without the boundary, would it be allowed?
    is_boundary = boundary is not None and _would_be_allowed(dataclasses.replace(principal, boundary=None), call)
    return f" because no {'permissions boundary' if is_boundary else 'identity-based policy'} allows the {call.action} action"


def _would_be_allowed(principal: Principal, call: Call) -> bool:
    return evaluate(principal, call, key_policies.of(principal, call)).allowed


def _reason_of_trust(answer: Answer) -> str:
    if answer.decision is Decision.UNKNOWN:
        return _unknown(answer)
    return " with an explicit deny in a resource-based policy" if answer.decision is Decision.EXPLICIT_DENY else ""


def _unknown(answer: Answer) -> str:
    return f" because the simulated AWS cannot evaluate it: {'; '.join(answer.unknown)}"
