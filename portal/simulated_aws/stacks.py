"""CloudFormation's stacks: what each account and Region remembers of them."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Place = tuple[str, str]  # Account and Region.
KIND = "AWS::CloudFormation::Stack"
REVIEWED, DELETED = "REVIEW_IN_PROGRESS", "DELETE_COMPLETE"


@dataclass(slots=True, kw_only=True)
class Resource:
    """One resource of a stack as it was deployed last. `note` says what is particular about it."""

    logical_id: str
    kind: str
    physical_id: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, str]
    depends_on: frozenset[str] = frozenset()
    deletion_policy: str = "Delete"
    replace_policy: str = "Delete"
    status: str = ""
    note: str | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StackEvent:
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    logical_id: str
    physical_id: str
    kind: str
    status: str
    reason: str | None
    at: datetime


@dataclass(slots=True, kw_only=True)
class ChangeSet:
    """Changes that may be made. `plan` is what executing it carries out."""

    id: str
    name: str
    is_for_new_stack: bool
    plan: Any
    changes: tuple[Mapping[str, Any], ...]
    status: str
    reason: str | None
    is_available: bool
    created_at: datetime
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Stack:
    """One stack. `role_arn` is the service role that every later operation acts in, whoever asks for it."""

    id: str
    name: str
    place: Place
    created_at: datetime
    status: str = REVIEWED
    reason: str | None = None
    body: str = ""
    description: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    shown_values: dict[str, str] = field(default_factory=dict)
    capabilities: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    events: list[StackEvent] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    role_arn: str | None = None
    keeps_what_failed: bool = False
    is_protected: bool = False
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    is_forgotten: bool = False

    @property
    def is_busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status != REVIEWED

    def tell(self, status: str, *, at: datetime, reason: str | None = None) -> None:
        """Take on a status, and have an event say so."""
        self.status, self.reason = status, reason
        self.add(logical_id=self.name, physical_id=self.id, kind=KIND, status=status, reason=reason, at=at)

    def add(self, *, logical_id: str, physical_id: str, kind: str, status: str, reason: str | None, at: datetime) -> None:
        event = StackEvent(logical_id=logical_id, physical_id=physical_id, kind=kind, status=status, reason=reason, at=at)
        self.events.append(event)


_stacks: dict[Place, dict[str, Stack]] = defaultdict(dict)


def new(place: Place, name: str, *, at: datetime) -> Stack:
    account, region = place
    arn = f"arn:aws:cloudformation:{region}:{account}:stack/{name}/{uuid.uuid4()}"
    stack = _stacks[place][arn] = Stack(id=arn, name=name, place=place, created_at=at)
    return stack


def find(place: Place, name: str) -> Stack | None:
    """Return the stack of that name which is there, or of that ARN, deleted or not."""
    if name.startswith("arn:"):
        return _stacks[place].get(name)
    return next((stack for stack in everyone(place) if stack.name == name and stack.status != DELETED), None)


def of_change_set(place: Place, arn: str) -> Stack | None:
    return next((stack for stack in everyone(place) if any(kept.id == arn for kept in stack.change_sets.values())), None)


def everyone(place: Place) -> Iterator[Stack]:
    yield from list(_stacks[place].values())


def forget_all() -> None:
    for place in list(_stacks):
        for stack in everyone(place):
            stack.is_forgotten = True
    _stacks.clear()
