"""Log-ins as pages and programs show them: in words, with what was done and what remains."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.log_ins import knowing, selectors
from audits.log_ins.knowing import Place
from audits.log_ins.selectors import Coverage, Done, LeftBehind
from audits.models import ElevationUse, LogIn, LogInClass, LogInWay, UseState

REASONS: Mapping[str, Promise] = {
    "entry_not_seen": _("calls of a session were read, and not how it began"),
    "parent_not_seen": _("the session that it goes on from was not read"),
    "parent_unknown": _("it is not known how the session began that it goes on from"),
    "not_tied": _("AWS does not say who took the role; somebody had leave for it then"),
    "caller_not_seen": _("the event of the account that somebody came from was not read"),
    "nobody_named": _("AWS does not name anybody"),
    "not_judged": _("it is being looked at"),
    "not_over": _("the access is not over"),
    "not_read": _("some of the accounts cannot be read"),
    "not_settled": _("events may come for a day after the end"),
    "gap": _("reading began after the access had begun"),
}
REMAINS: Mapping[str, Promise] = {
    "session": _("an open session on a machine or in a container"),
    "url": _("an address that calls a function"),
    "permission": _("a policy that may let others in"),
    "key": _("an access key"),
    "user": _("an IAM user"),
    "password": _("a password for the console"),
    "role": _("a role"),
    "trust": _("a changed trust policy"),
    "snapshot": _("a snapshot that may be shared"),
    "grant": _("a grant on a key"),
    "machine": _("a machine with a role"),
    "stack": _("a stack of CloudFormation"),
    "anchor": _("a trust anchor"),
    "token": _("a token that outlives the session"),
    "entitlement": _("an entitlement of Identity Center"),
}
NO_ROLE = _("the portal has no role there")
# How a class looks: as the tags of states do.
TAGS: Mapping[str, str] = {
    LogInClass.NO_LEAVE: "danger",
    LogInClass.AFTER_END: "danger",
    LogInClass.UNKNOWN: "waits",
    LogInClass.USED: "ok",
}


@dataclass(frozen=True, kw_only=True)
class ShownLogIn:
    row: LogIn
    place: Place | None
    address: str = ""
    agent: str = ""
    done: Sequence[Done] = field(default=(), repr=False)
    left: Sequence[LeftBehind] = field(default=(), repr=False)

    @property
    def who(self) -> str:
        """Whose it is; of a stranger the name that AWS has."""
        return self.row.person or self.row.principal or str(self.row.entered["principal_id"])

    @property
    def kind(self) -> str:
        return str(LogInClass(self.row.kind).label)

    @property
    def tag(self) -> str:
        return TAGS.get(self.row.kind, "")

    @property
    def reason(self) -> str:
        return reason(self.row.reason)

    @property
    def way(self) -> str:
        return str(LogInWay(self.row.way).label)

    @property
    def account(self) -> str:
        return self.place.key if self.place else self.row.account

    @property
    def role(self) -> str:
        return self.row.role.rpartition("/")[2]

    @property
    def length(self) -> timedelta | None:
        """From its beginning to the last call that AWS answered; None where it has made none."""
        return self.row.last_call_at - self.row.began_at if self.row.last_call_at else None

    @property
    def calls(self) -> int:
        return sum(each.count for each in self.done if not each.error)

    @property
    def refusals(self) -> int:
        return sum(each.count for each in self.done if each.error)

    @property
    def remains(self) -> list[tuple[LeftBehind, str]]:
        return [(each, str(REMAINS.get(each.kind, each.kind))) for each in self.left]

    @property
    def fields(self) -> dict[str, Any]:
        """The log-in as programs get it."""
        row = self.row
        names = (
            "account",
            "role",
            "session",
            "person",
            "principal",
            "way",
            "mfa",
            "began_at",
            "until",
            "last_call_at",
            "refused",
        )
        return {
            "id": row.code,
            "kind": row.kind,
            **{name: getattr(row, name) for name in (*names, "reason", "elevation", "exemption", "changed_at")},
            "address": self.address,
            "user_agent": self.agent,
            "last_entry": row.entry_id,
        }


@dataclass(frozen=True, kw_only=True)
class ShownUse:
    """Whether an access was used, and how far that is known. `log_ins` are by its leave, oldest first."""

    use: ElevationUse | None
    log_ins: Sequence[ShownLogIn]
    coverage: Coverage

    @property
    def state(self) -> str:
        return str(UseState(self.use.use).label) if self.use else ""

    @property
    def reason(self) -> str:
        return reason(self.use.reason) if self.use else ""

    @property
    def remains(self) -> list[tuple[LeftBehind, str]]:
        return [each for log_in in self.log_ins for each in log_in.remains]


def reason(word: str) -> str:
    return str(REASONS.get(word, word))


def in_brief(rows: Sequence[LogIn]) -> list[ShownLogIn]:
    """Return the log-ins with where they came from and how much was done. Four queries, however many there are."""
    return _shown(rows, selectors.left_behind(rows))


def of_access(code: str, *, now: datetime, accounts: Collection[str] = ()) -> ShownUse:
    """Return what CloudTrail shows of an access."""
    shown = in_brief(selectors.of_elevation(code))
    return ShownUse(use=selectors.use_of(code), log_ins=shown, coverage=selectors.coverage(now=now, accounts=accounts))


def _shown(rows: Sequence[LogIn], left: Mapping[int, Sequence[LeftBehind]]) -> list[ShownLogIn]:
    known = knowing.known()
    where, done = selectors.from_where(rows, erased=gettext("erased")), selectors.done(rows)
    return [
        ShownLogIn(
            row=row,
            place=known.place(row.account),
            address=where.get(row.code, ("", ""))[0],
            agent=where.get(row.code, ("", ""))[1],
            done=done.get(row.pk, ()),
            left=left.get(row.pk, ()),
        )
        for row in rows
    ]
