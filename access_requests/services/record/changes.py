"""Recording a change of the catalogue or of a person: what it was, what it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from audits import trail
from audits.acts import Act
from portal.verbs.actor import Actor

Fields = Mapping[str, Any]


def record(*, act: Act, subject: str, before: Fields | None, after: Fields | None, actor: Actor, now: datetime) -> None:
    """Append to the trail the whole object before and after; None is "it was not there"."""
    record_data(act=act, subject=subject, data={"before": before, "after": after}, actor=actor, now=now)


def record_data(*, act: Act, subject: str, data: Fields, actor: Actor, now: datetime) -> None:
    """Append a change whose act says more of it than before and after."""
    trail.record_act(now=now, act=act, actor=actor, subject=subject, data=data)
