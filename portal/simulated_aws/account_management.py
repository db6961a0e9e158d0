"""Account Management, as far as anybody asks which Regions an account has switched on."""

from moto.core.responses import ActionResult

from portal.simulated_aws import organization
from portal.simulated_aws.gateway import Gateway


class AccountResponse(Gateway):
    speaks_json = True

    def __init__(self) -> None:
        super().__init__(service_name="account")
        self.automated_parameter_parsing = True

    def list_regions(self) -> ActionResult:
        wanted = self.params.get("RegionOptStatusContains") or ["ENABLED_BY_DEFAULT"]
        shown = [{"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for name in organization.regions()]
        return ActionResult({"Regions": shown if "ENABLED_BY_DEFAULT" in wanted else []})
