"""Lines of the catalogue file, to be copied, for what somebody wants to do where the file governs.

What is written in capitals is to be replaced; every other name is of the catalogue as it is.
"""

from django.utils.translation import gettext as _

from access_requests.models import ApprovalPolicy, AwsAccount, StandingGroup, TargetRole

CHECK = "python manage.py load_catalogue catalogue.yaml --check"
LOAD = "python manage.py load_catalogue catalogue.yaml"


def disable_person(username: str) -> str:
    """Return the line below the person's name that ends whatever they have, at once."""
    return f"people:\n  {username}:\n    disabled: true  # {_('Beside the other lines of this person, which stay.')}\n"


def add_person() -> str:
    group = StandingGroup.objects.order_by("name").values_list("name", flat=True).first()
    standing = f"\n    standing_groups: [{group}]" if group else ""
    return f"people:\n  USERNAME:\n    name: FULL NAME\n    email: USERNAME@EXAMPLE.COM\n    iam_user: IAM-USER-NAME{standing}\n"


def add_work_group() -> str:
    """Return a work group under the first policy, for a role that none leads to yet if there is one."""
    policy = ApprovalPolicy.objects.filter(retired_at=None).order_by("key").values_list("key", flat=True).first()
    return (
        f"work_groups:\n  GROUP-NAME-IN-IAM:\n    description: WHAT IT IS FOR\n    policy: {policy or 'POLICY'}\n"
        f"    target_roles: [{_free_role()}]\n    requesters: [USERNAME]\n"
    )


def add_policy() -> str:
    return (
        "policies:\n  POLICY-KEY:\n    shortest: 15m\n    longest: 4h\n    decision: 24h\n    levels:\n"
        "      - approvals: 1\n        approvers: [USERNAME, USERNAME]\n"
    )


def _free_role() -> str:
    roles = TargetRole.objects.filter(work_groups=None, standing_groups=None, account__kind="production")
    role = roles.select_related("account").order_by("name").first()
    return str(role) if role else f"{_production()}/ROLE-NAME"


def _production() -> str:
    key = AwsAccount.objects.filter(kind="production").order_by("key").values_list("key", flat=True).first()
    return key or "ACCOUNT"
