"""Slack's client, whose calls end: a thread that waits for ever is missing to the next call."""

from typing import Any
from urllib.request import Request

from slack_sdk import WebClient

from portal import time_limit


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
        with time_limit.opener().open(req, timeout=self.timeout) as answer:
            return {"status": answer.status, "headers": answer.headers, "body": answer.read().decode()}
