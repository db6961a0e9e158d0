"""What the trail says about who may be where: windows, standing roles, the portal itself, and declared exceptions."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property

from audits.cloudtrail.entering import Entered, Way

# Clocks of AWS and of the portal may differ by so much.
SKEW = timedelta(seconds=60)
RESERVED = "AWSReservedSSO_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to when an elevation gave leave, as approved and ended. `roles`: ARN and AWS's id, empty if unknown.

    `user` and `directory_user` are the ids of the bound user of IAM and of Identity Center, `user_name` the former's name.
    """

    elevation: str
    person: str
    starts_at: datetime
    ends_at: datetime
    user: str = ""
    user_name: str = ""
    directory_user: str = ""
    roles: frozenset[tuple[str, str]] = frozenset()

    def covers(self, moment: datetime) -> bool:
        return self.starts_at - SKEW <= moment <= self.ends_at + SKEW

    def leads_to(self, entered: Entered) -> bool:
        """Whether it gives leave for the role, by the id that a role of the same name made later does not have."""
        return any(
            role_id == entered.role_id if role_id and entered.role_id else same_role(arn, entered.role, entered.account)
            for arn, role_id in self.roles
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """What a company declared to be right, with who answers for it and until when. Patterns have `*`; an empty one is any."""

    owner: str
    until: date
    why: str
    account: str = ""
    role: str = ""
    principal: str = ""
    provider: str = ""

    def is_for(self, entered: Entered, at: datetime) -> bool:
        named = (
            (self.account, entered.account),
            (self.role, entered.role),
            (self.principal, entered.principal),
            (self.provider, entered.provider),
        )
        return at.date() <= self.until and all(fnmatchcase(said, pattern) for pattern, said in named if pattern)

    @property
    def said(self) -> dict[str, str]:
        return {"owner": self.owner, "until": self.until.isoformat(), "why": self.why}


class InTime:
    """Windows by their beginning: those that are open at a time are found without looking at the others."""

    def __init__(self, windows: Iterable[Window]) -> None:
        self._windows = sorted(windows, key=lambda one: (one.starts_at, one.elevation))
        self._starts = [window.starts_at for window in self._windows]
        self._longest = max((window.ends_at - window.starts_at for window in self._windows), default=timedelta())

    def at(self, moment: datetime) -> list[Window]:
        first = bisect_left(self._starts, moment - SKEW - self._longest)
        return [window for window in self._windows[first : bisect_right(self._starts, moment + SKEW)] if window.covers(moment)]


@dataclass(frozen=True, kw_only=True)
class Leave:
    """All that is needed to class the log-ins of a time.

    `standing` are ARNs and ids of roles that a standing group may always take. `people`: id of a user in AWS -> whose it is.
    `targets` are the accounts of which log-ins are read, the Jump account not among them.
    `portal` are ids by which AWS knows the portal, without the name of a session; `portal_roles` the ARNs of its own roles.
    """

    jump: str
    windows: Sequence[Window] = ()
    standing: Collection[str] = frozenset()
    people: Mapping[str, str] = field(default_factory=dict)
    portal: Collection[str] = frozenset()
    portal_roles: Collection[str] = frozenset()
    exemptions: Sequence[Exemption] = ()
    targets: Collection[str] = frozenset()

    def is_portal(self, entered: Entered) -> bool:
        """Whether the portal itself takes on a role of its own; nobody else by it."""
        return entered.role in self.portal_roles and entered.principal_id.partition(":")[0] in self.portal

    def is_standing(self, entered: Entered) -> bool:
        """Whether somebody of the company takes a role that a standing group may always take.

        Of a role of Identity Center nothing says who takes it; nobody else can.
        """
        is_known = self.person(entered) != "" or entered.way == Way.RESERVED_ROLE
        return is_known and (entered.role_id in self.standing or entered.role in self.standing or self._standing_set(entered))

    def person(self, entered: Entered) -> str:
        """Return the username of whoever is known to enter; empty of a stranger."""
        found = self.people.get(entered.directory_user) or self.people.get(entered.principal_id)
        if not found and entered.way == Way.CONSOLE and entered.principal_account == self.jump:
            found = self._by_name.get(_name_of(entered.principal), "")
        return found or ""

    def exemption(self, entered: Entered, at: datetime) -> Exemption | None:
        return next((one for one in self.exemptions if one.is_for(entered, at)), None)

    def may_be_exempt(self, entered: Entered, at: datetime) -> bool:
        """Whether an exemption would hold if the caller were the one that it names: the other account's event says only an id."""
        if entered.principal:
            return False
        return any(one.principal and replace(one, principal="").is_for(entered, at) for one in self.exemptions)

    def of(self, entered: Entered, at: datetime) -> list[Window]:
        """Return the windows of the one who enters for the role that are open then, by their beginning."""
        mine = self._of_user.get(self._who(entered))
        return [window for window in mine.at(at) if window.leads_to(entered)] if mine else []

    def at_role(self, entered: Entered, at: datetime) -> list[Window]:
        """Return anybody's windows for the role that are open then."""
        return [window for window in self._all.at(at) if window.leads_to(entered)]

    def by_code(self, code: str) -> Window | None:
        return self._by_code.get(code)

    def _who(self, entered: Entered) -> tuple[str, str]:
        """Return by what the windows of whoever enters are found."""
        if entered.way == Way.IDENTITY_CENTER:
            return "directory", entered.directory_user
        if entered.principal_id:
            return "user", entered.principal_id
        return ("name", _name_of(entered.principal)) if entered.principal_account == self.jump else ("", "")

    @cached_property
    def _of_user(self) -> Mapping[tuple[str, str], "InTime"]:
        found: dict[tuple[str, str], list[Window]] = defaultdict(list)
        for window in self.windows:
            named = {"user": window.user, "directory": window.directory_user, "name": window.user_name}
            for key in ((kind, name) for kind, name in named.items() if name):
                found[key].append(window)
        return {key: InTime(windows) for key, windows in found.items()}

    @cached_property
    def _by_code(self) -> Mapping[str, Window]:
        return {window.elevation: window for window in self.windows}

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        return {window.user_name: window.person for window in self.windows if window.user_name}

    @cached_property
    def _all(self) -> "InTime":
        return InTime(self.windows)

    def _standing_set(self, entered: Entered) -> bool:
        """Whether a role of Identity Center is standing: it is declared by the permission set's name, or by its ARN."""
        return any(same_role(role, entered.role, entered.account) for role in self.standing if ":role/" in role)


def same_role(declared: str, entered: str, account: str) -> bool:
    """Whether both name one role: by ARN, by ARN without a path, or by the permission set that made it in the account."""
    if not entered:
        return False
    where, _, path = declared.partition(":role/")
    name = path.rpartition("/")[2]
    if where.rpartition(":")[2] != account:
        return False
    if ":role/" not in entered:
        return name == entered or (name.startswith(RESERVED) and name.removeprefix(RESERVED).rpartition("_")[0] == entered)
    return declared == entered or ("/" not in entered.partition(":role/")[2] and name == entered.rpartition("/")[2])


def _name_of(arn: str) -> str:
    """Return the user's name; of a role's session, which has a name that anybody may choose, none."""
    return arn.rpartition("/")[2] if ":user/" in arn else ""
