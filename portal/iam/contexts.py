"""Condition keys as AWS fills them in. A key that AWS leaves out of a request is left out here, since its absence decides much.

Source: the IAM User Guide's page on global condition keys.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from portal.iam.fences import iso
from portal.iam.principals import Context, account_of
from portal.iam.truth import Unknown, unknown
from portal.iam.variables import ANY_KEY

Keys = dict[str, str]
# An address of the documentation's own.
SOME_ADDRESS = "203.0.113.10"
# Which of these a person's next call has, and with which value, nobody knows before it is made.
OF_THE_CALL = (
    *("aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpceAccount"),
    *("aws:VpceOrgID", "aws:VpceOrgPaths", "aws:UserAgent", "aws:Referer", "aws:RequestedRegion"),
    # AWS has them only in an organisation, and they are not in what IAM tells of an account.
    *("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID", "aws:ResourceOrgPaths"),
    # Whoever switches chooses these.
    *("sts:ExternalId", "sts:SourceIdentity", "sts:TransitiveTagKeys", "aws:TagKeys", "aws:RequestTag/*"),
)
TAGS_OF_CALLER = ("aws:PrincipalTag/*",)
TAGS_OF_ROLE = ("aws:ResourceTag/*", "iam:ResourceTag/*")
# A service that the caller has told to may make the call in the caller's name.
CALLED_VIA = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
BY_A_SERVICE = ("aws:ViaAWSService", *CALLED_VIA)
# What is told of every caller who has it: where one of these is not there, AWS leaves it out.
OF_THE_CALLER = (
    *("aws:username", "aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"),
    *(*TAGS_OF_CALLER, *CALLED_VIA),
)
# How the words for such a key end, whatever policy they are about.
OF_THE_CALL_SAID = " of the call"


def of_user(
    *,
    arn: str,
    user_id: str,
    user_name: str,
    at: datetime,
    mfa: bool,
    source_ip: str = SOME_ADDRESS,
    tags: Mapping[str, str] | None = None,
) -> Keys:
    """Return the keys of a call with a user's long-term keys, which may bring a code of an MFA device along.

    Without one `aws:MultiFactorAuthPresent` is absent: "false" is for temporary credentials. Nor have these keys a time of issue.
    """
    return {
        **_of_anyone(arn=arn, at=at, source_ip=source_ip, tags=tags or {}),
        "aws:PrincipalType": "User",
        "aws:userid": user_id,
        "aws:username": user_name,
        **({"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"} if mfa else {}),
    }


def of_switch(
    *,
    arn: str,
    user_id: str,
    user_name: str,
    at: datetime,
    mfa: bool,
    session_name: str,
    role_arn: str = "",
    role_tags: Mapping[str, str] | None = None,
    source_ip: str = SOME_ADDRESS,
    tags: Mapping[str, str] | None = None,
) -> Keys:
    """Return the keys of a user's sts:AssumeRole under the given session name, and with the role what it gives to both sides."""
    user = of_user(arn=arn, user_id=user_id, user_name=user_name, at=at, mfa=mfa, source_ip=source_ip, tags=tags)
    there = of_role(arn=role_arn, tags=role_tags or {}) if role_arn else {}
    return {**user, **there, "sts:RoleSessionName": session_name}


def of_role(*, arn: str, tags: Mapping[str, str]) -> Keys:
    """Return the keys that the role gives to a call about it."""
    by_tag = {f"{service}:ResourceTag/{key}": value for key, value in tags.items() for service in ("aws", "iam")}
    return {"aws:ResourceAccount": account_of(arn), **by_tag}


def of_session(
    *,
    role_arn: str,
    role_id: str,
    session_name: str,
    issued_at: datetime,
    at: datetime,
    mfa: bool,
    source_ip: str = SOME_ADDRESS,
    tags: Mapping[str, str] | None = None,
) -> Keys:
    """Return the keys of a call in a role's session, issued at `issued_at`, whose switch was made with or without MFA.

    `aws:PrincipalArn` is the role's, not the session's, and there is no `aws:username`. `tags` are the role's and the session's.
    """
    return {
        **_of_anyone(arn=role_arn, at=at, source_ip=source_ip, tags=tags or {}),
        "aws:PrincipalType": "AssumedRole",
        "aws:userid": f"{role_id}:{session_name}",
        "aws:TokenIssueTime": iso(issued_at),
        "aws:MultiFactorAuthPresent": str(mfa).lower(),
        **({"aws:MultiFactorAuthAge": str(int((at - issued_at).total_seconds()))} if mfa else {}),
    }


def not_made_yet(keys: Keys, *, unread: Iterable[str] = ()) -> Context:
    """Return the keys of a call that somebody may make: where it comes from is unknown, and so is what could not be read.

    So is every other key. Absent are those alone that a caller, or a role that is told, would have had.
    """
    of_role = TAGS_OF_ROLE if "aws:ResourceAccount" in keys else ()
    absent: dict[str, tuple[str, ...]] = {key: () for key in (*OF_THE_CALLER, *of_role) if key not in keys}
    untold = {key: unknown(f"{key}{OF_THE_CALL_SAID}") for key in (*OF_THE_CALL, *unread)}
    return {**absent, **keys, **untold, ANY_KEY: Unknown((OF_THE_CALL_SAID,))}


def _of_anyone(*, arn: str, at: datetime, source_ip: str, tags: Mapping[str, str]) -> Keys:
    return {
        "aws:CurrentTime": iso(at),
        "aws:EpochTime": str(int(at.timestamp())),
        "aws:PrincipalAccount": account_of(arn),
        "aws:PrincipalArn": arn,
        "aws:PrincipalIsAWSService": "false",
        "aws:SecureTransport": "true",
        "aws:SourceIp": source_ip,
        "aws:ViaAWSService": "false",
        **{f"aws:PrincipalTag/{key}": value for key, value in tags.items()},
    }
