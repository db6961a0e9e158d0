"""How a person switches to the role that an elevation opened: a link for the console, a profile for the command line."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings

from access_requests.models import Elevation, IamUserBinding, TargetRole
from access_requests.models.catalogue import RESERVED
from portal import profile_names
from portal.iam.principals import partition_of
from portal.iam.session_gate import LONGEST_SESSION
from portal.users.models import User

# By partition: each has a console of its own. Source: AWS, China Regions and GovCloud User Guides.
CONSOLES = {
    "aws": "https://signin.aws.amazon.com/switchrole",
    "aws-cn": "https://signin.amazonaws.cn/switchrole",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/switchrole",
}
# A session's shortest time. Source: STS AssumeRole, DurationSeconds.
SHORTEST_SESSION = timedelta(minutes=15)
# What a passkey's or security key's serial number is, and no other device's: a virtual device has an ARN too, a hardware token
# the number that is printed on it. Source: IAM User Guide, MFA devices.
PASSKEY = re.compile(r"arn:[a-z-]+:iam::\d{12}:u2f/")


@dataclass(frozen=True, kw_only=True)
class Mfa:
    """What of a person's MFA devices works on the command line.

    `serial` is the device that takes codes, empty where there is none, and before AWS was asked: then `is_known` is false.
    """

    serial: str
    is_known: bool
    has_passkey: bool = False

    @property
    def is_passkey_only(self) -> bool:
        return self.is_known and self.has_passkey and not self.serial

    @property
    def is_missing(self) -> bool:
        """Whether there is no device at all: then there is no switch, in the console neither."""
        return self.is_known and not self.has_passkey and not self.serial


def mfa_of(person: User) -> Mfa:
    """Return what the devices of the IAM user that is bound to the person allow. One query."""
    binding = IamUserBinding.objects.filter(person=person).first()
    if binding is None or binding.mfa_serials is None:
        return Mfa(serial="", is_known=False)
    serials = [str(serial) for serial in binding.mfa_serials]
    # A device of a kind that nobody here knows is taken for one that gives codes: the person sees which it is.
    codes = [serial for serial in serials if not PASSKEY.match(serial)]
    return Mfa(serial=codes[0] if codes else "", is_known=True, has_passkey=len(codes) < len(serials))


def permission_set(role: TargetRole) -> str:
    """Return the name of the permission set that IAM Identity Center made the role of; the role's own where none made it.

    Source: IAM Identity Center, roles in member accounts: AWSReservedSSO_, the set's name, and 16 digits in hexadecimal.
    """
    return role.name.removeprefix(RESERVED).rpartition("_")[0] if role.is_reserved else role.name


def link(role: TargetRole, elevation: Elevation) -> str:
    """Return the link that opens the console's switch-role page filled in. Source: IAM, switching to a role (console)."""
    shown = f"{elevation.work_group.name} {elevation.code}"
    # With its path, where it has one.
    name = role.shown.partition(":role/")[2] or role.name
    query = {"account": role.account.account_id, "roleName": name, "displayName": shown[:64]}
    console = CONSOLES.get(partition_of(role.arn), CONSOLES["aws"]) if role.arn else CONSOLES["aws"]
    return f"{console}?{urlencode(query)}"


def profile(role: TargetRole, elevation: Elevation, mfa: Mfa) -> str:
    """Return a profile for ~/.aws/config; empty where no MFA device of the person is known to work on the command line.

    The session's name must be the IAM user's, which the role's trust demands. A session longer than the access would be of no
    use, and one longer than the policy's longest time is refused by AWS.
    """
    if not mfa.serial or role.arn is None:
        return ""
    return "\n".join(
        (
            f"[profile {profile_name(role, elevation)}]",
            f"role_arn = {role.arn}",
            "source_profile = jump",
            f"role_session_name = {elevation.iam_user_name}",
            f"mfa_serial = {mfa.serial}",
            f"duration_seconds = {_seconds(elevation)}",
            f"region = {settings.AWS_REGION}",
        )
    )


def profile_name(role: TargetRole, elevation: Elevation) -> str:
    """Return what the role's profile is called, as `sekisho aws-profile` calls it too."""
    arns = [one.arn for one in elevation.work_group.target_roles.all() if one.arn]
    return {arn: name for name, arn in profile_names.named(elevation.work_group.name, arns)}[str(role.arn)]


def _seconds(elevation: Elevation) -> int:
    window = elevation.ends_at - elevation.starts_at
    longest = timedelta(minutes=elevation.work_group.policy.longest_minutes)
    return int(max(SHORTEST_SESSION, min(window, longest, LONGEST_SESSION)).total_seconds())
