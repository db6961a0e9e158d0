"""How each backend grants, and what that means for the end, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class BackendWords:
    """`how` says what happens in AWS once it is approved, `end` what ends there by itself and what does not."""

    name: Promise | str
    how: Promise | str = ""
    end: Promise | str = ""


_FENCED = _(
    "Entry fence and session gate are the portal's: AWS itself refuses new switches and, at roles with a session gate, "
    "every call of open sessions after the end."
)
WORDS: Mapping[str, BackendWords] = {
    "iam_group": BackendWords(
        name=_("IAM group"),
        how=_("The portal puts the IAM user into the group itself, within seconds of the approval, and takes it out again."),
        end=_FENCED,
    ),
    "change_manager": BackendWords(
        name=_("Change Manager"),
        how=_(
            "A change request in AWS Systems Manager begins with the request here. The portal approves it once all have "
            "approved here; its runbook then puts the IAM user into the group. Who rejects or cancels it in AWS ends the "
            "request here too. At the end another runbook takes the user out."
        ),
        end=_FENCED,
    ),
    "ssm_automation": BackendWords(
        name=_("Systems Manager Automation"),
        how=_(
            "A runbook in AWS Systems Manager puts the IAM user into the group after the approval, and another one takes it "
            "out at the end. That takes some seconds."
        ),
        end=_FENCED,
    ),
    "identity_center": BackendWords(
        name=_("IAM Identity Center"),
        how=_(
            "The portal makes the Identity Center user a member of the group after the approval, and ends the membership "
            "again. One signs in through the access portal of IAM Identity Center."
        ),
        end=_(
            "AWS does not end this by itself: the membership ends when the portal ends it, and a session that is open then "
            "lives on until it expires."
        ),
    ),
}


def words_of(alias: str) -> BackendWords:
    """Return the words of a backend; one that a company has added is named by its alias."""
    return WORDS.get(alias) or BackendWords(name=alias)
