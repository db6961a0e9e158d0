"""Data of log-ins in browsers: how they begin, fail and end."""

from typing import ClassVar

from audits.acts.people import OfPerson
from audits.acts.shape import Moment, PersonalText, Shape


class Session(Shape):
    """A log-in in a browser, by its number. Nothing here opens it."""

    id: int
    address: PersonalText
    user_agent: PersonalText
    begun_at: Moment
    last_used_at: Moment


class SessionsEnded(OfPerson):
    """`reason`: `signed_out` by somebody who chose them, `password_set`, or `person_disabled`."""

    since: ClassVar = 4

    reason: str
    sessions: list[Session]
