"""What AWS refuses everybody in every account of the organisation, whatever their policies: its own policies of two kinds."""

from typing import Any

from portal.iam.account_design import resources
from portal.iam.account_design.resources import Resources
from portal.iam.rails import placing
from portal.iam.rails.packing import document, measured
from portal.iam.rails.rail import Form, Place

# Of a service control policy and of a resource control policy alike.
LARGEST = 5_120
PARAMETERS: dict[str, Any] = {
    "TargetIds": {
        "Type": "CommaDelimitedList",
        "Description": "The organisation's root, units or accounts that the policies are attached to",
    },
}
_KINDS: dict[Form, tuple[str, str]] = {
    "scp": ("SERVICE_CONTROL_POLICY", "sekisho-services"),
    "rcp": ("RESOURCE_CONTROL_POLICY", "sekisho-resources"),
}


class TooLarge(ValueError):
    """A policy of the organisation has more characters than AWS takes."""


def of_account() -> Resources:
    """Return both policies. Raises TooLarge."""
    return {f"Policy{form.upper()}": _policy(form) for form in _KINDS}


def _policy(form: Form) -> dict[str, Any]:
    kind, name = _KINDS[form]
    content = document(*placing.of_organisation(form, Place(account="*")))
    if measured(content) > LARGEST:
        raise TooLarge(f"{name} has {measured(content)} characters; AWS takes {LARGEST}")
    properties = {"Name": name, "Type": kind, "TargetIds": {"Ref": "TargetIds"}, "Content": content}
    return resources.kept("AWS::Organizations::Policy", properties)
