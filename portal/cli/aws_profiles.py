"""Profiles for the aws command that the roles' trust policies accept: the session has the IAM user's name, and MFA proves who.

Source: docs/aws/permissions.md, the trust of work roles.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal import profile_names
from portal.cli import finding, moments
from portal.cli.exits import Failure, Refused, Unusable
from portal.cli.portal import Json, Portal
from portal.cli.words import said, to_say

# Source: STS AssumeRole, DurationSeconds.
SHORTEST_SECONDS, LONGEST_SECONDS = 900, 43_200
# A line break in a value would be a setting of its own, such as a command to run. These are all that AWS has in such places.
ALLOWED = {
    "name": re.compile(r"[\w+=,.@/-]{1,250}", re.ASCII),
    "role_arn": re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,600}", re.ASCII),
    "role_session_name": re.compile(r"[\w+=,.@-]{2,64}", re.ASCII),
    "mfa_serial": re.compile(r"arn:aws[a-z-]*:iam::\d{12}:mfa/[\w+=,.@/-]{1,250}|[A-Z0-9]{9,256}", re.ASCII),
    "source_profile": re.compile(r"[\w+=,.@-]{1,250}", re.ASCII),
    "region": re.compile(r"([a-z0-9-]{1,40})?", re.ASCII),
}
# Why there is no device to put into a profile, by what /me says; "none" is what a portal before that field said of all.
NO_DEVICE = {
    "not_told": (
        to_say("The portal tells a service's token nobody's MFA devices. Log in yourself: sekisho login."),
        "mfa_device_not_told",
    ),
    "unread": (
        to_say("The portal has not read your MFA devices from AWS yet. Try again in some minutes."),
        "mfa_device_unread",
    ),
    "passkeys": (
        to_say("You have passkeys only, and the command line takes codes only. Add a device for one-time codes in AWS."),
        "no_mfa_device",
    ),
    "none": (to_say("The portal knows no MFA device of yours that gives codes. Add one in AWS."), "no_mfa_device"),
}


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One [profile …] of ~/.aws/config. Raises Unusable for a value that could be anything but what it is to be."""

    name: str
    role_arn: str
    role_session_name: str
    mfa_serial: str
    source_profile: str
    duration_seconds: int
    region: str

    def __post_init__(self) -> None:
        for field, allowed in ALLOWED.items():
            if not allowed.fullmatch(value := getattr(self, field)):
                raise Unusable(
                    said("%(value)r cannot be %(field)s of a profile.", value=value, field=field), code="profile_unusable"
                )

    def settings(self) -> dict[str, str]:
        names = ("role_arn", "source_profile", "role_session_name", "mfa_serial", "duration_seconds", "region")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name)}

    def text(self) -> str:
        lines = (f"{name} = {value}" for name, value in self.settings().items())
        return "\n".join((f"[profile {self.name}]", *lines))


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the person said of the profiles. Empty: as the portal says."""

    source_profile: str
    mfa_serial: str = ""
    region: str = ""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The roles that a work group opens, and how long a session in them may be."""

    work_group: str
    role_arns: Sequence[str]
    seconds: int


def profiles(portal: Portal, work_groups: Sequence[str], wishes: Wishes) -> list[Profile]:
    """Return a profile for each role of the named work groups; without names, of what is open to me now. Raises Refused."""
    me = portal.get("/me")
    offered = {each["name"]: each for each in portal.items("/work-groups", every=True)["items"]}
    current = {each["work_group"]: each for each in finding.mine(portal) if each["state"] == "active"}
    if not (work_groups or current):
        raise Refused(said("You have no access now. Name the work groups whose profiles you want beforehand."), code="no_access")
    opened = [_opened(name, offered.get(name), current.get(name)) for name in work_groups or sorted(current)]
    return [profile for each in opened for profile in _profiles(each, me, wishes)]


def _opened(name: str, offered: Json | None, current: Json | None) -> Opened:
    if offered is not None and offered["session_minutes"] is not None:
        why = said("%(name)s gives access by IAM Identity Center, where no role is assumed. Use: aws sso login", name=name)
        raise Refused(why, code="no_role")
    links = current["details"]["switch_roles"] if current and current["details"] else []
    arns = [role["arn"] for role in offered["target_roles"]] if offered else [link["role_arn"] for link in links]
    if None in arns:
        why = said("The portal has not read yet which role %(name)s gives. Try again in a minute.", name=name)
        raise Refused(why, code="identity_unread")
    if not arns:
        why = said("%(name)s is no work group that you may ask for. Those are listed by: sekisho work-groups", name=name)
        raise Refused(why, code="unknown_work_group")
    longest = offered["longest_minutes"] * 60 if offered else LONGEST_SECONDS
    return Opened(work_group=name, role_arns=arns, seconds=_seconds(longest, current))


def _seconds(longest: int, current: Json | None) -> int:
    """Return a session's length. Longer than the access it would be of no use, and longer than the longest AWS refuses it."""
    window = longest
    if current is not None:
        window = int((moments.parsed(current["ends_at"]) - moments.parsed(current["starts_at"])).total_seconds())
    return max(SHORTEST_SECONDS, min(window, longest, LONGEST_SECONDS))


def _profiles(opened: Opened, me: Json, wishes: Wishes) -> list[Profile]:
    user_name = me["person"]["iam_user_name"]
    serial = wishes.mfa_serial or me["person"].get("mfa_serial")
    if not user_name:
        raise Refused(said("No IAM user is bound to you. Ask an administrator to bind one."), code="no_iam_user")
    if not serial:
        raise _no_device(me["person"].get("mfa", ""))
    return [
        Profile(
            name=name,
            role_arn=arn,
            role_session_name=user_name,
            mfa_serial=serial,
            source_profile=wishes.source_profile,
            duration_seconds=opened.seconds,
            region=wishes.region or me.get("aws_region") or "",
        )
        for name, arn in profile_names.named(opened.work_group, opened.role_arns)
    ]


def _no_device(state: str) -> Failure:
    why, code = NO_DEVICE.get(state, NO_DEVICE["none"])
    return Refused(said(why) + said(" Or name the device yourself: --mfa-serial."), code=code)
