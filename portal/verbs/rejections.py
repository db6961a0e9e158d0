"""What a person or a client is told when something is refused.

    Rejection                   the user acts next; nothing was written
    ├── StepUpNeeded  401       who asks must prove first that it is them
    ├── NotAllowed    403       who asks may not, by this door or at all
    ├── NotFound      404       there is no such thing, or it is not for these eyes
    ├── Conflict      409       the state refuses it
    ├── Unusable      422       what was given cannot be used; `field` says which
    └── TooOften      429       the same person has to wait first

Each has a stable `code` and an English sentence that says what to do; `portal.verbs.phrases` translates it. The data that the
sentence names is in `data`. Here are those that any subject can meet; each subject has its own beside its verbs. What AWS answers
badly are `portal.aws.errors`, not these.
"""

from collections.abc import Mapping
from typing import ClassVar


def _(sentence: str) -> str:
    """Mark a sentence for translation; the doors translate it, since only they know the reader's language."""
    return sentence


class Rejection(Exception):
    """A refusal with a stable code and a sentence for the person."""

    status: ClassVar[int]
    code: ClassVar[str]
    sentence: ClassVar[str]

    def __init__(self, **data: object) -> None:
        self.data: Mapping[str, object] = data
        # What an answer by HTTP says in its headers as well.
        self.headers: Mapping[str, str] = {}
        super().__init__(self.code, data)


class NotAllowed(Rejection):
    status = 403


class NotFound(Rejection):
    status = 404
    code = "not_found"
    sentence = _("There is no such thing, or it is not yours to see.")


class Conflict(Rejection):
    status = 409


class Unusable(Rejection):
    """`field` is the name that the API and the form give to what cannot be used."""

    status = 422

    def __init__(self, *, field: str, **data: object) -> None:
        self.field = field
        super().__init__(field=field, **data)


class TooOften(Rejection):
    """`seconds` is for how long it is refused."""

    status = 429

    def __init__(self, *, seconds: int, **data: object) -> None:
        super().__init__(seconds=seconds, **data)
        self.headers = {"Retry-After": str(seconds)}


# Who may


class StepUpNeeded(Rejection):
    """`acr_values` and `max_age`, in seconds, are RFC 9470's; `act` is what it is needed for."""

    status = 401
    code = "step_up_needed"
    sentence = _("Confirm first that it is you: for this the proof may be %(minutes)s old at most.")

    def __init__(self, *, act: str, acr_values: str, max_age: int, minutes: int) -> None:
        super().__init__(act=act, acr_values=acr_values, max_age=max_age, minutes=minutes)
        asked = f'acr_values="{acr_values}", max_age="{max_age}"'
        self.headers = {"WWW-Authenticate": f'Bearer error="insufficient_user_authentication", {asked}'}


class FactorMissing(NotAllowed):
    code = "factor_missing"
    sentence = _("Whoever decides or administers needs a second factor. Set one up on the page of your second factors first.")


class NotAnAdministrator(NotAllowed):
    code = "not_an_administrator"
    sentence = _("Only an administrator may do this.")


class NotAnAuditor(NotAllowed):
    code = "not_an_auditor"
    sentence = _("Only an auditor may do this.")


class RightsEnded(NotAllowed):
    code = "rights_ended"
    sentence = _("Your log-in or your token has ended, or this account may do less than before. Log in again, and try again.")


class PersonDisabled(NotAllowed):
    code = "person_disabled"
    sentence = _("This account is disabled. Ask an administrator.")


# Refused by the state


class TransitionNotAllowed(Conflict):
    code = "transition_not_allowed"
    sentence = _("This is no longer possible: the state has changed meanwhile. Look at the page again.")


# What was given


class Missing(Unusable):
    code = "missing"
    sentence = _("Fill this in.")


class TooLong(Unusable):
    code = "too_long"
    sentence = _("At most %(limit)s characters; these are %(length)s.")


class ControlCharacters(Unusable):
    code = "control_characters"
    sentence = _("This holds characters that cannot be shown. Type it again without them.")


class NaiveTime(Unusable):
    code = "naive_time"
    sentence = _("Give the time with its zone, such as 2026-11-23T20:00:00Z.")


class AmbiguousTime(Unusable):
    code = "ambiguous_time"
    sentence = _("The clocks change then: this time does not exist or exists twice in your zone. Choose another.")


class KeyReused(Unusable):
    code = "idempotency_key_reused"
    sentence = _("This key was used with other contents. Use a new key.")
