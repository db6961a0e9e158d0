"""What somebody is told in a chat before any verb is asked."""

from django.utils.translation import gettext_noop as _

from portal.verbs import rejections


class NotLinked(rejections.NotAllowed):
    code = "identity_not_linked"
    sentence = _(
        "This Slack account is not linked to anybody in the portal. Log in there, have a code made on %(url)s, and type it here: "
        "%(command)s link CODE"
    )


class AnotherTeam(rejections.NotAllowed):
    code = "another_team"
    sentence = _("The portal does not listen to this Slack workspace. Ask an administrator.")


class UnknownCommand(rejections.NotFound):
    code = "unknown_command"
    sentence = _("There is no command %(word)s. Type %(command)s help for those that there are.")


class WordsMissing(rejections.Unusable):
    code = "words_missing"
    sentence = _("Something is missing.")


class DurationUnreadable(rejections.Unusable):
    code = "duration_unreadable"
    sentence = _("%(word)s is not a time. Give days, hours and minutes, such as 30m, 2h, 1h30m or 1d.")


class CodeUnreadable(rejections.Unusable):
    code = "code_unreadable"
    sentence = _("%(word)s is no ID of a request or of an access. Type one such as R-7K3M9QX2 or E-7K3M9QX2.")


class TimeUnclear(rejections.Unusable):
    code = "time_unclear"
    sentence = _(
        "Is %(word)s part of the time? Behind %(time)s it could be. Nothing was asked for. Type: %(command)s, or put backticks "
        "around what is not a time."
    )


class TicketUnclear(rejections.Unusable):
    code = "ticket_unclear"
    sentence = _(
        "Is %(word)s the change ticket? It has no digit. Nothing was asked for. Type the ticket behind the time: %(command)s, or "
        "put backticks around a ticket without digits."
    )


class OptionsUnknown(rejections.Unusable):
    code = "options_unknown"
    sentence = _("Options such as %(word)s belong to the command line. Nothing was asked for. Type: %(command)s")


class SecondCode(rejections.Unusable):
    code = "second_code"
    sentence = _("%(word)s is another one: name them one at a time. Nothing was done. Type: %(command)s")


class WordsTooMany(rejections.Unusable):
    code = "words_too_many"
    sentence = _("%(word)s is too much. Nothing was done. Type: %(command)s")


class SeveralAccesses(rejections.Conflict):
    code = "several_accesses"
    sentence = _("%(code)s gave several accesses. Name the one that you mean: %(others)s")


class NoWindow(rejections.Conflict):
    code = "no_window"
    sentence = _("There is no window for a comment here. Nothing was decided. Type this instead: %(usage)s")
