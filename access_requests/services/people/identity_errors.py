"""What somebody is told when linking who they are elsewhere is refused. No call of the API answers these."""

from portal.verbs.rejections import Conflict, Unusable, _


class IdentityTaken(Conflict):
    code = "identity_taken"
    sentence = _("This account is linked to somebody else. Ask an administrator.")


class AlreadyLinked(Conflict):
    code = "already_linked"
    sentence = _("You are linked to %(identity)s already. Unlink that first.")


class TooManyGuesses(Conflict):
    code = "too_many_guesses"
    sentence = _("Too many wrong codes. Wait %(minutes)s, and have a new code made.")


class LinkCodeWrong(Unusable):
    code = "link_code_wrong"
    sentence = _("This code is wrong, used or too old. Have a new one made in the portal.")
