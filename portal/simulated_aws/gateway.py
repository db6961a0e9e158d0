"""The one way into a service: lock, authenticate, check the input, ask for permission, act, page, write down."""

import json
import threading
from types import MappingProxyType
from typing import Any, ClassVar

from botocore.model import OperationModel, OperationNotFoundError
from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.request import Request
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import camelcase_to_underscores, get_service_model
from moto.iam.models import iam_backends
from werkzeug.wrappers import Response

from portal.simulated_aws import authorization, clock, constraints, credentials, events, faults, json_types, paging, resources
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.credentials import PARTITION, Signer
from portal.simulated_aws.errors import InvalidAction, NotSimulated, Refusal, SerializationError, named_in_json
from portal.simulated_aws.events import Envelope, Outcome

# moto's state is plain dictionaries: one call at a time, so that a quota is looked at and obeyed in one step.
one_at_a_time = threading.RLock()
_NOBODYS_ACCOUNT = "000000000000"


class Gateway(BaseResponse):
    """Put before one of moto's response classes, or on its own, it lets through what AWS would."""

    speaks_json: ClassVar[bool] = False
    params: Any = MappingProxyType({})  # moto's parser sets it, but for a call without an action.
    is_readable: bool = True
    asked: Asked
    envelope: Envelope
    outcome: Outcome

    @classmethod
    def answered(cls, request: Request) -> Response:
        """Return what the service answers."""
        status, headers, body = cls.dispatch(request, request.raw_url, dict(request.headers))
        return Response(body, status, headers)

    def _dispatch(self, request: Request, full_url: str | None = None, headers: Any = None) -> TYPE_RESPONSE:
        with one_at_a_time:
            try:
                return super()._dispatch(request, full_url, headers)
            except OperationNotFoundError:
                return self._refuse(InvalidAction(f"Could not find operation {self._get_action()}"))

    def parse_parameters(self, request: Request) -> None:
        try:
            super().parse_parameters(request)
        except (AttributeError, TypeError, ValueError):
            # Refused once it is known whose call it is.
            self.params, self.is_readable = {}, False

    @property
    def caller(self) -> Signer:
        return self.asked.caller

    def get_current_account(self) -> str:
        # Asked before the call is authenticated; a stranger's call gets no further than that.
        return credentials.account_of(self.headers) or _NOBODYS_ACCOUNT

    def call_action(self) -> TYPE_RESPONSE:
        self.outcome = Outcome()
        try:
            self._receive()
        except Refusal as refusal:
            # Whoever that is, no account's trail tells of it.
            return self._refuse(refusal)
        try:
            self._admit()
            answer = super().call_action()
        except Refusal as refusal:
            answer = self._refuse(refusal)
        self.outcome.request_id = answer[1]["x-amzn-requestid"]
        events.record(self.asked, self.outcome, self.envelope)
        return answer

    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        result = action_result.result
        if isinstance(result, dict) and not self.speaks_json:
            action_result = ActionResult(paging.page(action=self._get_action(), result=result, parameters=self.params))
        if isinstance(result, ServiceException):
            self.outcome.error_code, self.outcome.error_message = result.code, result.message
            action_result = ActionResult(named_in_json(result)) if self.speaks_json else action_result
        status, headers, body = super().serialized(action_result)
        if isinstance(action_result.result, Refusal) and action_result.result.status:
            status = action_result.result.status
        return status, headers, body

    def _receive(self) -> None:
        """Learn who calls, and what for."""
        self.envelope = Envelope(
            at=clock.now(),
            source_ip=self.normalized_request.remote_addr or "",
            user_agent=self.headers.get("User-Agent", ""),
        )
        caller = credentials.authenticate(headers=self.headers, at=self.envelope.at)
        self.asked = Asked(
            service=self.boto3_service_name,
            action=self._get_action(),
            parameters=self.params,
            caller=caller,
            region=self.region,
            iam=iam_backends[caller.account_id][PARTITION],
        )

    def _admit(self) -> None:
        faults.refuse(self.asked.action, principal=self.caller.arn)
        shape = self._operation().input_shape
        if self.speaks_json:
            json_types.check(shape=shape, decoded=self._decoded())
        constraints.check(shape=shape, parameters=self.params)
        authorization.check(self.asked, self.envelope)

    def _decoded(self) -> Any:
        """Return the body of a call in JSON. Raises SerializationError for one that cannot be read."""
        try:
            decoded = json.loads(self.body or "{}") if self.is_readable else None
        except ValueError:
            decoded = None
        if not isinstance(decoded, dict):
            raise SerializationError("The body of the request cannot be read")
        return decoded

    def _refuse(self, refusal: Refusal) -> TYPE_RESPONSE:
        status, headers, body = self.serialized(ActionResult(refusal))
        headers, body = self._enrich_response(headers, body)
        return status, headers, body

    def _operation(self) -> OperationModel:
        name = self.asked.action
        is_known = resources.is_listed(self.asked.service, name) and hasattr(self, camelcase_to_underscores(name))
        if not is_known:
            raise NotSimulated(f"The action {name} is not simulated")
        model: OperationModel = get_service_model(self.boto3_service_name).operation_model(name)
        return model
