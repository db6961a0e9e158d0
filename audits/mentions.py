"""Whom and what an entry mentions: people, IAM users, groups, accounts, tickets, and what it is about.

Read out of the data by the names of its fields, whatever the act or its version. Names and numbers only: no personal text, which
may have to be forgotten.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction

from audits.acts import Act
from audits.mentioned import LONGEST, Mention, MentionKind, Noted
from audits.models import FARTHEST, TrailEntry

Found = tuple[MentionKind, str]
BATCH = 1000
# Field of the data -> what it names: a text, a list of them, or objects that have a name.
FIELDS: Mapping[str, tuple[MentionKind, ...]] = {
    **dict.fromkeys(
        ("requester", "person", "approver", "undo_asked_by", "owners", "owner", "caused_by", "asked_by", "accepted_by"),
        (MentionKind.PERSON,),
    ),
    **dict.fromkeys(("iam_user", "iam_user_name"), (MentionKind.IAM_USER,)),
    **dict.fromkeys(("work_group", "work_groups", "standing_groups"), (MentionKind.GROUP,)),
    # Of a role that is not known by its ARN yet: the account, a stroke and its name.
    **dict.fromkeys(("account", "target_roles"), (MentionKind.ACCOUNT,)),
    "change_ticket": (MentionKind.TICKET,),
    # Of an elevation its request; of an extension the elevation, or the request that extended it.
    **dict.fromkeys(("request", "extends", "by", "elevation", "elevations"), (MentionKind.ABOUT,)),
}
# AWS's own names, of which the kind of drift says what they are.
OF_DRIFT = ("thing", "name")
# How a subject begins -> what the rest of it names as well.
SUBJECTS: Mapping[str, MentionKind] = {
    "person": MentionKind.PERSON,
    "work_group": MentionKind.GROUP,
    "standing_group": MentionKind.GROUP,
    "account": MentionKind.ACCOUNT,
    "role": MentionKind.ACCOUNT,
}
OF_IAM_USERS = (Act.IAM_USER_BOUND, Act.IAM_USER_UNBOUND)
# What an export was narrowed to: whom somebody looked for is not what happened to them.
SEARCHED = "filters"
ROLE = re.compile(r"arn:[\w-]+:iam::(\d{12}):role/")
CODE = re.compile(r"[A-Z]-[0-9A-Z]{1,20}", re.ASCII)
ACCOUNT_ID = re.compile(r"\d{12}", re.ASCII)


def folded(text: str) -> str:
    """Return the text as it is compared: whatever its width, its case and the spaces around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold().replace("\x00", "")[:LONGEST]


def catch_up() -> int:
    """Note what entries mention that were written since the last time; return how many are left for the next.

    Whoever searches does so first, and a sweep does, so that nobody who writes has to wait. Two at once note the same.
    """
    done, _new = Noted.objects.get_or_create(pk=1)
    entries = list(TrailEntry.objects.filter(pk__gt=done.until, pk__lt=FARTHEST).order_by("pk")[:BATCH])
    if not entries:
        return 0
    with transaction.atomic():
        Mention.objects.bulk_create(_rows(entries), ignore_conflicts=True, batch_size=BATCH)
        Noted.objects.filter(pk=1, until__lt=entries[-1].pk).update(until=entries[-1].pk)
    # Ids have no holes, and counting would take longer with every entry that waits.
    newest = TrailEntry.objects.filter(pk__lt=FARTHEST).order_by("-pk").values_list("pk", flat=True)[0]
    return int(newest - entries[-1].pk)


def account_ids(keys: Collection[str]) -> Mapping[str, str]:
    """Return key -> number of the accounts that the catalogue calls so, as the trail last had them. One query."""
    named = TrailEntry.objects.filter(subject__in=[f"account:{key}" for key in keys]).order_by("pk") if keys else ()
    said = {entry.subject: entry.data.get("after") or entry.data.get("before") or {} for entry in named}
    return {folded(subject.partition(":")[2]): str(account["id"]) for subject, account in said.items() if account.get("id")}


def found(entry: TrailEntry) -> set[Found]:
    """Return what the entry mentions by itself."""
    said = {(MentionKind.ABOUT, entry.subject), *_of_subject(entry.subject), *_of_actors(entry), *_named(entry.data)}
    if entry.act in OF_IAM_USERS:
        said |= {(MentionKind.IAM_USER, name) for field in ("before", "after") for name in _texts(entry.data.get(field))}
    return {(kind, text) for kind, name in said if (text := folded(name))}


def _rows(entries: Sequence[TrailEntry]) -> list[Mention]:
    asked = _requests_of(entries)
    said = {entry.pk: found(entry) | asked.get(_request_of(entry), set()) for entry in entries}
    accounts = {
        key for each in said.values() for kind, key in each if kind == MentionKind.ACCOUNT and not ACCOUNT_ID.fullmatch(key)
    }
    numbers = account_ids(accounts)
    for each in said.values():
        each |= {(kind, numbers[key]) for kind, key in each if kind == MentionKind.ACCOUNT and key in numbers}
    return [
        Mention(kind=kind, value=value, at=entry.at, entry=entry) for entry in entries for kind, value in sorted(said[entry.pk])
    ]


def _request_of(entry: TrailEntry) -> str:
    """Return the request that an elevation is of; empty in an entry about something else."""
    elevation = entry.data.get("elevation")
    return str(elevation.get("request", "")) if isinstance(elevation, dict) else ""


def _requests_of(entries: Sequence[TrailEntry]) -> Mapping[str, set[Found]]:
    """Return what the requests of elevations mention beside people: tickets, and the accounts that they lead to."""
    codes = {code for entry in entries if (code := _request_of(entry))}
    asked = TrailEntry.objects.filter(subject__in=codes, act=Act.REQUEST_SUBMITTED) if codes else ()
    return {
        entry.subject: {each for each in found(entry) if each[0] in (MentionKind.TICKET, MentionKind.ACCOUNT)} for entry in asked
    }


def _of_subject(subject: str) -> Iterator[Found]:
    kind, _colon, name = subject.partition(":")
    if kind in SUBJECTS:
        yield SUBJECTS[kind], name.partition("/")[0]


def _of_actors(entry: TrailEntry) -> Iterator[Found]:
    """Yield the people who acted: a program, a command and the portal itself have a colon in their names."""
    yield from ((MentionKind.PERSON, name) for name in (entry.actor, entry.on_behalf_of) if name and ":" not in name)


def _named(value: Any, name: str = "") -> Iterator[Found]:
    if isinstance(value, dict):
        if name == "drift":
            yield from _of_drift(value)
        for field, inner in value.items():
            yield from ((kind, _name(kind, text)) for kind in FIELDS.get(field, ()) for text in _texts(inner))
            if field != SEARCHED:
                yield from _named(inner, field)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, name)
    elif isinstance(value, str) and (role := ROLE.match(value)):
        yield MentionKind.ACCOUNT, role[1]


def _of_drift(drift: Mapping[str, Any]) -> Iterator[Found]:
    names = [str(drift[field]) for field in OF_DRIFT if drift.get(field)]
    yield from ((kind, name) for kind in (MentionKind.GROUP, MentionKind.IAM_USER) for name in names)


def _texts(value: Any) -> Collection[str]:
    """Return the names that a field has, however it has them."""
    each = value if isinstance(value, list) else [value]
    named = (one.get("name") if isinstance(one, dict) else one for one in each)
    return [one for one in named if isinstance(one, str) and one]


def _name(kind: MentionKind, text: str) -> str:
    """Return the name that is in a text: of an account's role the account's, and none where a subject's code is looked for."""
    if kind == MentionKind.ACCOUNT:
        return "" if text.startswith("arn:") else text.partition("/")[0]
    return text if kind != MentionKind.ABOUT or CODE.fullmatch(text) else ""
