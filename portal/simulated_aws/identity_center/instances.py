"""Which instances of Identity Center there are: at most one, in the Region that it is in."""

from typing import Any

from moto.core.responses import ActionResult

from portal.simulated_aws import identity_directory
from portal.simulated_aws.directory_errors import NotFound
from portal.simulated_aws.errors import NotSimulated
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.identity_directory import Directory


class InstancesResponse(Gateway):
    speaks_json = True

    def __init__(self) -> None:
        super().__init__(service_name="sso-admin")
        self.automated_parameter_parsing = True

    def list_instances(self) -> ActionResult:
        if "RegionScope" in self.params:
            raise NotSimulated("RegionScope of ListInstances is not simulated")
        found = identity_directory.of(self.caller.account_id, self.region)
        return ActionResult({"Instances": [_shown(found)] if found else []})

    def describe_instance(self) -> ActionResult:
        found = identity_directory.of(self.caller.account_id, self.region)
        if found is None or found.instance_arn != self.params["InstanceArn"]:
            raise NotFound("Instance")
        return ActionResult(_shown(found))


def _shown(found: Directory) -> dict[str, Any]:
    return {
        "InstanceArn": found.instance_arn,
        "IdentityStoreId": found.id,
        "IdentityStoreArn": found.arn,
        "OwnerAccountId": found.account_id,
        "Status": "ACTIVE",
        "CreatedDate": found.created_at,
    }
