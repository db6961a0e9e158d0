"""How an event lets somebody in: each way in, with what leads from it to an elevation.

`docs/audit/log-ins.md` has the table. What an event does not say is empty here, and is not guessed.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Any, Self

Raw = Mapping[str, Any]
SWITCHES = ("AssumeRole",)
ARN_COLONS = 5
TIMES = ("began", "until", "parent_began")
EXPIRES = "%b %d, %Y, %I:%M:%S %p"


class Way(StrEnum):
    CLI = "cli"
    CONSOLE = "console"
    CHAIN = "chain"
    USER = "user"
    ROOT = "root"
    SAML = "saml"
    WEB_IDENTITY = "web_identity"
    IDENTITY_CENTER = "sso"
    # What AWS does in the account for whoever came by Identity Center: nothing ties it to the person.
    RESERVED_ROLE = "reserved_role"
    SIGN_IN = "sign_in"
    LOCAL_KEY = "local_key"
    # Calls of a session of which nobody saw how it began.
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A way in. `account` is the one that is entered; `principal_id` and `principal` say who enters, as AWS does.

    `mfa` is None where AWS does not say. `parent…` is of the session by which somebody goes on. `directory_user` is the id of a
    user of Identity Center, `provider` who vouches for a person that AWS does not know.
    """

    way: Way
    account: str
    thread: str = ""
    began: datetime | None = None
    role: str = ""
    role_id: str = ""
    session: str = ""
    principal: str = ""
    principal_id: str = ""
    principal_account: str = ""
    mfa: bool | None = None
    until: datetime | None = None
    parent: str = ""
    parent_began: datetime | None = None
    directory_user: str = ""
    provider: str = ""

    @property
    def kept(self) -> dict[str, Any]:
        """The same as JSON."""
        said = asdict(self)
        return {**said, **{name: said[name].isoformat() if said[name] else None for name in TIMES}}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        times = {name: datetime.fromisoformat(kept[name]) if kept[name] else None for name in TIMES}
        return cls(**{**kept, **times, "way": Way(kept["way"])})

    def filled(self, other: "Entered") -> "Entered":
        """Return it with what only the other event says."""
        missing = {name: value for name, value in asdict(other).items() if getattr(self, name) in ("", None)}
        return replace(self, **missing)


def entered(raw: Raw, *, jump: str) -> Entered | None:
    """Return the way in that an event is, or None. In the Jump account only root's log-in and switches out of it are."""
    read = READERS.get((str(raw.get("eventSource", "")).partition(".")[0], raw["eventName"]))
    found = read(raw) if read is not None else None
    if found is None or (found.account == jump and found.way != Way.ROOT):
        return None
    return found


def thread(account: str, who: Raw, *, has_session: bool = True) -> str:
    """Return whose sessions these are: a role and its session's name, a user, a key, or root."""
    if who.get("type") == "Root":
        return f"{account}:root"
    named = who.get("principalId") if has_session else f"key:{who.get('accessKeyId', '')}"
    return f"{account}:{named or ''}"


def _assumed(raw: Raw) -> Entered | None:
    given, who = raw.get("requestParameters") or {}, raw.get("userIdentity") or {}
    role = str(given.get("roleArn", ""))
    found = Entered(
        way=Way.CHAIN if _is_in_role(who) else Way.CLI,
        account=_account_of(role) or str(raw["recipientAccountId"]),
        role=role,
        session=str(given.get("roleSessionName", "")),
        # A service has a name alone.
        principal=str(who.get("arn") or (who.get("invokedBy", "") if who.get("type") == "AWSService" else "")),
        principal_id=str(who.get("principalId", "")),
        principal_account=str(who.get("accountId", "")),
        mfa=_mfa(who),
    )
    return _of_parent(_answered(found, raw), who)


def _by_provider(raw: Raw) -> Entered | None:
    given, who = raw.get("requestParameters") or {}, raw.get("userIdentity") or {}
    role = str(given.get("roleArn", ""))
    way = Way.SAML if raw["eventName"] == "AssumeRoleWithSAML" else Way.WEB_IDENTITY
    if role.rpartition("/")[2].startswith("AWSReservedSSO_"):
        way = Way.RESERVED_ROLE
    found = Entered(
        way=way,
        account=_account_of(role) or str(raw["recipientAccountId"]),
        role=role,
        session=str(given.get("roleSessionName", "")),
        principal=str(who.get("userName") or given.get("roleSessionName") or ""),
        principal_id=str(who.get("principalId", "")),
        provider=str(given.get("principalArn") or given.get("sAMLAssertionID") or who.get("identityProvider") or ""),
    )
    return _answered(found, raw)


def _switched(raw: Raw) -> Entered | None:
    """The console's own event, which has the session and whom it is switched from by ARN alone."""
    who, more = raw.get("userIdentity") or {}, raw.get("additionalEventData") or {}
    account, principal_id = str(raw["recipientAccountId"]), str(who.get("principalId", ""))
    role_id, _colon, session = principal_id.partition(":")
    return Entered(
        way=Way.CONSOLE,
        account=account,
        thread=f"{account}:{principal_id}",
        role=_role_of(str(who.get("arn", ""))),
        role_id=role_id,
        session=session,
        principal=str(more.get("SwitchFrom", "")),
        principal_account=_account_of(str(more.get("SwitchFrom", ""))),
    )


def _console(raw: Raw) -> Entered | None:
    who, more = raw.get("userIdentity") or {}, raw.get("additionalEventData") or {}
    kind, account = who.get("type"), str(raw["recipientAccountId"])
    if kind not in ("IAMUser", "Root"):
        return None  # Of a federated session, whose own event says more.
    return Entered(
        way=Way.ROOT if kind == "Root" else Way.USER,
        account=account,
        thread=thread(account, who),
        principal=str(who.get("arn") or who.get("userName") or ""),
        principal_id=str(who.get("principalId", "")),
        principal_account=account,
        mfa={"Yes": True, "No": False}.get(str(more.get("MFAUsed", ""))),
    )


def _assumed_root(raw: Raw) -> Entered | None:
    given, who = raw.get("requestParameters") or {}, raw.get("userIdentity") or {}
    account = str(given.get("targetPrincipal", "")) or str(raw["recipientAccountId"])
    account = _account_of(account) or account
    return Entered(
        way=Way.ROOT,
        account=account,
        thread=f"{account}:root",
        principal=str(who.get("arn", "")),
        principal_id=str(who.get("principalId", "")),
        principal_account=str(who.get("accountId", "")),
        mfa=_mfa(who),
    )


def _federated(raw: Raw) -> Entered | None:
    """Somebody of Identity Center takes credentials of a role in an account, by its portal or its command."""
    who, details = raw.get("userIdentity") or {}, raw.get("serviceEventDetails") or raw.get("requestParameters") or {}
    on_behalf = who.get("onBehalfOf") or {}
    account = str(details.get("account_id") or details.get("accountId") or "")
    if not account:
        return None
    return Entered(
        way=Way.IDENTITY_CENTER,
        account=account,
        role=str(details.get("role_name") or details.get("roleName") or ""),
        principal=str(who.get("userName", "")),
        principal_id=str(who.get("principalId", "")),
        principal_account=str(who.get("accountId", "")),
        directory_user=str(on_behalf.get("userId", "")),
    )


def _signed_in(raw: Raw) -> Entered | None:
    """`aws login` or AWS's server for agents goes on with what somebody already is."""
    who, account = raw.get("userIdentity") or {}, str(raw["recipientAccountId"])
    session = str((raw.get("additionalEventData") or {}).get("signInSessionArn") or who.get("signInSessionArn") or "")
    found = Entered(
        way=Way.SIGN_IN,
        account=account,
        thread=f"{account}:{session}" if session else "",
        session=session,
        role=_role_of(str(who.get("arn", ""))),
        principal=str(who.get("arn", "")),
        principal_id=str(who.get("principalId", "")),
        principal_account=str(who.get("accountId", "")),
        mfa=_mfa(who),
    )
    return _of_parent(found, who)


def _of_parent(found: Entered, who: Raw) -> Entered:
    """Return it with the session by which somebody goes on, where it is one."""
    if not _is_in_role(who):
        return found
    created = ((who.get("sessionContext") or {}).get("attributes") or {}).get("creationDate")
    began = moment(created) if created else None
    return replace(found, parent=thread(str(who.get("accountId", "")), who), parent_began=began)


def _answered(found: Entered, raw: Raw) -> Entered:
    """Return it with the session that began, where one did."""
    said = raw.get("responseElements") or {}
    user = (said.get("assumedRoleUser") or {}).get("assumedRoleId")
    role_id = str(user or "").partition(":")[0]
    until = (said.get("credentials") or {}).get("expiration")
    thread_of = f"{found.account}:{user}" if user else ""
    return replace(found, thread=thread_of, role_id=role_id, until=_expires(until))


def _expires(text: Any) -> datetime | None:
    """Return the time as CloudTrail words it, such as `Nov 23, 2026, 1:00:00 PM`; None where it words it otherwise."""
    try:
        return datetime.strptime(str(text), EXPIRES).replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        read = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _is_in_role(who: Raw) -> bool:
    """Whether a role's session calls. In the other account's event only the id of who calls says so."""
    return who.get("type") == "AssumedRole" or (who.get("type") == "AWSAccount" and ":" in str(who.get("principalId", "")))


def _mfa(who: Raw) -> bool | None:
    said = ((who.get("sessionContext") or {}).get("attributes") or {}).get("mfaAuthenticated")
    return {"true": True, "false": False}.get(str(said).lower())


def _account_of(arn: str) -> str:
    return arn.split(":")[4] if arn.startswith("arn:") and arn.count(":") >= ARN_COLONS else ""


def _role_of(arn: str) -> str:
    """Return the role of a session by its ARN, which has no path: it is only part of the role's own ARN."""
    head, _slash, rest = arn.partition(":assumed-role/")
    return f"{head.replace(':sts:', ':iam:')}:role/{rest.partition('/')[0]}" if rest else ""


def moment(text: Any) -> datetime:
    """Return a time as AWS says it. Raises ValueError for one without a zone: nobody knows when that is."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time has no zone")
    return at


def day_of(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(UTC).date(), time(), UTC)


READERS: Mapping[tuple[str, str], Callable[[Raw], Entered | None]] = {
    ("sts", "AssumeRole"): _assumed,
    ("sts", "AssumeRoleWithSAML"): _by_provider,
    ("sts", "AssumeRoleWithWebIdentity"): _by_provider,
    ("sts", "AssumeRoot"): _assumed_root,
    ("signin", "SwitchRole"): _switched,
    ("signin", "ConsoleLogin"): _console,
    ("signin", "AuthorizeOAuth2Access"): _signed_in,
    ("signin", "CreateOAuth2Token"): _signed_in,
    ("sso", "Federate"): _federated,
    ("sso", "GetRoleCredentials"): _federated,
}
