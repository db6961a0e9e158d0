"""Two evaluators over the raw policies of two accounts, who must agree: ours, and iam-simulate in a process of its own."""

from dataclasses import dataclass
from datetime import datetime

from portal.iam import contexts
from portal.iam.account import Account
from portal.iam.evaluation import Decision, evaluate, evaluate_assume_role
from portal.iam.principals import Call
from tests.iam_simulate.peer import IamSimulate

# What a member of production may do by the policies of Prod_MemberRole, and what nobody may.
EVERYTHING = (
    "ec2:DescribeInstances",
    "ec2:StopInstances",
    "ssm:StartSession",
    "iam:GetUser",
    "s3:ListAllMyBuckets",
    "sts:AssumeRole",
)
ALLOWED_IN_WINDOW = EVERYTHING[:-1]


@dataclass(frozen=True, kw_only=True)
class Evaluators:
    peer: IamSimulate
    jump: Account
    target: Account
    role_name: str = "Prod_MemberRole"

    def may_switch(self, user_name: str, *, at: datetime, mfa: bool = True, session_name: str | None = None) -> bool:
        """Whether the switch is allowed, as both say."""
        user, role = self.jump.user(user_name), self.target.role(self.role_name)
        assert user is not None
        assert role is not None
        name = session_name or user.name
        context = contexts.of_switch(arn=user.arn, user_id=user.id, user_name=user.name, at=at, mfa=mfa, session_name=name)
        principal = self.jump.principal(user.name)
        ours, theirs = evaluate_assume_role(principal, role, context).decision, self.peer.assume_role(principal, role, context)
        return self._agreed(ours, theirs)

    def may_call(self, session_name: str, action: str, *, issued_at: datetime, at: datetime) -> bool:
        """Whether a session of the role, begun with MFA, may make the call, as both say."""
        role = self.target.role(self.role_name)
        assert role is not None
        context = contexts.of_session(
            role_arn=role.arn, role_id=role.role_id, session_name=session_name, issued_at=issued_at, at=at, mfa=True
        )
        call = Call(action=action, resource="*", context=context)
        session = role.session(session_name)
        return self._agreed(evaluate(session, call).decision, self.peer.evaluate(session, call))

    def live(self, session_name: str, *, issued_at: datetime, at: datetime) -> set[str]:
        """Return which of EVERYTHING the session may do."""
        return {action for action in EVERYTHING if self.may_call(session_name, action, issued_at=issued_at, at=at)}

    def _agreed(self, ours: Decision, theirs: Decision) -> bool:
        assert (ours is Decision.ALLOWED) == (theirs is Decision.ALLOWED), f"{ours} here, {theirs} there"
        return ours is Decision.ALLOWED
