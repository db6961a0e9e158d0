"""The calls of a runbook: made as any client's are, but that they come from Systems Manager itself."""

import io
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from moto.core.request import Request
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.sessions import Session

SERVICE = "ssm.amazonaws.com"
Door = Callable[[Request], Response]
_doors: list[Door] = []
# One attempt: how often a step is tried is the runbook's business.
_CONFIG = Config(retries={"total_max_attempts": 1})


class CallFailed(Exception):
    """AWS refused; the message is a client's."""


class _Raw(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


def open_door(door: Door) -> None:
    """Say where calls go: to whatever answers those that come by HTTP."""
    _doors[:] = [door]


def call(caller: Signer, *, region: str, service: str, api: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return AWS's answer, as a client gives it. Raises CallFailed."""
    try:
        client: Any = _client(caller, region, service)
        operation = client.meta.method_to_api_mapping.get(api, api)
        if operation not in client.meta.service_model.operation_names:
            raise CallFailed(f"{service} has no operation {api}.")
        answer: dict[str, Any] = client._make_api_call(operation, dict(inputs))  # noqa: SLF001  By the operation's name.
    except (BotoCoreError, ClientError) as error:
        raise CallFailed(str(error)) from error
    answer.pop("ResponseMetadata", None)
    return answer


def _client(caller: Signer, region: str, service: str) -> BaseClient:
    session: Session | None = caller.session
    with _making:
        client = _session().create_client(
            service,
            region_name=region,
            endpoint_url="http://simulated.invalid",
            aws_access_key_id=caller.key_id,
            # Signatures are not verified here, so that a user's own key serves without its secret.
            aws_secret_access_key="not-looked-at",  # noqa: S106
            aws_session_token=session.token if session else None,
            config=_CONFIG,
        )
    client.meta.events.register("before-send", _send)
    return client


# Making clients is not safe in several threads at once.
_making = threading.Lock()


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


def _send(request: AWSPreparedRequest, **_rest: Any) -> Any:
    headers = Headers([(name, _text(value)) for name, value in request.headers.items()])
    headers["User-Agent"] = SERVICE
    body: Any = request.body or b""
    builder = EnvironBuilder(
        path="/",
        method="POST",
        headers=headers,
        data=body,
        environ_base={"REMOTE_ADDR": SERVICE},
    )
    try:
        answer = _doors[0](Request(builder.get_environ()))
    finally:
        builder.close()
    given = HTTPHeaders.from_pairs(list(answer.headers.items()))
    return AWSResponse(request.url, answer.status_code, given, _Raw(answer.get_data()))


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
