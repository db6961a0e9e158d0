"""Slack's client, whose calls end: a thread that waits for ever is missing to the next call."""

from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from socket import create_connection, socket
from typing import Any
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from slack_sdk import WebClient

from access_requests.services.notices import time_limit


def opener(*more: Any) -> OpenerDirector:
    """Return what opens addresses within `time_limit.at_most`."""
    return build_opener(_Handler, _TlsHandler, *more)


def _connected(*arguments: Any, **options: Any) -> socket:
    limit = time_limit.current()
    made = create_connection(*arguments, **options)
    limit.watch(made)
    return made


class _Connection(HTTPConnection):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Where http.client lets others connect; `connect` itself returns only when TLS has been agreed upon.
        self._create_connection = _connected


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Handler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Connection, req)


class _TlsHandler(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TlsConnection, req)


class CappedClient(WebClient):
    """`timeout` is of the call as a whole. A test says when the methods of slack-sdk change that are overridden here."""

    def _perform_urllib_http_request(self, *, url: str, args: dict[str, dict[str, Any]]) -> dict[str, Any]:
        with time_limit.at_most(self.timeout) as limit:
            try:
                return super()._perform_urllib_http_request(url=url, args=args)
            finally:
                # Half of an answer would be taken for Slack's refusal.
                limit.check()

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:  # noqa: ARG002  slack-sdk's signature.
        with opener().open(req, timeout=self.timeout) as answer:
            return {"status": answer.status, "headers": answer.headers, "body": answer.read().decode()}
