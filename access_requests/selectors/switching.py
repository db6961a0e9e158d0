"""How a person switches to the role that an elevation opened: a link for the console, a profile for the command line."""

from urllib.parse import urlencode

from access_requests.models import AwsAccount, Elevation, TargetRole

CONSOLE = "https://signin.aws.amazon.com/switchrole"


def link(role: TargetRole, elevation: Elevation) -> str:
    """Return the link that opens the console's switch-role page filled in. Source: IAM, switching to a role (console)."""
    shown = f"{elevation.work_group.name} {elevation.code}"
    query = {"account": role.account.account_id, "roleName": role.name, "displayName": shown[:64]}
    return f"{CONSOLE}?{urlencode(query)}"


def profile(role: TargetRole, elevation: Elevation, jump: AwsAccount) -> str:
    """Return a profile for ~/.aws/config.

    The session's name must be the IAM user's, which the role's trust demands. `mfa_serial` is a TOTP device's: passkeys do not
    work on the command line.
    """
    seconds = min(elevation.work_group.policy.longest_minutes * 60, 43_200)
    several = len(elevation.work_group.target_roles.all()) > 1
    return "\n".join(
        (
            f"[profile {elevation.work_group.name}{f'-{role.name}' if several else ''}]",
            f"role_arn = {role.arn}",
            "source_profile = jump",
            f"role_session_name = {elevation.iam_user_name}",
            f"mfa_serial = arn:aws:iam::{jump.account_id}:mfa/{elevation.iam_user_name}",
            f"duration_seconds = {max(900, seconds)}",
        )
    )
