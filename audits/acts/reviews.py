"""Data of access reviews: what people and programs have, looked at one by one."""

from datetime import date
from typing import ClassVar

from audits.acts.shape import Done, Moment, Shape


class Review(Shape):
    code: str
    name: str
    due_on: date
    kept_until: date


class Item(Shape):
    """An item as it is after the act. `command` takes it in AWS, where the portal does not."""

    number: int
    kind: str
    people: list[str]
    thing: str
    facts: dict[str, str]
    command: str
    reviewer: str
    state: str
    reason: str
    decided_by: str
    decided_at: Moment | None
    removed_at: Moment | None


class Opened(Done):
    about: ClassVar = ("review:",)
    since: ClassVar = 5

    review: Review
    items: list[Item]


class OfItem(Done):
    about: ClassVar = ("review:",)
    since: ClassVar = 5

    item: Item


class Reminded(Done):
    """Told to those who have not decided, when its day is near: reviewer -> how many items wait for them."""

    about: ClassVar = ("review:",)
    since: ClassVar = 5

    due_on: date
    waiting: dict[str, int]
