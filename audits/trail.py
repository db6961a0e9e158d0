"""Writing the trail: the one function through which every entry goes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import DataError, connection
from pydantic import ValidationError

from audits import commitments
from audits.acts import LATEST, Act
from audits.commitments import Committed
from audits.merkle import values
from audits.merkle.values import NotCanonical
from audits.models import Late, Personal, TrailEntry
from portal.storable import AsTyped, storable
from portal.verbs.actor import Actor

# Where data says how who acted proved who they are.
OF_ACTOR = ("proof", "decision")
# A worker tells of them, and not of itself.
OF_LOG_INS = (Act.LOG_IN_SEEN, Act.LOG_IN_CHANGED)


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
    Personal texts are kept beside the entry, which has commitments in their place.
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
    said["data"], personal = commitments.commit(said["data"], act.personal)
    entry = TrailEntry.objects.create(at=now, late=late, schema_version=LATEST, **said)
    _keep(personal, entry)
    return entry


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


@dataclass(frozen=True, kw_only=True)
class AsItWas:
    """What an upgrade writes down of a thing."""

    act: Act
    subject: str
    data: Mapping[str, object]


def record_as_it_was(
    said: Sequence[AsItWas], *, models: Callable[[str], Any], actor: str, schema_version: int, now: datetime
) -> int:
    """Append many entries of an upgrade in the caller's transaction; return how many.

    `models` gives the models as the migration has them, which need not be those of the latest release; so nothing here looks at a
    shape: a test does.
    """
    made = [(one, *commitments.commit(storable(json.loads(json.dumps(one.data, cls=AsTyped))), one.act.personal)) for one in said]
    entries = models("audits.TrailEntry").objects.bulk_create(
        models("audits.TrailEntry")(
            at=now, act=one.act, actor=actor, subject=one.subject, schema_version=schema_version, data=data
        )
        for one, data, _texts in made
    )
    for (_one, _data, texts), entry in zip(made, entries, strict=True):
        _keep(texts, entry, models("audits.Personal"))
    return len(entries)


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


def _keep(personal: Sequence[Committed], entry: TrailEntry, model: type[Personal] = Personal) -> None:
    """Keep what the entry has commitments for."""
    model.objects.bulk_create(
        model(entry_id=entry.pk, person=_about(entry, one), commitment=one.commitment, salt=one.salt, text=one.text)
        for one in personal
    )


def _about(entry: TrailEntry, one: Committed) -> str:
    """Return the username of whom the text tells: who acted where it is their proof, else the subject where that is a person.

    A provider of log-in that acts proves who its person is: the proof is then about the subject.
    """
    kind, _, name = entry.subject.partition(":")
    if entry.act in OF_LOG_INS:
        return str(entry.data["log_in"]["person"])
    subject, who = name if kind == "person" else "", entry.on_behalf_of or entry.actor
    acted = "" if ":" in who else who
    return acted or subject if one.path[0] in OF_ACTOR else subject or acted
