"""IAM: moto's backend and answers with our concepts in front of them."""

import json
from functools import cache
from typing import Any, cast

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AccessKey, AWSManagedPolicy, Group, ManagedPolicy, Role, iam_backends
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator
from moto.iam.responses import IamResponse

from portal.simulated_aws import authorization_details, resources, simulation
from portal.simulated_aws.credentials import PARTITION
from portal.simulated_aws.devices import Devices
from portal.simulated_aws.errors import ValidationError
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.identifiers import GROUP, ROLE, new_id
from portal.simulated_aws.memberships import Memberships
from portal.simulated_aws.names import Names
from portal.simulated_aws.quotas import Quotas
from portal.simulated_aws.tags import Tags
from portal.simulated_aws.users import Users


class StrictIam(Names, Tags, Quotas, Memberships, Devices, Users):
    def create_group(self, group_name: str, path: str = "/") -> Group:
        group = super().create_group(group_name, path)
        group.id = new_id(GROUP, self.account_id, group_name)
        return group

    def create_role(self, role_name: str, *args: Any, **kwargs: Any) -> Role:
        document = kwargs["assume_role_policy_document"] if kwargs else args[0]
        IAMTrustPolicyDocumentValidator(document).validate()
        role = super().create_role(role_name, *args, **kwargs)
        del self.roles[role.id]
        role.id = new_id(ROLE, self.account_id, role_name)
        self.roles[role.id] = role
        return role

    def _init_aws_policies(self) -> list[ManagedPolicy]:
        # Attachments are counted on the object, so each account has its own copies: a thousand, for each account of each world.
        return [_own(policy) for policy in _aws_policies()]


class StrictIamResponse(Gateway, IamResponse):
    @property
    def backend(self) -> StrictIam:
        return cast("StrictIam", iam_backends[self.current_account][self.partition])

    def _admit(self) -> None:
        super()._admit()
        if resources.is_about_user(self.asked) and "UserName" not in self.params:
            if self.caller.user is None:
                raise ValidationError("Must specify userName when calling with non-User credentials")
            self.params["UserName"] = self.caller.user.name

    def create_user(self) -> ActionResult:
        result = super().create_user()
        if boundary := self._get_param("PermissionsBoundary"):
            self.backend.bound_user(self._get_param("UserName"), boundary)
        return result

    def create_access_key(self) -> ActionResult:
        result: ActionResult = super().create_access_key()
        key = cast("dict[str, AccessKey]", result.result)["AccessKey"]
        said = {"accessKeyId": key.access_key_id, "status": key.status, "userName": key.user_name}
        self.outcome.response = {"accessKey": said}
        return result

    def put_user_permissions_boundary(self) -> ActionResult:
        self.backend.bound_user(self._get_param("UserName"), self._get_param("PermissionsBoundary"))
        return EmptyResult()

    def delete_user_permissions_boundary(self) -> ActionResult:
        self.backend.bound_user(self._get_param("UserName"), None)
        return EmptyResult()

    def list_groups(self) -> ActionResult:
        prefix = self._get_param("PathPrefix", "/")
        groups = [group for group in self.backend.list_groups() if group.path.startswith(prefix)]
        return ActionResult({"Groups": groups})

    def get_account_authorization_details(self) -> ActionResult:
        return ActionResult(authorization_details.page(self.backend, self.params))

    def simulate_principal_policy(self) -> ActionResult:
        return ActionResult(simulation.of_principal(self.backend, self.params))

    def simulate_custom_policy(self) -> ActionResult:
        return ActionResult(simulation.of_policies(self.caller.account_id, self.params))


def install() -> None:
    """Have every account's IAM made strict. Call before the first account is used."""
    iam_backends.backend = StrictIam


def _own(policy: ManagedPolicy) -> ManagedPolicy:
    """Return a copy, without moto's keeping count of it, which copy.copy asks for and which takes longer than the copy."""
    own = object.__new__(type(policy))
    own.__dict__.update(policy.__dict__)
    return own


@cache
def _aws_policies() -> list[ManagedPolicy]:
    """Return AWS's own managed policies. Costs some 60 ms, once."""
    described = json.loads(aws_managed_policies_data)
    return [AWSManagedPolicy.from_data(name, "aws", PARTITION, data) for name, data in described.items()]
