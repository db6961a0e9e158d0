"""What profiles for the aws command are called: the same on the portal's pages and by `sekisho aws-profile`."""

from collections import Counter
from collections.abc import Sequence

PREFIX = "sekisho-"


def named(work_group: str, arns: Sequence[str]) -> list[tuple[str, str]]:
    """Return a name for each role: its work group's, and where that has several the role's, and where needed the account's.

    They are joined by a sign that none of them can have, so that no two roles share a name.
    """
    base = f"{PREFIX}{work_group}"
    if len(arns) == 1:
        return [(base, arns[0])]
    roles = Counter(_role(arn) for arn in arns)
    return [(f"{base}/{_role(arn)}" + (f"/{_account(arn)}" if roles[_role(arn)] > 1 else ""), arn) for arn in arns]


def trial(name: str) -> str:
    """Return the command that shows whether a profile works."""
    return f"aws --profile {name} sts get-caller-identity"


def _role(arn: str) -> str:
    return arn.rpartition("/")[2]


def _account(arn: str) -> str:
    return arn.split(":")[4] if arn.count(":") > 4 else ""  # noqa: PLR2004  The place of the account in every ARN.
