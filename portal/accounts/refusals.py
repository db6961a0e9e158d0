"""What somebody is told whose log-in at a provider came to nothing. No call of the API answers these."""

from portal.verbs.rejections import Conflict, NotAllowed, _


class ProviderSilent(Conflict):
    code = "provider_silent"
    sentence = _("%(provider)s does not answer. Try again in a minute; if it stays so, tell an administrator.")


class AnswerRefused(NotAllowed):
    """`what` names what of the answer does not hold, for administrators."""

    code = "answer_refused"
    sentence = _("What %(provider)s answered was not accepted (%(what)s). Try again; if it stays so, tell an administrator.")


class LogInNotBegun(NotAllowed):
    code = "log_in_not_begun"
    sentence = _("This log-in was begun in another browser, or too long ago. Begin again.")


class LogInCancelled(NotAllowed):
    code = "log_in_cancelled"
    sentence = _("You did not log in at %(provider)s. Begin again, or choose another way.")


class SomebodyElse(NotAllowed):
    code = "somebody_else"
    sentence = _("At %(provider)s you are somebody else than here. Log in there as yourself, and confirm again.")
