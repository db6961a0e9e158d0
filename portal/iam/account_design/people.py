"""The Jump account: groups that fix account and role, work groups that are empty at rest, rails, and the boundary of people."""

from collections.abc import Iterable

from portal.iam import boundaries
from portal.iam.account_design import resources
from portal.iam.account_design.design import Design, Group
from portal.iam.account_design.resources import Resources, logical_id
from portal.iam.rails import placing
from portal.iam.rails.packing import document
from portal.iam.rails.placing import Guarded, Packs
from portal.iam.rails.rail import Place

_APPROVALS = ("ssm:DescribeAutomationExecutions", "ssm:GetAutomationExecution", "ssm:SendAutomationSignal")


def of(design: Design) -> Resources:
    """Return everything of the Jump account that is about people."""
    packs = rails(design)
    made: Resources = {}
    for name, policy in packs.policies.items():
        made |= resources.managed_policy(name, placing.PATH, policy)
    for group in design.groups:
        made |= _work_group(design, group) if group.is_work else _standing_group(design, group, packs)
    for name in design.declared.approvers:
        made |= _group(name, packs=packs)
        made |= resources.group_policy(name, "Approve", document(_allow(_APPROVALS, "*")))
    bounded = boundaries.person(design.jump.id, roles=_roles_of_people(design))
    return {**made, **resources.managed_policy(boundaries.PERSON, boundaries.PATH, bounded)}


def rails(design: Design) -> Packs:
    """Return the Jump account's rails, and who has which."""
    jump, declared = design.jump, design.declared
    names = [group.name for group in design.groups if not group.is_work]
    guarded = [Guarded(name=name, account=jump.key, kind=jump.kind, is_role=False) for name in (*names, *declared.approvers)]
    sealed = tuple(f"arn:aws:iam::{jump.id}:user/{name}" for name in declared.sealed_users)
    administrators = declared.administrators[0] if declared.administrators else "-"
    place = Place(
        account=jump.id,
        work_groups=design.work_path,
        administrators=f"/{administrators}",
        roles=tuple(_roles_of(design.groups, design)),
        spared=(*design.portal_arns, *sealed),
    )
    quotas = design.quotas_of(jump)
    return placing.packs(
        guarded,
        exemptions=declared.exemptions,
        today=design.today,
        place=place,
        size=quotas.managed_size,
        most=quotas.rails_of_group,
    )


def _standing_group(design: Design, group: Group, packs: Packs) -> Resources:
    made = _group(group.name, packs=packs)
    made |= resources.group_policy(group.name, "SwitchRole", document(_switch(design, group)))
    made |= resources.group_policy(group.name, "OwnCredentials", document(*boundaries.own_credentials(design.jump.id)))
    if group.name in design.declared.administrators:
        made |= resources.group_policy(group.name, "Iam", document(_allow(("iam:*",), "*")))
    return made


def _work_group(design: Design, group: Group) -> Resources:
    """Return a group that is empty at rest: nothing but the switch to its roles."""
    made = _group(group.name, path=design.work_path)
    return {**made, **resources.group_policy(group.name, "SwitchRole", document(_switch(design, group)))}


def _group(name: str, *, path: str = "/", packs: Packs | None = None) -> Resources:
    attached = [{"Ref": logical_id(pack)} for pack in packs.attached[name]] if packs else []
    properties = {
        "GroupName": name,
        **({"Path": path} if path != "/" else {}),
        **({"ManagedPolicyArns": attached} if attached else {}),
    }
    return {logical_id(name): {"Type": "AWS::IAM::Group", "Properties": properties}}


def _switch(design: Design, group: Group) -> dict[str, object]:
    arns = [design.arn(account, role) for account, role in group.roles]
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arns[0] if len(arns) == 1 else arns}


def _roles_of_people(design: Design) -> list[str]:
    """Return the roles of all groups but those of administrators, who carry no boundary."""
    return _roles_of((group for group in design.groups if group.name not in design.declared.administrators), design)


def _roles_of(groups: Iterable[Group], design: Design) -> list[str]:
    return list(dict.fromkeys(design.arn(account, role) for group in groups for account, role in group.roles))


def _allow(actions: tuple[str, ...], resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions[0] if len(actions) == 1 else list(actions), "Resource": resource}
