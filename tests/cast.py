"""The named cast: two engineers, two leads, an administrator, an auditor, and the catalogue that they work under.

Everybody has an IAM user of their name and the password PASSWORD. `ProdMemberWorkGroup` takes one lead's approval,
`ProdLeaderWorkGroup` a lead's and then another approver's.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

import pytest

from access_requests.actor import Actor, Door
from access_requests.models import (
    ApprovalPolicy,
    AwsAccount,
    IamUserBinding,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from portal.simulated_aws.identifiers import ROLE, stable_id
from portal.users.models import LinkedIdentity, User

PASSWORD = "a long way from Hakone to Edo"
GATE_ROLE = "sekisho/SekishoGateRole"
READ_AT = datetime.fromisoformat("2026-11-01T00:00:00Z")
NAMES = {
    "member01": "佐藤 美咲",
    "member02": "鈴木 健太",
    "leader01": "高橋 直子",
    "leader02": "田中 大輔",
    "admin01": "伊藤 由紀",
    "auditor01": "渡辺 誠",
}


@dataclass(frozen=True, kw_only=True)
class Cast:
    member01: User
    member02: User
    leader01: User
    leader02: User
    admin01: User
    auditor01: User
    jump: AwsAccount
    production: AwsAccount
    one_lead: ApprovalPolicy
    two_levels: ApprovalPolicy
    prod_member: WorkGroup
    prod_leader: WorkGroup


def target_role(account: AwsAccount, name: str, *, level: str = "member", path: str = "") -> TargetRole:
    """Add a role as the portal has read it in the simulated AWS, whether a work group leads there or not."""
    return TargetRole.objects.create(
        account=account,
        name=name,
        level=level,
        arn=f"arn:aws:iam::{account.account_id}:role/{path}{name}",
        role_id=stable_id(ROLE, account.account_id, name),
        read_at=READ_AT,
    )


def let_portal_in(account: AwsAccount) -> None:
    """Give the portal its role in the account."""
    account.gate_role = GATE_ROLE
    account.gate_role_arn = f"arn:aws:iam::{account.account_id}:role/{GATE_ROLE}"
    account.save()


def actor_of(person: User, *, door: Door = Door.BROWSER, client: str = "") -> Actor:
    """Return the person acting by a door, with the proof that a log-in by password gives."""
    return Actor(person=person, door=door, client=client, proof={"method": "password", "at": "2026-11-23T04:59:00Z"})


def iam_user_id(username: str) -> str:
    """Return the UserId that the cast's IAM user of this name has."""
    return "AIDA" + hashlib.sha256(username.encode()).hexdigest()[:17].upper()


def identity_center_user_id(username: str) -> str:
    """Return the UserId that the company's Identity Center user of this name has."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"arn:aws:identitystore::111111111111:user/{username}"))


def add_person(username: str, *, name: str = "", administrator: bool = False, auditor: bool = False) -> User:
    """Add one more person, bound and linked as the cast is."""
    person = User(username=username, name=name, is_administrator=administrator, is_auditor=auditor)
    person.email = f"{username}@example.com"
    person.set_password(PASSWORD)
    person.save()
    moment = datetime.fromisoformat("2026-11-01T00:00:00Z")
    IamUserBinding.objects.create(person=person, user_name=username, user_id=iam_user_id(username), bound_at=moment)
    LinkedIdentity.objects.create(person=person, provider="slack", external_id=f"U0{username.upper()}", verified_at=moment)
    return person


@pytest.fixture
def cast(db: None) -> Cast:
    people = {
        username: add_person(username, name=name, administrator=username == "admin01", auditor=username == "auditor01")
        for username, name in NAMES.items()
    }
    jump = AwsAccount.objects.create(key="jump", account_id="111111111111", name="Jump", kind="jump")
    production = AwsAccount.objects.create(key="production", account_id="444444444444", name="Production", kind="production")
    leads = [people["leader01"], people["leader02"]]
    one_lead = _policy("one-lead", [leads])
    two_levels = _policy("two-levels", [leads, [*leads, people["admin01"]]])
    _standing_groups(production, people)
    return Cast(
        **people,
        jump=jump,
        production=production,
        one_lead=one_lead,
        two_levels=two_levels,
        prod_member=_work_group("Member", production, one_lead),
        prod_leader=_work_group("Leader", production, two_levels),
    )


@pytest.fixture
def member01(cast: Cast) -> User:
    return cast.member01


@pytest.fixture
def member02(cast: Cast) -> User:
    return cast.member02


@pytest.fixture
def leader01(cast: Cast) -> User:
    return cast.leader01


@pytest.fixture
def leader02(cast: Cast) -> User:
    return cast.leader02


@pytest.fixture
def admin01(cast: Cast) -> User:
    return cast.admin01


@pytest.fixture
def auditor01(cast: Cast) -> User:
    return cast.auditor01


@pytest.fixture
def prod_member(cast: Cast) -> WorkGroup:
    return cast.prod_member


@pytest.fixture
def prod_leader(cast: Cast) -> WorkGroup:
    return cast.prod_leader


def _policy(key: str, levels: list[list[User]]) -> ApprovalPolicy:
    policy = ApprovalPolicy.objects.create(
        key=key, shortest_minutes=1, longest_minutes=240, decision_minutes=1440, decide_by=["browser", "chat", "client"]
    )
    for number, approvers in enumerate(levels, start=1):
        policy.levels.create(number=number, approvals=1).approvers.set(approvers)
    return policy


def _standing_groups(production: AwsAccount, people: dict[str, User]) -> None:
    reader = target_role(production, "Prod_ReadOnlyRole", level="read_only")
    for name, members in (("MemberGroup", "member"), ("LeaderGroup", "leader")):
        group = StandingGroup.objects.create(name=name)
        group.target_roles.set([reader])
        group.people.set([person for username, person in people.items() if username.startswith(members)])


def _work_group(level: str, production: AwsAccount, policy: ApprovalPolicy) -> WorkGroup:
    role = target_role(production, f"Prod_{level}Role", level=level.lower())
    group = WorkGroup.objects.create(name=f"Prod{level}WorkGroup", policy=policy, everyone_may_request=True)
    group.target_roles.set([role])
    return group
