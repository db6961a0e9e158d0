"""What people are told when what they want with a finding is refused."""

from portal.verbs.rejections import Conflict, NotAllowed, Unusable, _


class FindingNotProven(NotAllowed):
    code = "finding_not_proven"
    sentence = _("A program that only names a person may not do this. Do it in the browser, or with a token of your own.")


class OwnAcceptance(NotAllowed):
    code = "own_acceptance"
    sentence = _("You asked for this acceptance, own or owned the finding, or may have caused it. Another administrator decides.")


class CausedByThem(NotAllowed):
    code = "caused_by_them"
    sentence = _("You may have caused this finding. Another administrator closes it.")


class FindingChanged(Conflict):
    code = "finding_changed"
    sentence = _("The finding is not as you saw it any more. Look at it again, and decide anew.")


class ClosesByItself(Conflict):
    code = "closes_by_itself"
    sentence = _("The portal closes this finding when it sees that the cause is gone. Until then it can be accepted.")


class ClosingTakesTwo(Conflict):
    code = "closing_takes_two"
    sentence = _(
        "Closing what is severe takes two. Ask for an acceptance and say what was done; another administrator closes it."
    )


class AcceptedByOwner(Conflict):
    code = "accepted_by_owner"
    sentence = _("%(owner)s accepted the finding, and so cannot own it. Choose somebody else.")


class UnknownOwner(Unusable):
    code = "unknown_owner"
    sentence = _("%(owner)s is nobody who can see to it. Choose an administrator or an auditor who is not disabled.")


class DayUnusable(Unusable):
    code = "day_unusable"
    sentence = _("Choose a day from %(first)s to %(last)s.")
