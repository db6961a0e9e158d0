"""Events as CloudTrail has them, of the demo's company: member01 takes Prod_MemberRole of production, and what others do."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

JUMP, PRODUCTION = "111111111111", "444444444444"
ROLE, ROLE_ID = f"arn:aws:iam::{PRODUCTION}:role/Prod_MemberRole", "AROAPRODMEMBERROLE00"
READER, READER_ID = f"arn:aws:iam::{PRODUCTION}:role/Prod_ReadOnlyRole", "AROAPRODREADER000000"
USER, USER_ID = f"arn:aws:iam::{JUMP}:user/member01", "AIDAMEMBER0100000000"
RESERVED = f"arn:aws:iam::{PRODUCTION}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_ProdOps_0123456789abcdef"
Raw = dict[str, Any]


def event_id(*parts: object) -> str:
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def raw(at: datetime, name: str, *, source: str = "ec2", account: str = PRODUCTION, **more: Any) -> Raw:
    body: Raw = {
        "eventVersion": "1.11",
        "eventID": event_id(at, name, account, sorted(more.items(), key=str)),
        "eventTime": stamp(at),
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": "ap-northeast-1",
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "aws-cli/2.31",
        "recipientAccountId": account,
        "userIdentity": {},
        "requestParameters": None,
        "responseElements": None,
    }
    return {**body, **more}


def user(name: str = "member01", *, account: str = JUMP, user_id: str = USER_ID, key: str = "AKIAMEMBER0100000000") -> Raw:
    arn = f"arn:aws:iam::{account}:user/{name}"
    return {"type": "IAMUser", "principalId": user_id, "arn": arn, "accountId": account, "accessKeyId": key, "userName": name}


def in_role(began: datetime, *, role: str = ROLE, role_id: str = ROLE_ID, session: str = "member01", mfa: bool = True) -> Raw:
    account, name = role.split(":")[4], role.rpartition("/")[2]
    issuer = {"type": "Role", "principalId": role_id, "arn": role, "accountId": account, "userName": name}
    return {
        "type": "AssumedRole",
        "principalId": f"{role_id}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accountId": account,
        "accessKeyId": "ASIASESSION000000000",
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"creationDate": stamp(began), "mfaAuthenticated": str(mfa).lower()},
        },
    }


def switch(
    at: datetime,
    *,
    role: str = ROLE,
    role_id: str = ROLE_ID,
    session: str = "member01",
    who: Raw | None = None,
    name: str = "AssumeRole",
    error: str = "",
    given: Raw | None = None,
) -> list[Raw]:
    """Return the events of a switch: of the account that somebody comes from, and, unless it was refused, of the other one."""
    caller = who or {**user(), "sessionContext": {"attributes": {"mfaAuthenticated": "true"}}}
    account = role.split(":")[4]
    asked = {"roleArn": role, "roleSessionName": session, **(given or {})}
    common: Raw = {"source": "sts", "requestParameters": asked, "readOnly": True}
    if error:
        return [raw(at, name, account=caller["accountId"], userIdentity=caller, errorCode=error, **common)]
    answer = {
        "credentials": {
            "accessKeyId": "ASIASESSION000000000",
            "expiration": f"{at + timedelta(hours=1):%b %-d, %Y, %-I:%M:%S %p}",
        },
        "assumedRoleUser": {
            "assumedRoleId": f"{role_id}:{session}",
            "arn": f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/{session}",
        },
    }
    common |= {"responseElements": answer, "sharedEventID": event_id(at, role, session, "shared")}
    own = raw(at, name, account=caller["accountId"], userIdentity=caller, **common)
    if caller["accountId"] == account:
        return [own]
    stranger = {"type": "AWSAccount", "principalId": caller["principalId"], "accountId": caller["accountId"]}
    return [own, raw(at, name, account=account, userIdentity=stranger, **common)]


def console_switch(at: datetime, **asked: Any) -> list[Raw]:
    """Return the events of a switch by the console: what it adds comes last."""
    session = in_role(at, **{name: asked[name] for name in ("role", "role_id", "session") if name in asked})
    identity = {name: session[name] for name in ("type", "principalId", "arn", "accountId")}
    more = {"SwitchFrom": USER, "RedirectTo": "https://console.aws.amazon.com/console/home"}
    added = raw(
        at + timedelta(seconds=1),
        "SwitchRole",
        source="signin",
        userIdentity=identity,
        additionalEventData=more,
        responseElements={"SwitchRole": "Success"},
        awsRegion="us-east-1",
    )
    return [*switch(at, **asked), added]


def call(
    at: datetime, name: str = "DescribeInstances", *, began: datetime, error: str = "", source: str = "ec2", **more: Any
) -> Raw:
    """Return a call of a session that began then."""
    who = {name: more.pop(name) for name in ("role", "role_id", "session") if name in more}
    failed = {"errorCode": error} if error else {}
    return raw(at, name, source=source, userIdentity=in_role(began, **who), **failed, **more)


def console_log_in(at: datetime, *, who: Raw, mfa: bool = True, failed: bool = False) -> Raw:
    return raw(
        at,
        "ConsoleLogin",
        source="signin",
        account=who["accountId"],
        userIdentity=who,
        additionalEventData={"MFAUsed": "Yes" if mfa else "No"},
        responseElements={"ConsoleLogin": "Failure" if failed else "Success"},
    )


def federated(
    at: datetime, *, directory_user: str, role: str = "ProdOps", account: str = PRODUCTION, name: str = "Federate"
) -> Raw:
    who = {
        "type": "IdentityCenterUser",
        "accountId": JUMP,
        "onBehalfOf": {"userId": directory_user, "identityStoreArn": f"arn:aws:identitystore::{JUMP}:identitystore/d-1234567890"},
    }
    details = {"account_id": account, "role_name": role, "relayId": "1f2e3d"}
    return raw(at, name, source="sso", account=JUMP, userIdentity=who, serviceEventDetails=details)
