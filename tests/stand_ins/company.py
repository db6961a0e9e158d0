"""The demo's company as its stacks leave it, read out of the templates that are committed.

Tests make it anew some thousand times, and deploying it takes a second. One deploys the templates and compares.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from portal.simulated_aws.company import ACCOUNTS, PORTAL_USER, first_day, newcomers
from portal.simulated_aws.people import Credentials
from portal.simulated_aws.world import AccessKey, Group, ManagedPolicy, Role

TEMPLATES = Path(__file__).parents[2] / "docs/examples/account-design"
# Of the libraries' loaders the one in C: the templates have 170,000 bytes.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PORTAL_POLICY = f"arn:aws:iam::{ACCOUNTS['jump']}:policy/sekisho/SekishoPortal"
Resources = Mapping[str, Mapping[str, Any]]


def company(
    *,
    admin_key: AccessKey,
    portal_key: AccessKey,
    user_ids: Mapping[str, str] | None = None,
    credentials: Mapping[str, Credentials] | None = None,
) -> dict[str, Any]:
    """Return the company as JSON for `control.build`, with ids and credentials as `newcomers` takes them."""
    world = first_day(admin_key=admin_key, portal_key=portal_key)
    come = {account["id"]: account for account in newcomers(user_ids=user_ids, credentials=credentials)["accounts"]}
    accounts = [_together(account, come.get(account["id"], {})) for account in world["accounts"]]
    (portal,) = (user for user in accounts[0]["users"] if user["name"] == PORTAL_USER)
    # With the portal's rights of its own too: the role between is an option of the portal's settings.
    portal["managed"] = [_PORTAL_POLICY]
    return {"accounts": accounts, "organization": world["organization"]}


def _together(account: dict[str, Any], come: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account with what its template makes and who has come since."""
    made, kinds = _made(account["name"]), ("managed_policies", "roles", "groups", "users")
    lists = {kind: [*account[kind], *made.get(kind, ()), *come.get(kind, ())] for kind in kinds}
    return {**account, **lists, "identity_center": come.get("identity_center")}


@cache
def _made(account: str) -> Mapping[str, list[dict[str, Any]]]:
    """Return groups, roles and policies of an account's template."""
    read = yaml.load((TEMPLATES / f"{account}.yaml").read_text(), Loader=_LOADER)  # noqa: S506  It is a safe one.
    resources: Resources = read["Resources"]
    arns = dict(_arns(resources, ACCOUNTS[account]))
    return {
        "managed_policies": [asdict(_policy(each)) for each in _of(resources, "ManagedPolicy").values()],
        "roles": [asdict(_role(name, resources, arns)) for name in _of(resources, "Role")],
        "groups": [asdict(_group(name, resources, arns)) for name in _of(resources, "Group")],
    }


def _of(resources: Resources, kind: str) -> Resources:
    """Return the properties of that kind's resources, but for those that the defaults of the parameters leave out."""
    made = {name: each for name, each in resources.items() if "Condition" not in each}
    return {name: each["Properties"] for name, each in made.items() if each["Type"] == f"AWS::IAM::{kind}"}


def _arns(resources: Resources, account_id: str) -> Iterator[tuple[str, str]]:
    for name, policy in _of(resources, "ManagedPolicy").items():
        yield name, f"arn:aws:iam::{account_id}:policy{policy['Path']}{policy['ManagedPolicyName']}"


def _policy(properties: Mapping[str, Any]) -> ManagedPolicy:
    return ManagedPolicy(name=properties["ManagedPolicyName"], path=properties["Path"], document=properties["PolicyDocument"])


def _role(name: str, resources: Resources, arns: Mapping[str, str]) -> Role:
    properties = resources[name]["Properties"]
    boundary = properties.get("PermissionsBoundary")
    return Role(
        name=properties["RoleName"],
        path=properties.get("Path", "/"),
        trust=properties["AssumeRolePolicyDocument"],
        max_session_seconds=properties.get("MaxSessionDuration", 3_600),
        managed=_attached(properties, arns),
        inline=_inline("Role", name, resources),
        boundary=_resolved(boundary, arns) if boundary else None,
    )


def _group(name: str, resources: Resources, arns: Mapping[str, str]) -> Group:
    properties = resources[name]["Properties"]
    return Group(
        name=properties["GroupName"],
        path=properties.get("Path", "/"),
        managed=_attached(properties, arns),
        inline=_inline("Group", name, resources),
    )


def _attached(properties: Mapping[str, Any], arns: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(_resolved(each, arns) for each in properties.get("ManagedPolicyArns", ()))


def _inline(kind: str, name: str, resources: Resources) -> dict[str, Any]:
    put = _of(resources, f"{kind}Policy").values()
    return {each["PolicyName"]: each["PolicyDocument"] for each in put if each[f"{kind}Name"] == {"Ref": name}}


def _resolved(value: Any, arns: Mapping[str, str]) -> str:
    return arns[value["Ref"]] if isinstance(value, dict) else str(value)
