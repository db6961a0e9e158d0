"""The named cast: two engineers, two leads, an administrator, an auditor, and the catalogue that they work under.

Everybody has an IAM user of their name and the password PASSWORD. `ProdMemberWorkGroup` takes one lead's approval,
`ProdLeaderWorkGroup` a lead's and then another approver's.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Model
from django.db.models.fields.related_descriptors import ManyToManyDescriptor

from access_requests.models import (
    ApprovalLevel,
    ApprovalPolicy,
    AwsAccount,
    IamUserBinding,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from access_requests.services.people.credentials import ChatAccount, ServiceToken, Terms
from access_requests.services.people.roles import FLAGS
from portal.pages.actor import Session
from portal.simulated_aws.identifiers import ROLE, stable_id
from portal.users.models import HeldRole, LinkedIdentity, User
from portal.verbs.actor import Actor, Credential, Door
from tests.worlds.factors import READ_AT, Timeless, give_codes

PASSWORD = "a long way from Hakone to Edo"
GATE_ROLE = "sekisho/SekishoGateRole"
NAMES = {
    "member01": "佐藤 美咲",
    "member02": "鈴木 健太",
    "leader01": "高橋 直子",
    "leader02": "田中 大輔",
    "admin01": "伊藤 由紀",
    "auditor01": "渡辺 誠",
}
# Who decides or administers, and so has a second factor.
DECIDING = ("leader01", "leader02", "admin01")


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
    role = _target_role(account, name, level=level, path=path)
    role.save()
    return role


def _target_role(account: AwsAccount, name: str, *, level: str, path: str = "") -> TargetRole:
    return TargetRole(
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
    """Return the person acting by a door, just proven by what they have; to the trail, by a password."""
    proof = {"method": "password", "at": "2026-11-23T04:59:00Z"}
    proven = tuple(Timeless(method=one.kind, at=READ_AT, factor=one.code) for one in person.factors.all()) or (
        Timeless(method="password", at=READ_AT),
    )
    credential = _credential(person, door, client)
    return Actor(person=person, door=door, client=client, credential=credential, proof=proof, proven=proven)


def _credential(person: User, door: Door, client: str) -> Credential:
    """Return what would let the person in by the door. Verbs do not look at it; whoever carries them out does."""
    account = f"U0{person.username.upper()}"
    if door == Door.CHAT:
        return ChatAccount(provider="slack", external_id=account)
    if door == Door.CLIENT:
        return ServiceToken(
            token_id=0, client=Terms(key=client, scopes="", source_addresses=()), provider="slack", external_id=account
        )
    return Session(key="of-the-test", password=person.password)


def iam_user_id(username: str) -> str:
    """Return the UserId that the cast's IAM user of this name has."""
    return "AIDA" + hashlib.sha256(username.encode()).hexdigest()[:17].upper()


def identity_center_user_id(username: str) -> str:
    """Return the UserId that the company's Identity Center user of this name has."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"arn:aws:identitystore::111111111111:user/{username}"))


def add_person(username: str, *, name: str = "", administrator: bool = False, auditor: bool = False) -> User:
    """Add one more person, bound and linked as the cast is."""
    (person,) = _add_people([_person(username, name=name, is_administrator=administrator, is_auditor=auditor)])
    if administrator:
        give_codes([person])
    return person


def _person(username: str, **fields: Any) -> User:
    person = User(username=username, email=f"{username}@example.com", **fields)
    person.set_password(PASSWORD)
    return person


def _add_people(people: Sequence[User]) -> Sequence[User]:
    User.objects.bulk_create(people)
    HeldRole.objects.bulk_create(
        HeldRole(person=person, role=role, source=HeldRole.HERE, since=READ_AT, confirmed_at=READ_AT)
        for person in people
        for role, flag in FLAGS.items()
        if getattr(person, flag)
    )
    IamUserBinding.objects.bulk_create(
        IamUserBinding(person=person, user_name=person.username, user_id=iam_user_id(person.username), bound_at=READ_AT)
        for person in people
    )
    LinkedIdentity.objects.bulk_create(
        LinkedIdentity(person=person, provider="slack", external_id=f"U0{person.username.upper()}", verified_at=READ_AT)
        for person in people
    )
    return people


@pytest.fixture
def cast(db: None) -> Cast:
    """Written in few statements: two thousand tests begin with it."""
    people = {
        person.username: person
        for person in _add_people(
            [
                _person(username, name=name, is_administrator=username == "admin01", is_auditor=username == "auditor01")
                for username, name in NAMES.items()
            ]
        )
    }
    give_codes([people[username] for username in DECIDING])
    jump, production = AwsAccount.objects.bulk_create(
        AwsAccount(key=key, account_id=account_id, name=key.capitalize(), kind=key)
        for key, account_id in (("jump", "111111111111"), ("production", "444444444444"))
    )
    leads = [people["leader01"], people["leader02"]]
    one_lead, two_levels = _policies({"one-lead": [leads], "two-levels": [leads, [*leads, people["admin01"]]]})
    reader, *roles = TargetRole.objects.bulk_create(
        _target_role(production, name, level=level)
        for name, level in (("Prod_ReadOnlyRole", "read_only"), ("Prod_MemberRole", "member"), ("Prod_LeaderRole", "leader"))
    )
    _standing_groups(reader, people)
    prod_member, prod_leader = WorkGroup.objects.bulk_create(
        WorkGroup(name=name, policy=policy, everyone_may_request=True)
        for name, policy in (("ProdMemberWorkGroup", one_lead), ("ProdLeaderWorkGroup", two_levels))
    )
    _link(WorkGroup.target_roles, zip((prod_member, prod_leader), roles, strict=True))
    return Cast(
        **people,
        jump=jump,
        production=production,
        one_lead=one_lead,
        two_levels=two_levels,
        prod_member=prod_member,
        prod_leader=prod_leader,
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


def _policies(levels_by_key: Mapping[str, list[list[User]]]) -> Sequence[ApprovalPolicy]:
    policies = ApprovalPolicy.objects.bulk_create(
        ApprovalPolicy(
            key=key, shortest_minutes=1, longest_minutes=240, decision_minutes=1440, decide_by=["browser", "chat", "client"]
        )
        for key in levels_by_key
    )
    asked = [
        (policy, number, approvers) for policy in policies for number, approvers in enumerate(levels_by_key[policy.key], start=1)
    ]
    levels = ApprovalLevel.objects.bulk_create(
        ApprovalLevel(policy=policy, number=number, approvals=1) for policy, number, _approvers in asked
    )
    approvers_of = zip(levels, (approvers for _policy, _number, approvers in asked), strict=True)
    _link(ApprovalLevel.approvers, ((level, person) for level, approvers in approvers_of for person in approvers))
    return policies


def _standing_groups(reader: TargetRole, people: Mapping[str, User]) -> None:
    members, leaders = StandingGroup.objects.bulk_create(StandingGroup(name=name) for name in ("MemberGroup", "LeaderGroup"))
    _link(StandingGroup.target_roles, [(members, reader), (leaders, reader)])
    named = {"member": members, "leader": leaders}
    _link(
        StandingGroup.people,
        [(named[start], person) for username, person in people.items() if (start := username[:6]) in named],
    )


def _link(relation: "ManyToManyDescriptor[Any, Any]", pairs: Iterable[tuple[Model, Model]]) -> None:
    """Write a relation between many and many in one statement."""
    field, through = relation.field, relation.through
    of, to = field.m2m_field_name(), field.m2m_reverse_field_name()
    through._default_manager.bulk_create(through(**{of: one, to: other}) for one, other in pairs)
