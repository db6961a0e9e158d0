"""Writing the trail: the one function through which every entry goes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.db import DataError, connection
from pydantic import ValidationError

from audits.acts import LATEST, Act
from audits.merkle import values
from audits.merkle.values import NotCanonical
from audits.models import Late, TrailEntry
from portal.storable import AsTyped, storable
from portal.verbs.actor import Actor


class NotInShape(DataError):
    """An act's data, or its subject, is not what `audits.acts` says of it, or nothing that a leaf of the sealed log can hold.

    To whoever records, the trail cannot be written: an end that is due goes ahead, and is recorded later.
    """


def record(
    *,
    now: datetime,
    act: Act,
    actor: str,
    subject: str,
    data: Mapping[str, object],
    on_behalf_of: str = "",
    late: Late | Literal[""] = "",
) -> TrailEntry:
    """Append one entry in the caller's transaction. `now` is when it happened; the database adds when it was recorded.

    The order of commits is the order of ids: on PostgreSQL a trigger holds an advisory lock from the INSERT until the commit, so
    call this late in a transaction; SQLite has one writer anyway. Raises TypeError for an act that there is not, NotInShape,
    and DatabaseError when it cannot be written: the change that it records must then not happen either. The database refuses a
    service's entry whose two times lie more than five minutes apart, unless `late` says why it was recorded only now.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A trail entry is written in the transaction of the change that it records.")
    if not isinstance(act, Act):
        raise TypeError(f"{act!r} is no act of the trail.")
    said = {"act": act, "actor": actor, "on_behalf_of": on_behalf_of, "subject": subject, "data": storable(data)}
    try:
        values.check(said)
    except NotCanonical as error:
        raise NotInShape(f"{act}: {error}") from error
    _check(act, subject, said["data"])
    return TrailEntry.objects.create(at=now, late=late, schema_version=LATEST, **said)


def record_act(
    *,
    now: datetime,
    act: Act,
    actor: Actor,
    subject: str,
    data: Mapping[str, object],
    late: Late | Literal[""] = "",
) -> TrailEntry:
    """Append what somebody did, as `record` does, with the door that they came by and how they proved who they are."""
    whole = {"door": actor.door, "proof": dict(actor.proof), **data}
    return record(now=now, act=act, actor=actor.name, on_behalf_of=actor.on_behalf_of, subject=subject, data=whole, late=late)


def _check(act: Act, subject: str, data: Mapping[str, object]) -> None:
    """Raise NotInShape unless the entry is as its act says. What is looked at is what the database is given."""
    if not subject.startswith(act.shape.about):
        raise NotInShape(f"{act} is not said of {subject}")
    try:
        act.shape.model_validate_json(json.dumps(data, cls=AsTyped))
    except ValidationError as error:
        wrong = (
            f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False, include_input=False)
        )
        raise NotInShape(f"{act} of {subject}: {'; '.join(wrong)}") from None
