"""An account that people switch into: its roles with their trust, rails and boundaries, and CloudFormation's own role."""

from portal.iam import boundaries
from portal.iam.account_design import hook, portal, resources, rights
from portal.iam.account_design.design import ENVIRONMENTS, Account, Design, Role
from portal.iam.account_design.resources import Resources, logical_id
from portal.iam.rails import placing
from portal.iam.rails.packing import document
from portal.iam.rails.placing import Guarded, Packs
from portal.iam.rails.rail import Place
from portal.iam.session_gate import SESSION_GATE_NAME, session_gate

STANDING_SECONDS = 3_600


def ground(design: Design, account: Account) -> Resources:
    """Return what the roles of an account stand on: rails, boundaries, the portal's role, CloudFormation's."""
    made: Resources = {}
    for name, policy in rails(design, account).policies.items():
        made |= resources.managed_policy(name, placing.PATH, policy)
    if account.kind in ENVIRONMENTS:
        for name, boundary in boundaries.BY_NAME.items():
            made |= resources.managed_policy(name, boundaries.PATH, boundary(account.id))
        made |= {**_deploy_role(), **hook.of_account(account)}
    return {**made, **(portal.in_account(design, account) if account.gate_role else {})}


def role(design: Design, account: Account, declared: Role) -> Resources:
    """Return one role that people switch to. A role that a work group leads to is shut at rest, however it came to be."""
    boundary = _boundary(account, declared)
    made = resources.role(
        declared.name,
        trust=_trust(design),
        path=declared.path,
        managed=[rights.managed(declared.level, account.kind), *_attached(design, account, declared)],
        boundary=_policy(account, boundaries.PATH, boundary) if boundary else None,
        seconds=max(declared.work_seconds or 0, STANDING_SECONDS),
    )
    for name, policy in rights.inline(declared.level, account.kind, account_id=account.id).items():
        made |= resources.role_policy(declared.name, name, policy)
    if declared.work_seconds is not None and account.gate_role:
        made |= resources.role_policy(declared.name, SESSION_GATE_NAME, session_gate())
    return made


def rails(design: Design, account: Account) -> Packs:
    guarded = [Guarded(name=role.name, account=account.key, kind=account.kind, is_role=True) for role in design.roles_in(account)]
    place = Place(account=account.id, work_groups=design.work_path)
    quotas = design.quotas_of(account)
    return placing.packs(
        guarded,
        exemptions=design.declared.exemptions,
        today=design.today,
        place=place,
        size=quotas.managed_size,
        most=quotas.rails_of_role,
    )


def _attached(design: Design, account: Account, declared: Role) -> list[str]:
    packs = rails(design, account).attached[declared.name]
    return [_policy(account, placing.PATH, pack) for pack in packs]


def _boundary(account: Account, declared: Role) -> str | None:
    if account.kind not in ENVIRONMENTS or declared.level == "read_only":
        return None
    return boundaries.DEVELOPMENT if account.kind == "development" else boundaries.WORK


def _deploy_role() -> Resources:
    """Return the role that CloudFormation deploys in: everything, within its boundary."""
    trust = resources.trusting({"Service": "cloudformation.amazonaws.com"})
    made = resources.role(
        boundaries.DEPLOY_ROLE, trust=trust, path=boundaries.PATH, boundary={"Ref": logical_id(boundaries.DEPLOY)}
    )
    everything = document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    return {**made, **resources.role_policy(boundaries.DEPLOY_ROLE, "Deploy", everything)}


def _trust(design: Design) -> dict[str, object]:
    """Trust people with MFA, under their own name: a session's name is what fences and CloudTrail go by."""
    condition = {
        "StringLike": {"sts:RoleSessionName": "${aws:username}"},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
    }
    return dict(resources.trusting({"AWS": f"arn:aws:iam::{design.jump.id}:root"}, condition=condition))


def _policy(account: Account, path: str, name: str) -> str:
    return f"arn:aws:iam::{account.id}:policy{path}{name}"
