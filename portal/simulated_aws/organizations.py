"""Organizations, as far as anybody asks which organisation an account is in, and what accounts it has."""

from typing import Any

from moto.core.responses import ActionResult

from portal.simulated_aws import organization
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.gateway import Gateway


class NotInUse(Refusal):
    code = "AWSOrganizationsNotInUseException"
    message = "Your account is not a member of an organization."


class OrganizationsResponse(Gateway):
    speaks_json = True

    def __init__(self) -> None:
        super().__init__(service_name="organizations")
        self.automated_parameter_parsing = True

    def describe_organization(self) -> ActionResult:
        found = organization.current()
        if found is None:
            raise NotInUse
        arn = f"arn:aws:organizations::{found.management}:organization/{found.id}"
        master = f"arn:aws:organizations::{found.management}:account/{found.id}/{found.management}"
        shown: dict[str, Any] = {"Id": found.id, "Arn": arn, "FeatureSet": "ALL", "MasterAccountArn": master}
        return ActionResult({"Organization": {**shown, "MasterAccountId": found.management}})
