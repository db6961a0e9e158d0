"""SimulatePrincipalPolicy and SimulateCustomPolicy: what identity policies say to calls that nobody makes.

As on AWS, no trust policy is looked at, and of condition keys only those that are given are known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import IAMBackend
from moto.iam.policy_validation import IAMPolicyDocumentValidator

from portal.iam.evaluation import Answer, Decision, evaluate
from portal.iam.principals import Call, Context, Policy, Principal
from portal.simulated_aws import identities, key_policies, paging
from portal.simulated_aws.errors import InvalidInput, NoSuchEntity, NotSimulated, ValidationError

Parameters = Mapping[str, Any]
# What AWS does not know it denies.
_WORDS = {Decision.ALLOWED: "allowed", Decision.EXPLICIT_DENY: "explicitDeny"}
_NOT_SIMULATED = ("ResourcePolicy", "ResourceOwner", "ResourceHandlingOption", "PolicyExclusionList")
_DEFAULT = 100


def of_principal(iam: IAMBackend, parameters: Parameters) -> dict[str, Any]:
    """Simulate for a user, a group or a role of the account, with further policies if such are given."""
    principal = _source(iam, parameters["PolicySourceArn"])
    more = _given(parameters.get("PolicyInputList", ()), "PolicyInputList")
    return _results(replace(principal, policies=(*principal.policies, *more)), parameters)


def of_policies(account_id: str, parameters: Parameters) -> dict[str, Any]:
    """Simulate for nobody in particular, who has the given policies."""
    policies = tuple(_given(parameters["PolicyInputList"], "PolicyInputList"))
    arn = parameters.get("CallerArn", f"arn:aws:iam::{account_id}:root")
    return _results(Principal(arn=arn, account_id=account_id, policies=policies), parameters)


def _source(iam: IAMBackend, arn: str) -> Principal:
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    name = rest.rpartition("/")[2]
    try:
        match kind:
            case "user":
                return identities.user(iam.get_user(name), iam)
            case "group":
                return identities.group(iam.get_group(name), iam)
            case "role":
                return identities.role(iam.get_role_by_arn(arn), iam).session("simulated")
    except ServiceException as error:
        raise NoSuchEntity(f"{arn} does not exist.") from error
    raise InvalidInput(f"Invalid Entity Arn: {arn} does not clearly define entity type and name.")


def _given(documents: Sequence[str], name: str) -> Iterator[Policy]:
    for number, text in enumerate(documents, 1):
        IAMPolicyDocumentValidator(text).validate()
        yield Policy(name=f"{name}.{number}", document=identities.decoded(text))


def _results(principal: Principal, parameters: Parameters) -> dict[str, Any]:
    for name in _NOT_SIMULATED:
        if name in parameters:
            raise NotSimulated(f"{name} of a simulation is not simulated")
    for boundary in _given(parameters.get("PermissionsBoundaryPolicyInputList", ())[:1], "PermissionsBoundaryPolicyInputList"):
        principal = replace(principal, boundary=boundary)
    context, resources = _context(parameters.get("ContextEntries", ())), parameters.get("ResourceArns") or ["*"]
    calls = [
        Call(action=action, resource=resource, context=context) for action in parameters["ActionNames"] for resource in resources
    ]
    size, refusal = int(parameters.get("MaxItems", _DEFAULT)), ValidationError("Invalid Marker.")
    page, marker = paging.cut(calls, marker=parameters.get("Marker"), size=size, refusal=refusal)
    results = {"EvaluationResults": [_result(principal, call) for call in page], "IsTruncated": marker is not None}
    return {**results, **({"Marker": marker} if marker else {})}


def _context(entries: Sequence[Mapping[str, Any]]) -> Context:
    """Return the given keys; a list stays one, whatever its length."""
    values = {entry["ContextKeyName"]: entry["ContextKeyValues"] for entry in entries}
    lists = {entry["ContextKeyName"] for entry in entries if entry["ContextKeyType"].endswith("List")}
    return {name: given if name in lists else given[0] for name, given in values.items() if given}


def _result(principal: Principal, call: Call) -> dict[str, Any]:
    answer = evaluate(principal, call, key_policies.of(principal, call))
    result: dict[str, Any] = {
        "EvalActionName": call.action,
        "EvalResourceName": call.resource,
        "EvalDecision": _WORDS.get(answer.decision, "implicitDeny"),
        "MatchedStatements": list(_matched(answer)),
        "MissingContextValues": _missing(principal, call.context),
    }
    if principal.boundary is not None:
        by_boundary = evaluate(
            replace(principal, policies=(principal.boundary,), boundary=None), call, key_policies.of(principal, call)
        )
        result["PermissionsBoundaryDecisionDetail"] = {"AllowedByPermissionsBoundary": by_boundary.allowed}
    return result


def _matched(answer: Answer) -> Iterator[dict[str, Any]]:
    """Yield the statement that decided; AWS lists all that matched."""
    if answer.policy:
        yield {"SourcePolicyId": answer.policy, "SourcePolicyType": "IAM Policy"}


def _missing(principal: Principal, context: Context) -> list[str]:
    """Return the condition keys that the policies ask for, and were not given."""
    known = {key.lower() for key in context}
    policies = [*principal.policies, *([principal.boundary] if principal.boundary else [])]
    asked = {key.lower(): key for policy in policies for key in _keys(policy)}
    return sorted(asked[key] for key in asked.keys() - known)


def _keys(policy: Policy) -> Iterator[str]:
    statements = policy.document.get("Statement", ())
    for statement in statements if isinstance(statements, list) else [statements]:
        for keys in statement.get("Condition", {}).values():
            yield from keys
