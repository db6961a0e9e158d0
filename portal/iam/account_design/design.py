"""What is to be rendered: accounts, roles and groups of a catalogue, and what a company declares besides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.iam.account_design.quotas import Quotas
from portal.iam.fences import Document
from portal.iam.rails.placing import Exemption

_DOCUMENTED = Quotas()
PORTAL_ROLE = "SekishoPortalRole"
ENVIRONMENTS = ("development", "staging", "production")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`gate_role` is path and name of the role by which the portal keeps session gates there; empty where it keeps none."""

    key: str
    id: str
    kind: str
    gate_role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that people switch to; its level is leader, member or read_only.

    `work_seconds` is the longest that a work group leads there, None where none does.
    """

    account: str
    name: str
    level: str
    path: str = "/"
    work_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of the Jump account, and its roles as (account, name)."""

    name: str
    roles: tuple[tuple[str, str], ...]
    is_work: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalRole:
    """A role of the portal's own. It trusts `service` where one is named, acting for `source`, and else the portal itself.

    `source` is a pattern of ARNs, `{account}` being the Jump account; empty for whatever the service does in that account.
    """

    name: str
    policy: Document
    service: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a company says about its design besides the catalogue: see docs/aws/account-design.md."""

    hosts: tuple[str, ...]
    sealed_users: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    exemptions: tuple[Exemption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """`portal_policy` is what the portal may do in the Jump account, `gate_policy` what in one with gates.

    `quotas` are by account; of those that are missing the documented ones count.
    """

    accounts: tuple[Account, ...]
    roles: tuple[Role, ...]
    groups: tuple[Group, ...]
    declared: Declared
    portal_policy: Document
    gate_policy: Document
    portal_roles: tuple[PortalRole, ...] = ()
    today: date
    quotas: Mapping[str, Quotas] = field(default_factory=dict)
    work_path: str = "/sekisho/work/"
    portal_role: str = PORTAL_ROLE

    @property
    def jump(self) -> Account:
        return next(account for account in self.accounts if account.kind == "jump")

    @property
    def portal_arns(self) -> tuple[str, ...]:
        """Return who the portal is to other accounts and to rails: its role, and what takes that on."""
        return (f"arn:aws:iam::{self.jump.id}:role/{self.portal_role}", *self.declared.hosts)

    def quotas_of(self, account: Account) -> Quotas:
        return self.quotas.get(account.key, _DOCUMENTED)

    def account(self, key: str) -> Account:
        return next(account for account in self.accounts if account.key == key)

    def arn(self, account: str, name: str) -> str:
        path = next(role.path for role in self.roles if (role.account, role.name) == (account, name))
        return f"arn:aws:iam::{self.account(account).id}:role{path}{name}"

    def may_have_gates(self, account: Account) -> bool:
        """Whether work groups lead there, or may. In accounts of bills, logs and audit the portal only reads until one does."""
        return account.kind in ENVIRONMENTS or any(role.work_seconds is not None for role in self.roles_in(account))

    def roles_in(self, account: Account) -> tuple[Role, ...]:
        return tuple(role for role in self.roles if role.account == account.key)
