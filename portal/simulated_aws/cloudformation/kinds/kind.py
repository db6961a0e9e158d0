"""What a kind of resource can do, and what it does it with."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from portal.simulated_aws import authorization
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.cloudformation.errors import Failed, Forgotten
from portal.simulated_aws.errors import Refusal
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.gateway import one_at_a_time
from portal.simulated_aws.service_calls import CallFailed, ServiceCalls
from portal.simulated_aws.stacks import Stack

Properties = Mapping[str, Any]
_GONE = {"NoSuchEntity", "InvalidDocument"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came into being: the id that Ref gives, and the attributes that Fn::GetAtt gives."""

    id: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The calls of one operation on a stack: its caller's or its service role's, made by CloudFormation."""

    stack: Stack
    calls: ServiceCalls
    asked: Asked
    envelope: Envelope

    def call(self, api: str, *, service: str = "iam", **inputs: Any) -> dict[str, Any]:
        """Return AWS's answer, leaving out inputs that are None. Raises Failed."""
        if self.stack.is_forgotten:
            raise Forgotten
        try:
            return self.calls.call(service, api, {name: value for name, value in inputs.items() if value is not None})
        except CallFailed as failure:
            raise _CallRefused(f'Resource handler returned message: "{failure}"', code=failure.code) from failure

    def call_if_there(self, api: str, *, service: str = "iam", **inputs: Any) -> None:
        """Make a call that takes something away; what is gone already is no failure. Raises Failed."""
        try:
            self.call(api, service=service, **inputs)
        except _CallRefused as refused:
            if refused.code not in _GONE:
                raise

    def try_call(self, api: str, **inputs: Any) -> None:
        """Make a call whose refusal shows later, where it matters."""
        with suppress(_CallRefused):
            self.call(api, **inputs)

    def ask(self, action: str, resource: str) -> None:
        """Raise Failed unless the caller may do what is not carried out here."""
        with self._refusals():
            authorization.check_action(self.asked, self.envelope, action=action, resource=resource)

    def ask_to_pass(self, role_arn: str, service: str) -> None:
        """Raise Failed unless the caller may have the service act in the role."""
        with self._refusals():
            authorization.check_pass_role(self.asked, self.envelope, role_arn=role_arn, service=service)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            with one_at_a_time:
                yield
        except Refusal as refusal:
            raise Failed(f'Resource handler returned message: "{refusal.message}"') from refusal


class _CallRefused(Failed):
    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class Kind(Protocol):
    """A kind of resource. `settle` brings what is there from one set of properties to another, and may be done again."""

    @property
    def required(self) -> frozenset[str]: ...

    @property
    def optional(self) -> frozenset[str] | None:
        """Return what it may have besides; None is anything."""
        ...

    def replaces(self, before: Properties, after: Properties) -> bool:
        """Say whether the change needs another thing in its place."""
        ...

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        """Make it, with what is made in one call; `settle` does the rest. `name` is for whoever has none. Raises Failed."""
        ...

    def created(self, properties: Properties) -> Properties:
        """Return those of the properties that `create` has seen to."""
        ...

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        """Raises Failed."""
        ...

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        """Take it away, and what was settled on it. Raises Failed."""
        ...


def check(kind: Kind, properties: Properties) -> None:
    """Raise Failed for a property that the kind has not, or one that is missing."""
    if kind.optional is not None:
        for name in sorted(properties.keys() - kind.required - kind.optional):
            raise Failed(f"Encountered unsupported property {name}")
    for name in sorted(kind.required - properties.keys()):
        raise Failed(f"Properties validation failed: required key [{name}] not found")


def text(document: Any) -> str:
    """Return a policy as the calls take it."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


def gone(before: Iterable[str], after: Iterable[str]) -> list[str]:
    kept = set(after)
    return [each for each in before if each not in kept]


def pairs(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}
