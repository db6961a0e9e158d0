"""One event of CloudTrail, and what of it is kept: never the raw event."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from audits.cloudtrail import behind, entering, said
from audits.cloudtrail.behind import Left
from audits.cloudtrail.entering import Entered, Way
from audits.cloudtrail.said import moment

Raw = Mapping[str, Any]
T = TypeVar("T", bound="Event | Entered | Change | Left")
# Who the portal calls for is told by AWS, never by the user agent.
SERVICE = "AWSService"
# Services by which people come in.
OF_PEOPLE = ("account-access.amazonaws.com", "rolesanywhere.amazonaws.com")
CONSOLE = "AwsConsoleSignIn"
RESERVED = "AWSReservedSSO_"
# By the API: what it changes, and the parameters that name it.
MEMBERS = ("AddUserToGroup", "RemoveUserFromGroup", "CreateGroupMembership", "DeleteGroupMembership")
TRAILS = ("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging", "PutEventSelectors")
POLICIES = ("PutRolePolicy", "DeleteRolePolicy", "PutUserPolicy", "DeleteUserPolicy")
GATE, FENCE = "sekisho-session-gate", "sekisho-entry-"
LONGEST = 200
# What AWS gives in no event, and what no event without it can be told apart by.
LONGEST_ID, LONGEST_TEXT = 64, 700
# So long is each text at the most; of an event of AWS's own none is cut.
SHORTER = {"account": 12, "principal_account": 12, "region": 30, "tie": 64, "request_id": 64, "address": 200, "agent": 500}
# What PostgreSQL keeps in no text: NUL, and half of a surrogate pair.
NOT_KEPT, REPLACEMENT = re.compile("[\x00\ud800-\udfff]"), "\ufffd"
ODD = (ArithmeticError, AttributeError, KeyError, RecursionError, TypeError, ValueError)


class Part(StrEnum):
    """What an event is to the proof of a log-in."""

    ENTRY = "entry"
    CALL = "call"
    CHANGE = "change"
    # A service of AWS took on a role. Left out, and counted.
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Somebody changed who is a member, what gates or fences say, or whether a trail writes; by which request to AWS."""

    thing: str
    name: str
    by: str
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`thread` is whose session it is of, and `began` when that session began: by both events of a log-in find each other.

    `tie` is the same in both accounts of a switch, `error` empty of what succeeded. `entered` of a call is what it says of its
    session, `left` what may remain of it after the end. `address` and `agent` are personal.
    """

    id: str
    account: str
    region: str
    at: datetime
    name: str
    error: str
    sha256: str
    part: Part
    thread: str = ""
    began: datetime
    tie: str = ""
    entered: Entered | None = None
    change: Change | None = None
    left: Left | None = None
    address: str = field(default="", repr=False)
    agent: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is looked for. `roles` are ARNs of roles that people take on: of these each call is kept.

    In `homes`, the Jump account and that of Identity Center, people are at home: that they are there is no log-in to production.
    """

    homes: Collection[str]
    roles: Collection[str] = frozenset()

    def has(self, role_arn: str) -> bool:
        return role_arn in self.roles or role_arn.rpartition("/")[2].startswith(RESERVED)


def parsed(raw: Raw, scope: Scope) -> Event | None:
    """Return what is kept of an event, its texts as every database keeps them; None of one that proves nothing.

    Raises some of ODD for no event.
    """
    event = _parsed(raw, scope)
    if event is None:
        return None
    if not 0 < len(event.id) <= LONGEST_ID:
        raise ValueError("its id is none of AWS's")
    return _cleaned(event)


def _cleaned(said: T) -> T:
    """Return it with each text cut to what a column holds, and without what no database keeps."""
    values = {each.name: getattr(said, each.name) for each in fields(said)}
    return replace(said, **{name: _clean(name, value) for name, value in values.items()})


def _clean(name: str, value: Any) -> Any:
    if isinstance(value, Entered | Change | Left):
        return _cleaned(value)
    is_text = isinstance(value, str) and not isinstance(value, StrEnum)
    return NOT_KEPT.sub(REPLACEMENT, value[: SHORTER.get(name, LONGEST_TEXT)]) if is_text else value


def _parsed(raw: Raw, scope: Scope) -> Event | None:
    at, account = moment(raw["eventTime"]), str(raw["recipientAccountId"])
    who: Raw = raw.get("userIdentity") or {}
    head: dict[str, Any] = {
        "id": str(raw["eventID"]),
        "account": account,
        "region": str(raw["awsRegion"]),
        "at": at,
        "name": str(raw["eventName"])[:LONGEST],
        "error": _error(raw),
        "sha256": digest(raw),
        "tie": str(raw.get("sharedEventID", "")),
        "address": str(raw.get("sourceIPAddress", "")),
        "agent": str(raw.get("userAgent", ""))[:500],
    }
    if head["name"] in entering.SWITCHES and _is_service(raw, who, scope):
        return Event(part=Part.SERVICE, began=at, **head)
    entered = entering.entered(raw, homes=scope.homes)
    if entered is not None:
        return Event(part=Part.ENTRY, thread=entered.thread, began=entered.began or at, entered=entered, **head)
    change, called = _change(raw, who), _session(raw, who, scope, at)
    if change is None and called is None:
        return None
    thread, began = (called.thread, called.began or at) if called else ("", at)
    left = behind.left(raw) if called and not head["error"] else None
    part = Part.CHANGE if change else Part.CALL
    return Event(part=part, thread=thread, began=began, change=change, entered=called, left=left, **head)


def _is_service(raw: Raw, who: Raw, scope: Scope) -> bool:
    """Whether a service takes on a role for itself; not where it lets people in, nor a role that people take on."""
    role = str((raw.get("requestParameters") or {}).get("roleArn", ""))
    return who.get("type") == SERVICE and str(who.get("invokedBy")) not in OF_PEOPLE and not scope.has(role)


def digest(raw: Raw) -> str:
    """Return the SHA-256 of the event, the same whether LookupEvents or a file has it."""
    text = json.dumps(raw, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _error(raw: Raw) -> str:
    """Return the error's code; of the console, which has none, that it let nobody in."""
    said = (raw.get("responseElements") or {}).get(raw["eventName"])
    failed = "Failure" if said == "Failure" else ""
    return str(raw.get("errorCode") or failed)[:LONGEST]


def _session(raw: Raw, who: Raw, scope: Scope, at: datetime) -> Entered | None:
    """Return whose session a call is of, as far as a call says; None of one that nobody is looked for by."""
    account, context = str(raw["recipientAccountId"]), who.get("sessionContext") or {}
    created = (context.get("attributes") or {}).get("creationDate")
    issuer, kind = context.get("sessionIssuer") or {}, who.get("type")
    if raw.get("eventType") == CONSOLE:
        return None  # A step of a log-in that another event tells of, such as CheckMfa.
    way = {"AssumedRole": Way.UNSEEN, "IAMUser": Way.LOCAL_KEY, "Root": Way.ROOT}.get(str(kind))
    if way is None or str(who.get("accountId", "")) != account or who.get("invokedBy"):
        return None
    if way == Way.UNSEEN and not scope.has(str(issuer.get("arn", ""))):
        return None
    if account in scope.homes and way != Way.ROOT:
        return None
    is_role, has_session = way == Way.UNSEEN, bool(created) or way != Way.LOCAL_KEY
    role_id, _colon, session = str(who.get("principalId", "")).partition(":")
    return Entered(
        way=way,
        account=account,
        thread=said.thread(account, who, has_session=has_session),
        began=moment(created) if created else said.day_of(at),
        role=str(issuer.get("arn", "")),
        role_id=role_id if is_role else "",
        session=session,
        principal=str(who.get("arn", "")),
        principal_id="" if is_role else str(who.get("principalId", "")),
        principal_account="" if is_role else account,
    )


def _change(raw: Raw, who: Raw) -> Change | None:
    name, given = str(raw["eventName"]), raw.get("requestParameters") or {}
    by = {"by": str(who.get("arn") or who.get("principalId") or ""), "request_id": str(raw.get("requestID") or "")}
    if name in MEMBERS:
        group, member = given.get("groupName") or given.get("groupId"), given.get("userName") or given.get("memberId")
        return Change(thing=_text(group), name=_text(member), **by)
    if name in TRAILS:
        return Change(thing=_text(given.get("name") or given.get("trailName")), name="", **by)
    policy = str(given.get("policyName", ""))
    if name in POLICIES and (policy == GATE or policy.startswith(FENCE)):
        return Change(thing=_text(given.get("roleName") or given.get("userName")), name=policy[:LONGEST], **by)
    return None


def _text(value: Any) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


__all__ = ["Change", "Event", "Part", "Scope", "Way", "digest", "parsed"]
