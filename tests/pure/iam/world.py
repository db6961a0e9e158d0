"""A user, a role and short ways to write policies about them."""

from typing import Any

from portal.iam.evaluation import Answer, Decision, evaluate, evaluate_assume_role
from portal.iam.principals import Call, Context, Policy, Principal, Role

VERSION = "2012-10-17"
JUMP, PRODUCTION = "111111111111", "222222222222"
MEMBER = f"arn:aws:iam::{JUMP}:user/member01"
WORK_ROLE = f"arn:aws:iam::{PRODUCTION}:role/work/Prod_MemberRole"
JUMP_ROLE = f"arn:aws:iam::{JUMP}:role/Jump_Role"
OBJECT = "arn:aws:s3:::logs/2026/a.txt"
ALLOWED, UNKNOWN = Decision.ALLOWED, Decision.UNKNOWN
DENIED, IMPLICITLY = Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY

Statement = dict[str, Any]


def allow(action: Any = "s3:*", resource: Any = "*", **more: Any) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "s3:*", resource: Any = "*", **more: Any) -> Statement:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def policy(*statements: Any, name: str = "one", version: str = VERSION) -> Policy:
    return Policy(name=name, document={"Version": version, "Statement": list(statements)})


def member(*policies: Policy, boundary: Policy | None = None) -> Principal:
    return Principal(arn=MEMBER, account_id=JUMP, policies=policies, boundary=boundary)


def asked(*policies: Policy, boundary: Policy | None = None, resource: str = OBJECT, context: Context | None = None) -> Answer:
    """Ask whether the member may get an object."""
    call = Call(action="s3:GetObject", resource=resource, context=context or {})
    return evaluate(member(*policies, boundary=boundary), call)


def condition(element: Any, context: Context, *, version: str = VERSION) -> Decision:
    """Ask about an Allow that stands under this condition."""
    return asked(policy(allow(Condition=element), version=version), context=context).decision


def trusting(principal: Any, effect: str = "Allow", **more: Any) -> Statement:
    return {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole", **more}


def role(*statements: Statement, arn: str = WORK_ROLE, policies: tuple[Policy, ...] = (), boundary: Policy | None = None) -> Role:
    trust = policy(*statements, name="trust")
    return Role(arn=arn, role_id="AROAWORKROLE00000001", trust=trust, policies=policies, boundary=boundary)


def switched(principal: Principal, target: Role, context: Context | None = None) -> Decision:
    return evaluate_assume_role(principal, target, context or {}).decision
