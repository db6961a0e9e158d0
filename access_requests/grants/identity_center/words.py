"""What people read of it."""

from django.utils.translation import gettext_lazy as _

from access_requests.grants.identity_center.store import GROUP_MISSING, NO_IDENTITY_CENTER, USER_MISSING
from access_requests.grants.words import Words

WORDS = Words(
    name=_("IAM Identity Center"),
    how=_(
        "The portal makes the Identity Center user a member of the group after the approval, and ends the membership "
        "again. One signs in through the access portal of IAM Identity Center."
    ),
    end=_(
        "AWS does not end this by itself: the membership ends when the portal ends it, and a session that is open then "
        "lives on until it expires."
    ),
    active=_(
        "The portal takes it out of AWS at %(end)s. AWS does not end it by itself: a session that is open then may live on for "
        "up to %(time)s."
    ),
    ahead=_("The portal takes %(person)s out of %(group)s and reads it back"),
    member=_("In the group of Identity Center"),
    no_member=_("Not in the group of Identity Center"),
    problems={
        NO_IDENTITY_CENTER: _(
            "There is no Identity Center, or more than one, where the portal looks for it. An administrator must put its Region "
            "and role right."
        ),
        GROUP_MISSING: _("The group of Identity Center is not there under its name. An administrator must look into it."),
        USER_MISSING: _("The Identity Center user is gone. An administrator must bind the person anew."),
    },
    to_do={
        NO_IDENTITY_CENTER: _(
            "There is not exactly one Identity Center in this Region. Set AWS_IDENTITY_CENTER_REGION to the Region where it is."
        ),
    },
    steps={
        "unexplained_member": (
            ("DeleteGroupMembership", _("%(name)s is taken out of %(thing)s, and the membership is read back.")),
        ),
        "member_missing": (("CreateGroupMembership", _("The membership is given again, until the end of the access.")),),
    },
    touches={
        "unexplained_member": _(
            "%(name)s alone, who gets no new session by this group. One that is open lives on until it expires. If access was "
            "approved meanwhile, nothing is written."
        ),
    },
)
