"""What somebody is told whom a provider of log-in vouches for, and who is not let in. No call of the API answers these."""

from portal.verbs.rejections import Conflict, NotAllowed, _


class WrongTenant(NotAllowed):
    code = "wrong_tenant"
    sentence = _("At %(provider)s you are logged in for another organisation. Log in there with your company's account.")


class WrongDomain(NotAllowed):
    code = "wrong_domain"
    sentence = _("Your address at %(provider)s is of a domain that is not let in here. Log in with your company's account.")


class EmailUnverified(NotAllowed):
    code = "email_unverified"
    sentence = _("%(provider)s does not say that your address is your own. Have it verified there, or ask an administrator.")


class NotInGroup(NotAllowed):
    code = "not_in_group"
    sentence = _("At %(provider)s you are in no group that is let in here. Ask whoever keeps the groups there.")


class NobodyNew(NotAllowed):
    code = "nobody_new"
    sentence = _("Nobody here is known by this account of %(provider)s. Ask an administrator to let you in.")


class SubjectEnded(NotAllowed):
    code = "subject_ended"
    sentence = _("This account of %(provider)s was taken from somebody here, and lets nobody in any more. Ask an administrator.")


class SubjectUnusable(NotAllowed):
    code = "subject_unusable"
    sentence = _("%(provider)s does not say who you are in a way that can be kept. Ask an administrator.")


class EmailTaken(Conflict):
    code = "email_taken"
    sentence = _("Somebody here has your address at %(provider)s. If that is you, ask an administrator to link the two.")


class OtherSubject(Conflict):
    code = "other_subject"
    sentence = _("Whoever has your address here is another account of %(provider)s. Ask an administrator.")
