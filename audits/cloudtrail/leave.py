"""What the trail says about who may be where: windows, standing roles, the portal itself, and declared exceptions."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from audits.cloudtrail.entering import BY_PROVIDER, Entered, Way
from audits.cloudtrail.said import without_session
from audits.cloudtrail.standing import SKEW, Role, Standing
from portal.iam.matching import arn_pattern, wildcard_pattern
from portal.iam.truth import Unknown
from portal.iam.variables import Variable, template

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
        return lead_to(self.roles, entered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """What a company declared to be right, with who answers for it and until when. Patterns have `*`; an empty one is any.

    They hold for what AWS vouches for alone. What a provider says of a person counts beside the provider that the line names.
    """

    owner: str
    until: date
    why: str
    account: str = ""
    role: str = ""
    principal: str = ""
    provider: str = ""

    def is_for(self, entered: Entered, at: datetime) -> bool:
        by_provider = entered.way in BY_PROVIDER
        named = (
            (self.account, entered.account),
            (self.role, entered.role),
            (self.principal, entered.principal if by_provider and self.provider else entered.vouched),
            (self.provider, entered.provider if by_provider else ""),
        )
        return at.date() <= self.until and all(_is_like(said, pattern) for pattern, said in named if pattern)

    def goes_on_to(self, entered: Entered, at: datetime) -> bool:
        """Whether it is for the role, too, that whoever came in by it takes on next."""
        return replace(self, principal="", provider="").is_for(entered, at)

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

    `standing` is who may always take which roles. `people`: id of a user in AWS -> whose it is, or was last.
    `targets` are the accounts of which log-ins are read, the Jump account not among them.
    `portal` are ids by which AWS knows the portal, without the name of a session; `portal_roles` the ARNs of its own roles.
    """

    jump: str
    windows: Sequence[Window] = ()
    standing: Standing = field(default_factory=Standing)
    people: Mapping[str, str] = field(default_factory=dict)
    portal: Collection[str] = frozenset()
    portal_roles: Collection[str] = frozenset()
    exemptions: Sequence[Exemption] = ()
    targets: Collection[str] = frozenset()

    def is_portal(self, entered: Entered) -> bool:
        """Whether the portal itself takes on a role of its own; nobody else by it."""
        return entered.role in self.portal_roles and entered.principal_id.partition(":")[0] in self.portal

    def is_standing(self, entered: Entered, at: datetime) -> bool:
        """Whether somebody takes a role that a standing group of theirs might always take then, by what was declared then.

        Of a role of Identity Center nothing says who takes it; nobody else can.
        """
        if entered.way == Way.RESERVED_ROLE:
            return lead_to(self.standing.of_anybody(at), entered)
        person = self.person(entered)
        return person != "" and lead_to(self.standing.roles_of(person, _user_of(entered), at), entered)

    def person(self, entered: Entered) -> str:
        """Return the username of whoever is known to enter; empty of a stranger."""
        found = self.people.get(_user_of(entered))
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
        if user := _user_of(entered):
            return "user", user
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


def lead_to(roles: Iterable[Role], entered: Entered) -> bool:
    """Whether the role that is entered is one of these: where both ids are known by these, which no role made later has."""
    return any(
        role_id == entered.role_id if role_id and entered.role_id else same_role(arn, entered.role, entered.account)
        for arn, role_id in roles
    )


def _is_like(said: str, pattern: str) -> bool:
    """Whether a text is like a pattern; in one of an ARN an asterisk stays in its part, since a path may hold colons."""
    parts = template(without_session(pattern), variables=False)
    if isinstance(parts, Unknown) or not said:
        return False
    plain = tuple(part for part in parts if not isinstance(part, Variable))
    compared = arn_pattern(plain) if pattern.startswith("arn:") else wildcard_pattern(plain)
    return compared.fullmatch(said) is not None


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


def _user_of(entered: Entered) -> str:
    """Return AWS's id of the user who enters; a provider's text is none, whatever it looks like."""
    if entered.way == Way.IDENTITY_CENTER:
        return entered.directory_user
    return "" if entered.way in BY_PROVIDER else entered.principal_id


def _name_of(arn: str) -> str:
    """Return the user's name; of a role's session, which has a name that anybody may choose, none."""
    return arn.rpartition("/")[2] if ":user/" in arn else ""
