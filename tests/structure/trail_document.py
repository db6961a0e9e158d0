"""make api-docs: writes docs/trail.md, every act of the trail with the shape of its data, from the source."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import django

django.setup()

from django.utils.translation import override  # noqa: E402  Everything below needs the settings.
from pydantic import AwareDatetime, JsonValue  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402

from audits.acts import Act  # noqa: E402
from audits.acts.shape import Data, Personal, Settings, Shape  # noqa: E402
from audits.acts.words import WORDS  # noqa: E402
from audits.streaming import classes  # noqa: E402

PAGE = Path(__file__).resolve().parents[2] / "docs" / "trail.md"
HEAD = """# What the trail says

Made by the source with `make api-docs`; a test compares the two. Each entry of the trail has `id` and `recorded_at`, which the
database gives; `at`, when it happened by the clock of who wrote it, and `late`, why it was recorded long after; `act`; `actor`,
and `on_behalf_of` whom where a program carried it; `subject`, what it is about; `schema_version`; and `data`.
[Why it is so](decisions/0003-trail.md); [how programs read it](api.md).

`schema_version` says what is in `data`, and never changes in an entry that is there:

| version | |
|---|---|
| 1 | a request's long texts are in each of its entries |
| 2 | they are in the entry of its submission alone; the others have the digest, which covers them |
| 3 | the data of each act has the shape below, and nothing else is written |
| 4 | log-ins and directories; why a request was withdrawn |
| 5 | findings; the state of each thing can be made again from its entries, from its *baseline* on where it is older |

*In italics* is what a sentence takes from the entry. **News** is told to chats and webhooks. **Last** ends a story: after it the
portal decides nothing more about this subject, and does nothing but look at AWS again and tidy up. **Since** is the version since
which an act has its shape. **OCSF** is the class and the activity by which [the stream](audit/stream.md) sends it; 99 is another.
"""
SHAPES = """
# The shapes

A field that may be absent is marked so; no field is written that is not named here. Times are ISO 8601 with a zone. *Personal* is
what tells more of a person than the name by which they act: in its place an entry has `{"commitment": H}`, H being HMAC-SHA256 of
the text in hexadecimal, and the text lies beside the trail, where it can be erased ([why](decisions/0023-personal-texts.md)). The
API and pages show the text, and where it was erased, the API the commitment.
"""
# By how subjects begin; the order is that of the page.
SUBJECTS = {
    "R-": "A request, `R-…`",
    "E-": "An elevation, `E-…`",
    "L-": "A log-in to production, as CloudTrail proves it, `L-…`",
    "cloudtrail:": "CloudTrail of an account, `cloudtrail:…` and the account's number",
    "review:": "An access review, `review:V-…`, and an item of it, `review:V-…/7`",
    "inspection:": "A daily inspection, `inspection:2026-11-05`, and of what came late `inspection:2026-11-05/1`",
    "permissions:": "Permissions in an account, `permissions:…` and the account's number",
    "comparison": "A comparison of AWS with the portal, `comparison`",
    "D-": "Drift, `D-…`",
    "F-": "A finding, `F-…`",
    "findings": "Findings that are told, `findings`",
    "account:": "The catalogue, `account:…`, `role:…`, `standing_group:…`, `policy:…`, `work_group:…`",
    "settings:": "Settings that decide, `settings:…` and the service that has them",
    "document:": "A document in AWS, `document:…`",
    "person:": "A person, `person:…`",
    "client:": "An API client, `client:…`",
    "token:": "A person's own token, `token:…`",
    "webhook:": "A webhook, `webhook:…`",
    "provided:": "A person as a provider's directory says them, `provided:…`, the provider's key and the id there",
    "directory_group:": "A group of a provider's directory, `directory_group:` and its id",
    "scim_token:": "A token of a provider's directory, `scim_token:T-…`",
    "delivery:": "A delivery, `delivery:…`",
    "X-": "An export of the trail, `X-…`",
    "P-": "An evidence pack, `P-…`",
    "trail": "The trail itself, `trail`",
    "log-in": "A log-in as nobody whom the portal knows, `log-in`; as somebody, of the person",
    "seal": "The seal of the trail, `seal`",
    "personal": "Personal texts, `personal`",
    "log:": "A log, `log:…`: its first leaf, which is no entry",
}
TYPES = {
    str: "text",
    int: "whole number",
    bool: "true or false",
    AwareDatetime: "time",
    date: "day",
    JsonValue: "anything",
    type(None): "null",
}
PLACE = re.compile(r"%\((\w+)\)s")


def document() -> str:
    """Return the whole page."""
    with override("en"):
        return "\n".join([HEAD, *_acts(), SHAPES, *_shapes()]) + "\n"


def _acts() -> Iterator[str]:
    order = list(SUBJECTS)
    in_order = sorted(WORDS, key=lambda act: order.index(Act[_name(act)].shape.about[0]))
    for subject, acts in groupby(in_order, key=lambda act: Act[_name(act)].shape.about[0]):
        yield f"## {SUBJECTS[subject]}\n\n| act | says | data | | since | OCSF |\n|---|---|---|---|---|---|"
        yield "".join(f"{_row(Act[_name(act)])}\n" for act in acts)


def _name(act: str) -> str:
    return next(each.name for each in Act if each == act)


def _row(act: Act) -> str:
    marks = ", ".join(
        word for word, holds in (("news", act.is_news), ("last", act.is_last), ("told to the person", act.is_own)) if holds
    )
    said = PLACE.sub(r"*\1*", str(WORDS[act].sentence))
    return f"| `{act}` | {said} | {_link(act.shape)} | {marks} | {act.shape.since} | {_ocsf(act)} |"


def _ocsf(act: Act) -> str:
    shown = classes.of(act)
    return f"{shown.of.value} {shown.of.name.replace('_', ' ').title()}: {shown.activity}"


def _shapes() -> Iterator[str]:
    for shape in _found():
        said = f"{shape.__doc__}\n\n" if shape.__doc__ else ""
        rows = "".join(f"| `{field.alias or name}` | {_field(field)} |\n" for name, field in shape.model_fields.items())
        others = f"| any other | {_others(shape)} |\n" if shape.model_config.get("extra") == "allow" else ""
        yield f"## {shape.__name__}\n\n{said}| field | |\n|---|---|\n{rows}{others}"


def _others(shape: type[Shape]) -> str:
    return "a text, a number, yes or no, or a list of texts" if issubclass(shape, Settings) else "anything"


def _found() -> list[type[Shape]]:
    """Return every shape that an act has, then every one inside those."""
    found: dict[type[Shape], None] = dict.fromkeys(act.shape for act in Act)
    for shape in (waiting := list(found)):
        inner = [each for field in shape.model_fields.values() for each in _inside(field.annotation) if each not in found]
        found |= dict.fromkeys(inner)
        waiting += dict.fromkeys(inner)
    tops = [shape for shape in found if issubclass(shape, Data)]
    return tops + sorted(set(found) - set(tops), key=lambda shape: shape.__name__)


def _inside(kind: Any) -> Iterator[type[Shape]]:
    if isinstance(kind, type) and issubclass(kind, Shape):
        yield kind
    for part in get_args(kind):
        yield from _inside(part)


def _field(field: FieldInfo) -> str:
    kind = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return _type(kind) + ("" if field.is_required() else "; may be absent")


def _type(kind: Any) -> str:
    if kind in TYPES:
        return TYPES[kind]
    if any(isinstance(mark, Personal) for mark in getattr(kind, "__metadata__", ())):
        return "text, *personal*"
    if isinstance(kind, type) and issubclass(kind, Shape):
        return _link(kind)
    parts = [_type(part) for part in get_args(kind)]
    if get_origin(kind) is list:
        return f"list of: {parts[0]}"
    if get_origin(kind) is dict:
        return f"object, of each name: {parts[1]}"
    return " or ".join(parts)


def _link(shape: type[Shape]) -> str:
    return f"[{shape.__name__}](#{shape.__name__.lower()})"


def main() -> None:
    PAGE.write_text(document())


if __name__ == "__main__":
    main()
