"""The demo's company: accounts as they are on their first day, and people, who come when the stacks are there.

Groups, roles and policies are none of this: they are deployed, as a company deploys them. Importable without moto.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from portal.iam import boundaries
from portal.simulated_aws import company_directory
from portal.simulated_aws.guard_rails import allow, document
from portal.simulated_aws.people import Credentials
from portal.simulated_aws.world import AccessKey, Account, MfaDevice, Organization, Role, User, World

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
# The Jump account administers it, and has the archive of logs look after its trail.
ORGANIZATION = "o-sekishodemo"
# How often AWS answers LookupEvents, for each account and Region.
LOOKUPS_PER_SECOND = 2
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
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def first_day(*, admin_key: AccessKey, portal_key: AccessKey, others: Collection[str] = ()) -> dict[str, Any]:
    """Return the accounts as Organizations leaves them, as JSON for `control.build`.

    In the Jump account are an administrator and the user whom the portal's host acts as: templates name both. `others` are IDs of
    accounts besides the company's own.
    """
    added = {account_id: account_id for account_id in others if account_id not in ACCOUNTS.values()}
    accounts = [_account(name, account_id) for name, account_id in {**ACCOUNTS, **added}.items()]
    accounts[0] = replace(
        accounts[0],
        users=(
            User(name=ADMIN_USER, managed=(_ADMINISTRATOR,), keys=(admin_key,)),
            User(
                name=PORTAL_USER,
                inline={"SwitchToPortalRole": document(allow("sts:AssumeRole", role_arn("jump", PORTAL_ROLE)))},
                keys=(portal_key,),
            ),
        ),
    )
    organization = Organization(id=ORGANIZATION, management=ACCOUNTS["jump"], trail_administrator=ACCOUNTS["log-archive"])
    return World(accounts=tuple(accounts), organization=organization).as_json()


def newcomers(
    *, user_ids: Mapping[str, str] | None = None, credentials: Mapping[str, Credentials] | None = None
) -> dict[str, Any]:
    """Return who needs the stacks, as JSON for `control.add`: people, and Identity Center with the role that it makes.

    `user_ids` gives people the UserId that somebody remembers; the others get one that is the same each time. Who has
    no `credentials` can be put into groups and fenced, but nobody can act as that person.
    """
    ids, given = user_ids or {}, credentials or {}
    people = tuple(_person(name, groups, user_id=ids.get(name), credentials=given.get(name)) for name, groups in PEOPLE.items())
    production = ACCOUNTS["production"]
    jump = Account(
        id=ACCOUNTS["jump"], name="jump", users=people, identity_center=company_directory.directory(PEOPLE, production=production)
    )
    reserved = Account(id=production, name="production", roles=(company_directory.role(production),))
    return World(accounts=(jump, reserved)).as_json()


def role_arn(account: str, role: str) -> str:
    return f"arn:aws:iam::{ACCOUNTS[account]}:role/{role}"


def _account(name: str, account_id: str) -> Account:
    """Return an account with the role that AWS Organizations makes: everything, for whoever administers the Jump account."""
    jump = {"AWS": f"arn:aws:iam::{ACCOUNTS['jump']}:root"}
    trust = document({"Effect": "Allow", "Principal": jump, "Action": "sts:AssumeRole"})
    return Account(id=account_id, name=name, roles=(Role(name=ADMIN_ROLE, trust=trust, managed=(_ADMINISTRATOR,)),))


def _person(name: str, groups: tuple[str, ...], *, user_id: str | None, credentials: Credentials | None) -> User:
    """Return a person; the portal may fence those who carry the boundary, administrators of the Jump account not."""
    boundary = None if "JumpAdminGroup" in groups else PERSON_BOUNDARY_ARN
    person = User(name=name, user_id=user_id, groups=groups, boundary=boundary)
    if credentials is None:
        return person
    return replace(person, keys=(credentials.key,), mfa=(MfaDevice(name=name, seed=credentials.mfa_seed),))
