"""The one way into a service: lock, authenticate, check the input, act, page."""

import threading
from datetime import UTC, datetime
from typing import Any

from botocore.model import OperationModel, OperationNotFoundError
from moto.core.common_types import TYPE_RESPONSE
from moto.core.request import Request
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores, get_service_model

from portal.simulated_aws import constraints, credentials, paging
from portal.simulated_aws.errors import InvalidAction, NotSimulated, Refusal

# moto's state is plain dictionaries: one call at a time, so that a quota is looked at and obeyed in one step.
one_at_a_time = threading.RLock()
_NOBODYS_ACCOUNT = "000000000000"


class Gateway(BaseResponse):
    """Put before one of moto's response classes, it lets through what AWS would."""

    caller: credentials.Principal

    def _dispatch(self, request: Request, full_url: str | None = None, headers: Any = None) -> TYPE_RESPONSE:
        with one_at_a_time:
            try:
                return super()._dispatch(request, full_url, headers)
            except OperationNotFoundError:
                return self._refuse(InvalidAction(f"Could not find operation {self._get_action()}"))

    def get_current_account(self) -> str:
        # Asked before the call is authenticated; a stranger's call gets no further than that.
        return credentials.account_of(self.headers) or _NOBODYS_ACCOUNT

    def call_action(self) -> TYPE_RESPONSE:
        try:
            self._admit(at=datetime.now(UTC))
            return super().call_action()
        except Refusal as refusal:
            return self._refuse(refusal)

    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        result = action_result.result
        if isinstance(result, dict):
            action_result = ActionResult(paging.page(action=self._get_action(), result=result, parameters=self.params))
        status, headers, body = super().serialized(action_result)
        if isinstance(result, Refusal) and result.status:
            status = result.status
        return status, headers, body

    def _admit(self, *, at: datetime) -> None:
        # Policies are kept here, not evaluated: everyone whose key is known may do everything.
        self.caller = credentials.authenticate(headers=self.headers, at=at)
        constraints.check(shape=self._operation().input_shape, parameters=self.params)

    def _refuse(self, refusal: Refusal) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(ActionResult(refusal))
        headers, body = self._enrich_response(headers, body)
        return status, headers, body

    def _operation(self) -> OperationModel:
        name = self._get_action()
        if not hasattr(self, camelcase_to_underscores(name)):
            raise NotSimulated(f"The action {name} is not simulated")
        model: OperationModel = get_service_model(self.boto3_service_name).operation_model(name)
        return model
