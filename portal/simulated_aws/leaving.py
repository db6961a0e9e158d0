"""Calls by which something could outlive a session, of services that are not simulated otherwise.

Each is read, judged and written down as any other, and answered with nothing: what it would leave behind is not there.
"""

from collections.abc import Callable, Mapping

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores

from portal.simulated_aws import authorization
from portal.simulated_aws.gateway import Gateway

# The calls of each service, and whether it speaks JSON.
_CALLS: Mapping[str, tuple[str, bool]] = {
    "account-access": ("CreateEntitlement", True),
    "ec2": ("ModifySnapshotAttribute RunInstances", False),
    "ecs": ("ExecuteCommand", True),
    "lambda": ("AddPermission CreateFunctionUrlConfig", True),
    "rds": ("ModifyDBClusterSnapshotAttribute ModifyDBSnapshotAttribute", False),
    "rolesanywhere": ("CreateTrustAnchor", True),
    "signin": ("CreateBearerToken", True),
}


class _Leaving(Gateway):
    service = ""

    def __init__(self) -> None:
        super().__init__(service_name=self.service)
        self.automated_parameter_parsing = True

    def _admit(self) -> None:
        super()._admit()
        if self.asked.action == "RunInstances" and (profile := self.params.get("IamInstanceProfile")):
            self._pass(profile.get("Name") or profile.get("Arn", "").rpartition("/")[2])

    def _pass(self, profile: str) -> None:
        """Ask whether the caller may have a machine act in the roles of a profile. One that isn't there has none."""
        try:
            roles = self.asked.iam.get_instance_profile(profile).roles
        except ServiceException:
            return
        for role in roles:
            authorization.check_pass_role(self.asked, self.envelope, role_arn=role.arn, service="ec2.amazonaws.com")


def _nothing(_self: Gateway) -> ActionResult:
    return EmptyResult()


def _made(service: str) -> type[Gateway]:
    actions, speaks_json = _CALLS[service]
    methods: dict[str, Callable[[Gateway], ActionResult]] = {camelcase_to_underscores(name): _nothing for name in actions.split()}
    return type(f"{service.title()}Response", (_Leaving,), {"service": service, "speaks_json": speaks_json, **methods})


RESPONSES: Mapping[str, type[Gateway]] = {service: _made(service) for service in _CALLS}
