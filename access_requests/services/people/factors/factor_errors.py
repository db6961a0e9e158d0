"""What is refused about second factors. No call of the API answers these."""

from portal.verbs.rejections import Conflict, NotAllowed, TooOften, Unusable, _


class CodeWrong(Unusable):
    code = "code_wrong"
    sentence = _("This code is wrong or was used already. Wait for the next one: each works once.")


class FactorUnreadable(Conflict):
    """`factor` is its number. Its seal is of a key that is not there any more, or of somebody else's."""

    code = "factor_unreadable"
    sentence = _("The portal cannot read the secret of %(factor)s. Use a passkey, or have two administrators reset your factors.")


class PasskeyRefused(Unusable):
    """`what` names what of the browser's answer does not hold, for administrators."""

    code = "passkey_refused"
    sentence = _("The passkey was not accepted. Begin again; if it stays so, tell an administrator (%(what)s).")


class TooManyCodes(TooOften):
    code = "too_many_codes"
    sentence = _("Too many wrong codes. Wait a few minutes, then try again.")


class SecondAdministratorNeeded(NotAllowed):
    code = "second_administrator_needed"
    sentence = _("Another administrator than who proposed it has to do this.")


class OwnFactors(NotAllowed):
    code = "own_factors"
    sentence = _("These are your own second factors. Other administrators reset them, two of them.")


class ResetWaits(Conflict):
    code = "reset_waits"
    sentence = _("A reset of this person's second factors is proposed already.")
