"""What somebody is told in a chat before any verb is asked."""

from django.utils.translation import gettext_noop as _

from access_requests import errors


class NotLinked(errors.NotAllowed):
    code = "identity_not_linked"
    sentence = _(
        "This Slack account is not linked to anybody in the portal. Log in there, have a code made on %(url)s, and type it here: "
        "%(command)s link CODE"
    )


class AnotherTeam(errors.NotAllowed):
    code = "another_team"
    sentence = _("The portal does not listen to this Slack workspace. Ask an administrator.")


class UnknownCommand(errors.NotFound):
    code = "unknown_command"
    sentence = _("There is no command %(word)s. Type %(command)s help for those that there are.")


class WordsMissing(errors.Unusable):
    code = "words_missing"
    sentence = _("Something is missing.")


class DurationUnreadable(errors.Unusable):
    code = "duration_unreadable"
    sentence = _("%(word)s is not a time. Give hours and minutes, such as 30m, 2h or 1h30m.")


class CodeUnreadable(errors.Unusable):
    code = "code_unreadable"
    sentence = _("%(word)s is not a number of a request or of an access. They look like R-7K3M9QX2 and E-7K3M9QX2.")


class SeveralAccesses(errors.Conflict):
    code = "several_accesses"
    sentence = _("%(code)s gave several accesses. Name the one that you mean: %(others)s")


class NoWindow(errors.Conflict):
    code = "no_window"
    sentence = _("There is no window for a comment here. Nothing was decided. Type this instead: %(usage)s")
