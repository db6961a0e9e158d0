"""What people read of it. What is said of fences holds for each backend whose members are IAM users."""

from django.utils.translation import gettext_lazy as _

from access_requests.grants.words import Words

FENCED = _(
    "Entry fence and session gate are the portal's: AWS itself refuses new switches and, at roles with a session gate, "
    "every call of open sessions after the end."
)
WORDS = Words(
    name=_("IAM group"),
    how=_("The portal puts the IAM user into the group itself, within seconds of the approval, and takes it out again."),
    end=FENCED,
)
