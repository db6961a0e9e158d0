"""The API of one portal, as one person: what it answers, and what its refusals are to a command."""

import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import requests

from portal.cli import credentials, moments, proving
from portal.cli.exits import Failure, NotLoggedIn, NotReached, Refused
from portal.cli.transport import Transport
from portal.cli.version import version
from portal.cli.words import language, said, spoken

API = "/api/v1"
PROBLEM = "application/problem+json"
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Tagged:
    """An answer with its entity tag; `body` is None where it is the one that the caller has."""

    body: Json | None
    tag: str


@dataclass(frozen=True, kw_only=True)
class Portal:
    """`prove` returns another token for which the person has proven themselves as the portal asks; None where nobody can."""

    address: str
    transport: Transport
    prove: Callable[[Mapping[str, str]], str] | None = None

    def get(self, path: str, **parameters: Any) -> Json:
        """Return what stands at a path below the API. Raises Refused, NotLoggedIn, NotReached, as every call does."""
        return _body(self.transport.send("GET", _at(path, parameters)))

    def get_tagged(self, path: str, *, tag: str) -> Tagged:
        answer = self.transport.send("GET", _at(path, {}), headers={"If-None-Match": tag} if tag else {})
        same = answer.status_code == HTTPStatus.NOT_MODIFIED
        return Tagged(body=None if same else _body(answer), tag=answer.headers.get("ETag", tag))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Carry something out, once: every try of this call has the same key, also after the person has proven themselves."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        answer = self.transport.send("POST", API + path, json=dict(body or {}), headers=key)
        if self.prove is not None and (asked := proving.asked(answer)):
            self.transport.token = self.prove(asked)
            answer = self.transport.send("POST", API + path, json=dict(body or {}), headers=key)
        return _body(answer)

    def items(self, path: str, *, every: bool, **parameters: Any) -> Json:
        """Return a list: its first page, or with `every` all of them as one."""
        page = self.get(path, **parameters)
        items = list(page["items"])
        while every and (following := page.get("next")):
            page = _body(self.transport.send("GET", _on_the_portal(following)))
            items += page["items"]
        return {"items": items, "next": page.get("next")}

    def my_username(self) -> str:
        person = self.get("/me")["person"]
        if person is None:
            raise NotLoggedIn(
                said("This token is nobody's. Name whom it acts for in %(variable)s.", variable=credentials.ON_BEHALF_OF),
                code="person_missing",
            )
        return str(person["username"])


@contextmanager
def reached(address: str | None, *, as_json: bool = False) -> Iterator[Portal]:
    """Have the portal for a command; whatever fails inside is told as the command was asked to."""
    with failing_as(as_json=as_json):
        log_in = credentials.chosen(address, now=datetime.now(UTC))
        with spoken(log_in.language):
            transport = Transport(address=log_in.portal, token=log_in.token, headers=headers())
        # A token from the environment is not this program's to replace.
        prove = partial(proving.again, log_in, transport) if log_in.client_id else None
        try:
            with moments.shown_in(log_in.time_zone), spoken(log_in.language):
                yield Portal(address=log_in.portal, transport=transport, prove=prove)
        finally:
            transport.close()


@contextmanager
def failing_as(*, as_json: bool) -> Iterator[None]:
    try:
        yield
    except Failure as failure:
        failure.as_json = as_json
        raise


def headers() -> dict[str, str]:
    """Return what every call says of this program, of the language, and whom a client's token acts for."""
    named = os.environ.get(credentials.ON_BEHALF_OF)
    sent = {"User-Agent": f"sekisho/{version()}", "Accept-Language": language(), "Accept": f"application/json, {PROBLEM}"}
    return {**sent, **({"X-On-Behalf-Of": named} if named else {})}


def _at(path: str, parameters: Mapping[str, Any]) -> str:
    given = {name: value for name, value in parameters.items() if value not in (None, "")}
    return API + path + (f"?{urlencode(given)}" if given else "")


def _on_the_portal(following: object) -> str:
    """Return the address of a next page, which is on the portal itself: the token goes there."""
    if not isinstance(following, str) or not following.startswith(f"{API}/"):
        raise _no_portal()
    return following


def _body(answer: requests.Response) -> Json:
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _no_portal(answer.status_code)
    if answer.ok and answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return body
    raise _failure(answer.status_code, body)


def _failure(status: int, problem: Json) -> Failure:
    detail, code = problem.get("detail"), problem.get("code")
    if not isinstance(detail, str) or not isinstance(code, str):
        return _no_portal(status)
    kind: type[Failure] = Refused
    if status == HTTPStatus.UNAUTHORIZED:
        kind = NotLoggedIn
    elif status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = NotReached
    return kind(detail, code=code, problem=problem)


def _no_portal(status: int | None = None) -> NotReached:
    why = (
        said("What answers there is no portal. It answered with the status %(status)s.", status=status)
        if status
        else said("What answers there is no portal.")
    )
    return NotReached(why, code="not_a_portal")
