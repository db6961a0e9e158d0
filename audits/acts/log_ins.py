"""Data of log-ins in browsers: how they begin, fail and end."""

from typing import ClassVar

from audits.acts.people import OfPerson
from audits.acts.shape import Done, Moment, PersonalText, Shape


class Session(Shape):
    """A log-in in a browser, by its number. Nothing here opens it."""

    id: int
    address: PersonalText
    user_agent: PersonalText
    begun_at: Moment
    last_used_at: Moment


class SessionsEnded(OfPerson):
    """`reason`: `signed_out` by somebody who chose them, `password_set`, `person_disabled`, `factors_reset`, or a provider's."""

    since: ClassVar = 4

    reason: str
    sessions: list[Session]


class InBrowser(OfPerson):
    """A log-in that began, or was ended by whoever was logged in; `session` is its number."""

    since: ClassVar = 4

    session: int
    address: PersonalText
    user_agent: PersonalText


class LogInFailed(Done):
    """Said of the person, or of `log-in` where nobody has the name that was typed, which is kept nowhere: it may be a password.

    `step`: `log_in`, `factor` of somebody whose password was right, or `confirm` of somebody who is logged in. `reason`: `wrong`,
    `disabled` with the right password, `copied`, of a passkey, or `held`: after too many, it was not even looked at.
    `unrecorded`: so many more have failed since the last entry.
    """

    about: ClassVar = ("log-in", "person:")
    since: ClassVar = 4

    step: str
    reason: str
    address: PersonalText
    user_agent: PersonalText
    unrecorded: int
