"""Calls that a service of AWS makes for somebody: as any client's are, but that they come from the service itself."""

import io
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

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

Door = Callable[[Request], Response]
_doors: list[Door] = []
# One attempt: how often something is tried is the service's business. What is wrong with a call the gateway says.
_CONFIG = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


class CallFailed(Exception):
    """AWS refused; the message is a client's. `code` is AWS's, empty where the call never reached it."""

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class _Raw(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


def open_door(door: Door) -> None:
    """Say where calls go: to whatever answers those that come by HTTP."""
    _doors[:] = [door]


class ServiceCalls:
    """The calls that a service (`by`, such as ssm.amazonaws.com) makes with one caller's credentials in one Region."""

    def __init__(self, caller: Signer, *, region: str, by: str) -> None:
        self.caller, self.region, self.by = caller, region, by
        self._clients: dict[str, BaseClient] = {}

    def call(self, service: str, api: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return AWS's answer, as a client gives it. Raises CallFailed."""
        try:
            client: Any = self._client(service)
            operation = client.meta.method_to_api_mapping.get(api, api)
            if operation not in client.meta.service_model.operation_names:
                raise CallFailed(f"{service} has no operation {api}.")
            answer: dict[str, Any] = client._make_api_call(operation, dict(inputs))  # noqa: SLF001  By the operation's name.
        except ClientError as error:
            raise CallFailed(str(error), code=error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise CallFailed(str(error)) from error
        answer.pop("ResponseMetadata", None)
        return answer

    def _client(self, service: str) -> BaseClient:
        if service not in self._clients:
            self._clients[service] = self._made(service)
        return self._clients[service]

    def _made(self, service: str) -> BaseClient:
        session: Session | None = self.caller.session
        with _making:
            client = _session().create_client(
                service,
                region_name=self.region,
                endpoint_url="http://simulated.invalid",
                aws_access_key_id=self.caller.key_id,
                # Signatures are not verified here, so that a user's own key serves without its secret.
                aws_secret_access_key="not-looked-at",  # noqa: S106
                aws_session_token=session.token if session else None,
                config=_CONFIG,
            )
        client.meta.events.register("before-send", partial(_send, by=self.by))
        return client


# Making clients is not safe in several threads at once.
_making = threading.Lock()


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


def _send(request: AWSPreparedRequest, *, by: str, **_rest: Any) -> Any:
    headers = Headers([(name, _text(value)) for name, value in request.headers.items()])
    headers["User-Agent"] = by
    body: Any = request.body or b""
    asked = urlsplit(request.url)
    builder = EnvironBuilder(
        path=asked.path or "/",
        query_string=asked.query,
        method=request.method,
        headers=headers,
        data=body,
        environ_base={"REMOTE_ADDR": by},
    )
    try:
        answer = _doors[0](Request(builder.get_environ()))
    finally:
        builder.close()
    given = HTTPHeaders.from_pairs(list(answer.headers.items()))
    return AWSResponse(request.url, answer.status_code, given, _Raw(answer.get_data()))


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
