"""How an event lets somebody in: each way in, with what leads from it to an elevation.

`docs/audit/log-ins.md` has the table. What an event does not say is empty here, and is not guessed.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from audits.cloudtrail.said import Raw, account_of, expires, is_in_role, mfa_of, moment, role_of, thread, without_session

SWITCHES = ("AssumeRole",)
TIMES = ("began", "until", "parent_began")
RESERVED_PATH = ":role/aws-reserved/sso.amazonaws.com/"


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


# Who comes so is named by a provider: AWS vouches for the provider alone.
BY_PROVIDER = (Way.SAML, Way.WEB_IDENTITY, Way.RESERVED_ROLE)


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
    def vouched(self) -> str:
        """Who enters as AWS vouches for it: an ARN without the name of a session, which its caller chooses; a user's id."""
        if self.way in BY_PROVIDER:
            return ""
        if self.way == Way.IDENTITY_CENTER:
            return self.directory_user
        return without_session(self.principal)

    @property
    def kept(self) -> dict[str, Any]:
        """The same as JSON."""
        said = asdict(self)
        return {**said, **{name: said[name].isoformat() if said[name] else None for name in TIMES}}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        times = {name: datetime.fromisoformat(kept[name]) if kept[name] else None for name in TIMES}
        return cls(**{**kept, **times, "way": Way(kept["way"])})

    @property
    def unseen(self) -> Self:
        """What is left of it where the event that said how somebody came in was none."""
        texts = ("principal", "principal_id", "principal_account", "parent", "directory_user", "provider")
        nothing: dict[str, Any] = dict.fromkeys(texts, "")
        return replace(self, way=Way.UNSEEN, mfa=None, until=None, parent_began=None, **nothing)

    def filled(self, other: "Entered") -> "Entered":
        """Return it with what only the other event says."""
        missing = {name: value for name, value in asdict(other).items() if getattr(self, name) in ("", None)}
        return replace(self, **missing)


def entered(raw: Raw, *, homes: Collection[str]) -> Entered | None:
    """Return the way in that an event is, or None. Where people are at home only root's log-in and switches out of it are."""
    read = READERS.get((str(raw.get("eventSource", "")).partition(".")[0], raw["eventName"]))
    found = read(raw) if read is not None else None
    if found is None or (found.account in homes and found.way != Way.ROOT):
        return None
    return found


def _assumed(raw: Raw) -> Entered | None:
    given, who = raw.get("requestParameters") or {}, raw.get("userIdentity") or {}
    role = str(given.get("roleArn", ""))
    found = Entered(
        way=Way.CHAIN if is_in_role(who) else Way.CLI,
        account=account_of(role) or str(raw["recipientAccountId"]),
        role=role,
        session=str(given.get("roleSessionName", "")),
        # A service has a name alone.
        principal=str(who.get("arn") or (who.get("invokedBy", "") if who.get("type") == "AWSService" else "")),
        principal_id=str(who.get("principalId", "")),
        principal_account=str(who.get("accountId", "")),
        mfa=mfa_of(who),
    )
    return _of_parent(_answered(found, raw), who)


def _by_provider(raw: Raw) -> Entered | None:
    given, who = raw.get("requestParameters") or {}, raw.get("userIdentity") or {}
    role = str(given.get("roleArn", ""))
    way = Way.SAML if raw["eventName"] == "AssumeRoleWithSAML" else Way.WEB_IDENTITY
    # The path is AWS's own: nobody can make a role below it, and anybody one of such a name.
    if way == Way.SAML and RESERVED_PATH in role:
        way = Way.RESERVED_ROLE
    found = Entered(
        way=way,
        account=account_of(role) or str(raw["recipientAccountId"]),
        role=role,
        session=str(given.get("roleSessionName", "")),
        principal=str(who.get("userName", "")),
        principal_id=str(who.get("principalId", "")),
        # Of SAML the identity's own provider is a text of the assertion.
        provider=str((given.get("principalArn") if way != Way.WEB_IDENTITY else who.get("identityProvider")) or ""),
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
        role=role_of(str(who.get("arn", ""))),
        role_id=role_id,
        session=session,
        principal=str(more.get("SwitchFrom", "")),
        principal_account=account_of(str(more.get("SwitchFrom", ""))),
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
    account = account_of(account) or account
    return Entered(
        way=Way.ROOT,
        account=account,
        thread=f"{account}:root",
        principal=str(who.get("arn", "")),
        principal_id=str(who.get("principalId", "")),
        principal_account=str(who.get("accountId", "")),
        mfa=mfa_of(who),
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
        role=role_of(str(who.get("arn", ""))),
        principal=str(who.get("arn", "")),
        principal_id=str(who.get("principalId", "")),
        principal_account=str(who.get("accountId", "")),
        mfa=mfa_of(who),
    )
    return _of_parent(found, who)


def _of_parent(found: Entered, who: Raw) -> Entered:
    """Return it with the session by which somebody goes on, where it is one."""
    if not is_in_role(who):
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
    return replace(found, thread=thread_of, role_id=role_id, until=expires(until))


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
