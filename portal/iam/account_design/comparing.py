"""What AWS has otherwise than the templates say. What the portal writes is no difference: members, and what a gate says."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.iam.account import Account, AccountRole, Carrier
from portal.iam.account_design.resources import Resources
from portal.iam.session_gate import SESSION_GATE_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`parameter` is what calls that make such a difference name it by, `events` are their names."""

    thing: str
    what: str
    parameter: str
    events: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Wanted:
    """A role or a group as the template has it, with what is put on it."""

    name: str
    path: str
    attached: frozenset[str]
    inline: dict[str, Any]
    trust: Any = None
    boundary: str | None = None
    is_conditional: bool = False


def sessions(resources: Resources) -> dict[str, int]:
    """Return how long a session may last at the most, by role, where the template says so."""
    roles = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::IAM::Role"]
    return {role["RoleName"]: role["MaxSessionDuration"] for role in roles if "MaxSessionDuration" in role}


def of_sessions(wanted: Mapping[str, int], found: Mapping[str, int]) -> Iterator[Difference]:
    """Yield the roles whose sessions may last longer or shorter than wanted. A role that is not there is told of elsewhere."""
    for name, seconds in wanted.items():
        if found.get(name, seconds) != seconds:
            what = f"lets sessions last {found[name]} seconds, not {seconds}"
            yield Difference(thing=name, what=what, parameter="roleName", events=("UpdateRole", "CreateRole"))


def differences(resources: Resources, account: Account) -> Iterator[Difference]:
    """Yield what is missing, is another one, or is there besides. Of the account's other things nothing is said.

    What a template makes under a condition alone is compared where it is there.
    """
    arns = {name: _arn(account, each) for name, each in resources.items() if each["Type"] == "AWS::IAM::ManagedPolicy"}
    for name, arn in arns.items():
        yield from _of_policy(arn, resources[name]["Properties"]["PolicyDocument"], account)
    for wanted in _holders(resources, arns, "Role"):
        found = account.role_details(wanted.name)
        if found or not wanted.is_conditional:
            yield from _of_role(wanted, found)
    for wanted in _holders(resources, arns, "Group"):
        yield from _of_carrier("Group", wanted, account.group(wanted.name))


def _of_policy(arn: str, document: Any, account: Account) -> Iterator[Difference]:
    if arn not in account.policies:
        yield Difference(thing=arn, what="is not there", parameter="policyArn", events=("DeletePolicy",))
    elif plain(account.policies[arn]) != plain(document):
        events = ("CreatePolicyVersion", "SetDefaultPolicyVersion")
        yield Difference(thing=arn, what="says something else", parameter="policyArn", events=events)


def _of_role(wanted: _Wanted, found: AccountRole | None) -> Iterator[Difference]:
    yield from _of_carrier("Role", wanted, found)
    if found is None:
        return
    if plain(found.trust) != plain(wanted.trust):
        yield _of("Role", wanted, "trusts others", "UpdateAssumeRolePolicy", "CreateRole")
    if found.boundary != wanted.boundary:
        changes = ("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "CreateRole")
        yield _of("Role", wanted, f"has the boundary {found.boundary or '-'}, not {wanted.boundary or '-'}", *changes)


def _of_carrier(kind: str, wanted: _Wanted, found: Carrier | None) -> Iterator[Difference]:
    if found is None:
        yield _of(kind, wanted, "is not there", f"Delete{kind}")
        return
    if found.path != wanted.path:
        yield _of(kind, wanted, f"has the path {found.path}, not {wanted.path}", f"Create{kind}", f"Update{kind}")
    yield from _of_attached(kind, wanted, found)
    yield from _of_inline(kind, wanted, found)


def _of_attached(kind: str, wanted: _Wanted, found: Carrier) -> Iterator[Difference]:
    for arn in sorted(wanted.attached - set(found.attached)):
        yield _of(kind, wanted, f"lacks {arn}", f"Detach{kind}Policy")
    for arn in sorted(set(found.attached) - wanted.attached):
        yield _of(kind, wanted, f"has {arn} besides", f"Attach{kind}Policy")


def _of_inline(kind: str, wanted: _Wanted, found: Carrier) -> Iterator[Difference]:
    for name in sorted(wanted.inline.keys() - found.inline.keys()):
        yield _of(kind, wanted, f"lacks {name}", f"Delete{kind}Policy")
    for name in sorted(found.inline.keys() - wanted.inline.keys()):
        yield _of(kind, wanted, f"has {name} besides", f"Put{kind}Policy")
    for name in sorted(found.inline.keys() & wanted.inline.keys() - {SESSION_GATE_NAME}):
        if plain(found.inline[name]) != plain(wanted.inline[name]):
            yield _of(kind, wanted, f"has another {name}", f"Put{kind}Policy")


def _of(kind: str, wanted: _Wanted, what: str, *events: str) -> Difference:
    return Difference(thing=wanted.name, what=what, parameter=f"{kind.lower()}Name", events=events)


def _holders(resources: Resources, arns: Mapping[str, str], kind: str) -> Iterator[_Wanted]:
    for name, resource in resources.items():
        if resource["Type"] != f"AWS::IAM::{kind}":
            continue
        properties = resource["Properties"]
        put = [
            each["Properties"]
            for each in resources.values()
            if each["Type"] == f"AWS::IAM::{kind}Policy" and each["Properties"][f"{kind}Name"] == {"Ref": name}
        ]
        yield _Wanted(
            name=properties[f"{kind}Name"],
            path=properties.get("Path", "/"),
            attached=frozenset(_resolved(each, arns) for each in properties.get("ManagedPolicyArns", ())),
            inline={each["PolicyName"]: each["PolicyDocument"] for each in put},
            trust=properties.get("AssumeRolePolicyDocument"),
            boundary=_resolved(properties["PermissionsBoundary"], arns) if "PermissionsBoundary" in properties else None,
            is_conditional="Condition" in resource,
        )


def _resolved(value: Any, arns: Mapping[str, str]) -> str:
    return arns[value["Ref"]] if isinstance(value, dict) else str(value)


def _arn(account: Account, resource: Mapping[str, Any]) -> str:
    properties = resource["Properties"]
    return f"arn:aws:iam::{account.account_id}:policy{properties['Path']}{properties['ManagedPolicyName']}"


def plain(document: Any) -> Any:
    """Return a document in one form whichever way it is written: lists in order, and a list of one as what is in it."""
    if isinstance(document, list | tuple):
        values = sorted((plain(each) for each in document), key=json.dumps)
        return values[0] if len(values) == 1 else values
    if isinstance(document, Mapping):
        return {key: plain(document[key]) for key in sorted(document)}
    return document
