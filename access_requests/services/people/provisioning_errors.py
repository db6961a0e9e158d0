"""What a directory is told whose people cannot become, or be, people here. No call of the API answers these."""

from portal.verbs.rejections import Conflict, NotAllowed, Unusable, _


class UserNameTaken(Conflict):
    code = "scim_user_name_taken"
    sentence = _("Somebody of this directory has this userName or externalId already.")


class PersonProvided(Conflict):
    code = "scim_person_provided"
    sentence = _("This directory says this person already, under another id.")


class SubjectTaken(Conflict):
    code = "scim_subject_taken"
    sentence = _("By this subject somebody else logs in here. Ask an administrator of the portal.")


class GroupNameTaken(Conflict):
    code = "scim_group_name_taken"
    sentence = _("A group of this directory has this displayName or externalId already.")


class NoSuchMember(Unusable):
    code = "scim_no_such_member"
    sentence = _("A member is none of this directory's users. Groups within groups are not kept.")


class EmergencyAccount(NotAllowed):
    code = "scim_emergency_account"
    sentence = _("This is an emergency account, which no directory disables.")
