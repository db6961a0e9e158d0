"""The files of an account design: for each account one template, or several where one would be too long, and its parameters."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from portal.iam.account_design import archive, hook, organisation, people, portal, quotas, resources, targets
from portal.iam.account_design.design import ENVIRONMENTS, Account, Design
from portal.iam.account_design.resources import Resources, Template, logical_id

# What CloudFormation takes as the body of a call; a longer template would have to lie in a bucket.
MOST_BYTES = 51_200
ORGANISATION = "organisation"


def rendered(design: Design) -> dict[str, str]:
    """Return all files by their names, in the order in which their stacks are deployed."""
    files: dict[str, str] = {}
    for account in design.accounts:
        files |= of_account(design, account)
    return {**files, **of_organisation()}


def of_account(design: Design, account: Account) -> dict[str, str]:
    """Return the files of one account. Raises DoesNotFit."""
    quotas.check(resources_of(design, account), design.quotas_of(account))
    files = {f"{name}.yaml": text(template) for name, template in _templates(design, account)}
    declared = _declared(account).get("Parameters")
    return {**files, f"{account.key}.parameters.json": _parameters(declared)} if declared else files


def resources_of(design: Design, account: Account) -> Resources:
    """Return all that the account's templates hold, in however many they lie."""
    made = _ground(design, account)
    for role in design.roles_in(account):
        made |= targets.role(design, account, role)
    return made


def text(template: Template) -> str:
    """Return the template as it is read: in its own order, no value by reference to another."""
    return yaml.dump(template, Dumper=_Plain, sort_keys=False, width=130, allow_unicode=True)


# The one in C, where it is there: it writes the same five times as fast.
class _Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _templates(design: Design, account: Account) -> Iterator[tuple[str, Template]]:
    """Yield the account's templates: one, or what its roles stand on and then each role, where one is too long."""
    whole = _whole(design, account)
    if len(text(whole).encode()) <= MOST_BYTES:
        yield account.key, whole
        return
    yield account.key, _template(account, _ground(design, account), f"{_title(account)}: what its roles stand on")
    for role in design.roles_in(account):
        of_role = targets.role(design, account, role)
        yield f"{account.key}-{role.name}", resources.template(f"{_title(account)}: {role.name}", of_role)


def _whole(design: Design, account: Account) -> Template:
    ground = _ground(design, account)
    made = dict(ground)
    for role in design.roles_in(account):
        for name, resource in targets.role(design, account, role).items():
            made[name] = _after(resource, ground)
    return _template(account, made, _title(account))


def _ground(design: Design, account: Account) -> Resources:
    if account.kind == "jump":
        return {**people.of(design), **portal.in_jump(design)}
    own = archive.of_account() if account.kind == "log_archive" else {}
    return {**targets.ground(design, account), **own}


def _after(resource: dict[str, Any], ground: Mapping[str, Any]) -> dict[str, Any]:
    """Return the role after the policies that it names: by their ARNs, since they may lie in another stack."""
    properties = resource["Properties"]
    named = [*properties.get("ManagedPolicyArns", ()), properties.get("PermissionsBoundary")]
    needed = [logical_id(arn.rpartition("/")[2]) for arn in named if isinstance(arn, str)]
    depends = sorted({name for name in needed if name in ground})
    return {"Type": resource["Type"], "DependsOn": depends, "Properties": properties} if depends else resource


def _template(account: Account, made: Resources, description: str) -> Template:
    return resources.template(description, made, **_declared(account))


def _declared(account: Account) -> dict[str, Any]:
    """Return what a template of the account declares besides resources: what is asked of whoever deploys it."""
    if account.kind == "log_archive":
        return {"Parameters": archive.PARAMETERS, "Conditions": archive.CONDITIONS}
    return {"Parameters": hook.PARAMETERS, "Conditions": hook.CONDITIONS} if account.kind in ENVIRONMENTS else {}


def of_organisation() -> dict[str, str]:
    """Return the files of the management account."""
    declared = {"Parameters": organisation.PARAMETERS}
    made = resources.template("Policies of the organisation", organisation.of_account(), **declared)
    return {f"{ORGANISATION}.yaml": text(made), f"{ORGANISATION}.parameters.json": _parameters(organisation.PARAMETERS)}


def _parameters(declared: Mapping[str, Mapping[str, Any]]) -> str:
    """Return them for `--parameter-overrides file://…`, as versions 1 and 2 of `aws` read it; those without a default blank."""
    return json.dumps([f"{name}={one.get('Default', '')}" for name, one in declared.items()], indent=2) + "\n"


def _title(account: Account) -> str:
    return f"Account {account.key} ({account.id})"
