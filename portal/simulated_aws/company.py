"""The demo's company: a Jump account where people are, and six accounts that they switch into.

People and groups are those of the design this product implements; policies are meant to be read. Importable without
moto.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from portal.iam import boundaries
from portal.iam.account_design import rights
from portal.iam.rails import placing
from portal.iam.rails.placing import Packs
from portal.iam.session_gate import SESSION_GATE_NAME
from portal.simulated_aws import change_roles, company_directory, company_rails, work_gates
from portal.simulated_aws.guard_rails import allow, document
from portal.simulated_aws.people import Credentials
from portal.simulated_aws.world import AccessKey, Account, Document, Group, ManagedPolicy, MfaDevice, Role, User, World

ACCOUNTS: Mapping[str, str] = MappingProxyType(
    {
        "jump": "111111111111",
        "development": "222222222222",
        "staging": "333333333333",
        "production": "444444444444",
        "billing": "555555555555",
        "log-archive": "666666666666",
        "audit": "777777777777",
    }
)
ADMIN_ROLE = "OrganizationAccountAccessRole"
ADMIN_USER = "administrator"
PORTAL_ROLE = "SekishoPortalRole"
PORTAL_USER = "sekisho-portal"
WORK_PATH = "/sekisho/work/"
PERSON_BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNTS['jump']}:policy/sekisho/{boundaries.PERSON}"
PEOPLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "member01": ("MemberGroup",),
        "member02": ("MemberGroup",),
        "leader01": ("LeaderGroup", "ChangeApprovalGroup"),
        "leader02": ("LeaderGroup", "ChangeApprovalGroup"),
        "admin01": ("JumpAdminGroup",),
        "auditor01": ("AuditorGroup",),
    }
)
# The longest that a work group is given for: an AWS session must not be able to outlive it.
WORK_SECONDS = 4 * 3_600

_BY_RUNBOOKS = ("Change", "Automation")
_WORK_LEVELS = ("Leader", "Member", *_BY_RUNBOOKS)
_ENVIRONMENTS = {"Dev": "development", "Stg": "staging", "Prod": "production"}
_PORTAL_USER_ARN = f"arn:aws:iam::{ACCOUNTS['jump']}:user/{PORTAL_USER}"
_PORTAL_POLICY_ARN = f"arn:aws:iam::{ACCOUNTS['jump']}:policy/sekisho/SekishoPortal"
_PORTAL_POLICY_FILE = Path(__file__).parent.parent / "aws" / "policies" / "portal-jump.json"
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
_POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
_READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def company(
    *,
    admin_key: AccessKey,
    portal_key: AccessKey,
    user_ids: Mapping[str, str] | None = None,
    credentials: Mapping[str, Credentials] | None = None,
) -> dict[str, Any]:
    """Return the company as JSON for `control.build`.

    `user_ids` gives people the UserId that somebody remembers; the others get one that is the same each time. Who has
    no `credentials` can be put into groups and fenced, but nobody can act as that person.
    """
    ids, given = user_ids or {}, credentials or {}
    people = [_person(name, groups, user_id=ids.get(name), credentials=given.get(name)) for name, groups in PEOPLE.items()]
    accounts = [_jump(admin_key=admin_key, portal_key=portal_key, people=people)]
    accounts += [_environment(prefix, name) for prefix, name in _ENVIRONMENTS.items()]
    accounts += [
        _account("billing", _role("billing", "Billing_AdminRole", managed=[_READ_ONLY])),
        _account("log-archive", _role("log-archive", "Log_ReadOnlyRole", managed=[_READ_ONLY])),
        _account("audit", _role("audit", "Audit_ReadOnlyRole", managed=[_READ_ONLY])),
    ]
    return World(accounts=tuple(accounts)).as_json()


def role_arn(account: str, role: str) -> str:
    return f"arn:aws:iam::{ACCOUNTS[account]}:role/{role}"


def _rails(account: str) -> tuple[ManagedPolicy, ...]:
    """Return the policies with the guard rails of an account."""
    policies = _packs(account).policies.items()
    return tuple(ManagedPolicy(name=name, path=placing.PATH, document=document) for name, document in policies)


def _attached(account: str, name: str) -> tuple[str, ...]:
    """Return the ARNs of the rails that a group or a role has."""
    return tuple(f"arn:aws:iam::{ACCOUNTS[account]}:policy{placing.PATH}{pack}" for pack in _packs(account).attached[name])


def _packs(account: str) -> Packs:
    if account != "jump":
        return company_rails.packs(account, account_id=ACCOUNTS[account])
    # The administrator is sealed away: used by two people together, when there is no other way.
    spared = (role_arn("jump", PORTAL_ROLE), _PORTAL_USER_ARN, f"arn:aws:iam::{ACCOUNTS['jump']}:user/{ADMIN_USER}")
    roles = (*_roles_of_people(), role_arn("billing", "Billing_AdminRole"))
    return company_rails.packs(account, account_id=ACCOUNTS[account], roles=roles, spared=spared)


# Accounts that people switch into


def _account(name: str, *roles: Role, policies: Sequence[ManagedPolicy] = ()) -> Account:
    return Account(
        id=ACCOUNTS[name],
        name=name,
        managed_policies=(*_rails(name), *policies),
        roles=(_administration(), *roles),
    )


def _environment(prefix: str, name: str) -> Account:
    inline = _inline("leader", name)
    # In production people are let in for a time only.
    gated = name == "production"
    inline |= work_gates.AT_REST if gated else {}
    of_people = boundaries.DEVELOPMENT if name == "development" else boundaries.WORK
    boundary, seconds = boundaries.arn(ACCOUNTS[name], of_people), WORK_SECONDS if gated else 3_600
    leader = _role(name, f"{prefix}_LeaderRole", managed=[_POWER_USER], inline=inline, seconds=seconds)
    member = _role(name, f"{prefix}_MemberRole", managed=[_READ_ONLY], inline=inline | _inline("member", name), seconds=seconds)
    work_roles = [leader, member]
    if gated:
        # What changes and runbooks let people into: what members do, each by a role of its own.
        work_roles += [replace(member, name=f"{prefix}_{level}Role") for level in _BY_RUNBOOKS]
    return _account(
        name,
        *(replace(role, boundary=boundary) for role in work_roles),
        *([_reserved(name, member)] if gated else []),
        _role(name, f"{prefix}_ReadOnlyRole", managed=[_READ_ONLY]),
        work_gates.gate_role(ACCOUNTS[name], portal=[role_arn("jump", PORTAL_ROLE), _PORTAL_USER_ARN]),
        work_gates.deploy_role(ACCOUNTS[name]),
        policies=work_gates.policies(ACCOUNTS[name]),
    )


def _inline(level: str, name: str) -> dict[str, Document]:
    return dict(rights.inline(level, name, account_id=ACCOUNTS[name]))


def _reserved(account: str, like: Role) -> Role:
    """Return Identity Center's role: what members do, without gate and boundary, which it could not have."""
    inline = [text for name, text in like.inline.items() if name != SESSION_GATE_NAME]
    return company_directory.role(ACCOUNTS[account], managed=like.managed, inline=inline)


def _role(
    account: str,
    name: str,
    *,
    managed: Sequence[str],
    inline: Mapping[str, Document] | None = None,
    seconds: int = 3_600,
) -> Role:
    return Role(
        name=name,
        trust=_trust_of_people(),
        max_session_seconds=seconds,
        managed=(*managed, *_attached(account, name)),
        inline=inline or {},
    )


def _administration() -> Role:
    """Return the role that AWS Organizations makes: everything, for whoever administers the Jump account."""
    return Role(name=ADMIN_ROLE, trust=_trust(), managed=(_ADMINISTRATOR,))


def _trust_of_people() -> Document:
    """Trust people with MFA, under their own name: a session's name is what fences and CloudTrail go by."""
    own_name = {"sts:RoleSessionName": "${aws:username}"}
    return _trust(Condition={"StringLike": own_name, "Bool": {"aws:MultiFactorAuthPresent": "true"}})


def _trust(**condition: Any) -> Document:
    jump = {"AWS": f"arn:aws:iam::{ACCOUNTS['jump']}:root"}
    return document({"Effect": "Allow", "Principal": jump, "Action": "sts:AssumeRole", **condition})


# The Jump account


def _jump(*, admin_key: AccessKey, portal_key: AccessKey, people: Sequence[User]) -> Account:
    return Account(
        id=ACCOUNTS["jump"],
        name="jump",
        managed_policies=(*_rails("jump"), _PERSON_BOUNDARY, _portal_policy()),
        roles=(
            _administration(),
            _portal_role(),
            *change_roles.roles(ACCOUNTS["jump"], portal=[role_arn("jump", PORTAL_ROLE), _PORTAL_USER_ARN]),
        ),
        groups=(*_standing_groups(), *_work_groups()),
        identity_center=company_directory.directory(PEOPLE),
        users=(
            *people,
            User(name=ADMIN_USER, managed=(_ADMINISTRATOR,), keys=(admin_key,)),
            User(
                name=PORTAL_USER,
                # With the portal's rights of its own too: the role between is an option of the portal's settings.
                managed=(_PORTAL_POLICY_ARN,),
                inline={"SwitchToPortalRole": document(allow("sts:AssumeRole", role_arn("jump", PORTAL_ROLE)))},
                keys=(portal_key,),
            ),
        ),
    )


def _person(name: str, groups: tuple[str, ...], *, user_id: str | None, credentials: Credentials | None) -> User:
    """Return a person; the portal may fence those who carry the boundary, administrators of the Jump account not."""
    boundary = None if "JumpAdminGroup" in groups else PERSON_BOUNDARY_ARN
    person = User(name=name, user_id=user_id, groups=groups, boundary=boundary)
    if credentials is None:
        return person
    return replace(person, keys=(credentials.key,), mfa=(MfaDevice(name=name, seed=credentials.mfa_seed),))


def _standing_groups() -> tuple[Group, ...]:
    prod_reader = role_arn("production", "Prod_ReadOnlyRole")
    log_reader, audit_reader = role_arn("log-archive", "Log_ReadOnlyRole"), role_arn("audit", "Audit_ReadOnlyRole")
    approvals = document(allow(["ssm:DescribeAutomationExecutions", "ssm:GetAutomationExecution", "ssm:SendAutomationSignal"]))
    return (
        _group(
            "JumpAdminGroup",
            [role_arn("billing", "Billing_AdminRole")],
            inline={"Iam": document(allow("iam:*"))},
        ),
        _group("LeaderGroup", [*_roles_of("Leader"), prod_reader]),
        _group("MemberGroup", [*_roles_of("Member"), prod_reader]),
        _group("AuditorGroup", [prod_reader, log_reader, audit_reader]),
        Group(
            name="ChangeApprovalGroup",
            managed=_attached("jump", "ChangeApprovalGroup"),
            inline={"Approve": approvals},
        ),
    )


def _group(
    name: str,
    roles: Sequence[str],
    *,
    inline: Mapping[str, Document] | None = None,
) -> Group:
    own = {"SwitchRole": document(allow("sts:AssumeRole", roles)), "OwnCredentials": _OWN_CREDENTIALS}
    return Group(name=name, managed=_attached("jump", name), inline={**own, **(inline or {})})


def _work_groups() -> tuple[Group, ...]:
    """Return the groups that are empty at rest: nothing but the one role each."""
    return tuple(
        Group(
            name=f"Prod{level}WorkGroup",
            path=WORK_PATH,
            inline={"SwitchRole": document(allow("sts:AssumeRole", role_arn("production", f"Prod_{level}Role")))},
        )
        for level in _WORK_LEVELS
    )


def _roles_of_people() -> list[str]:
    """Return the roles that people with the boundary switch to: those of standing groups and of work groups, and no other."""
    readers = [role_arn("log-archive", "Log_ReadOnlyRole"), role_arn("audit", "Audit_ReadOnlyRole")]
    work_roles = [role_arn("production", f"Prod_{level}Role") for level in _WORK_LEVELS]
    return [*_roles_of("Leader"), *_roles_of("Member"), role_arn("production", "Prod_ReadOnlyRole"), *readers, *work_roles]


def _roles_of(level: str) -> list[str]:
    return [role_arn("development", f"Dev_{level}Role"), role_arn("staging", f"Stg_{level}Role")]


def _portal_policy() -> ManagedPolicy:
    return ManagedPolicy(name="SekishoPortal", path="/sekisho/", document=json.loads(_PORTAL_POLICY_FILE.read_text()))


def _portal_role() -> Role:
    trust = document({"Effect": "Allow", "Principal": {"AWS": _PORTAL_USER_ARN}, "Action": "sts:AssumeRole"})
    return Role(name=PORTAL_ROLE, trust=trust, managed=(_PORTAL_POLICY_ARN,))


_OWN_CREDENTIALS = document(*boundaries.own_credentials(ACCOUNTS["jump"]))
_PERSON_BOUNDARY = ManagedPolicy(
    name=boundaries.PERSON,
    path=boundaries.PATH,
    document=boundaries.person(ACCOUNTS["jump"], roles=_roles_of_people()),
)
