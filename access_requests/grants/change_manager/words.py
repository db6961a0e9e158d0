"""What people read of it."""

from django.utils.translation import gettext_lazy as _

from access_requests.grants.automation.words import PROBLEMS as OF_RUNBOOKS
from access_requests.grants.iam_group.words import FENCED
from access_requests.grants.words import Words

PROBLEMS = {
    "change_rejected": _("The change request was rejected in AWS. Ask anew if it is still needed."),
    "change_timed_out": _("Nobody approved the change request in AWS in time. Ask anew."),
    "calendar_override_rejected": _("AWS's change calendar is closed, and it was not let through. Ask anew when it is open."),
    "change_manager_unavailable": _(
        "Change Manager is not available in this AWS account: it takes no new customers. An administrator must have the work "
        "group granted by ssm_automation or iam_group."
    ),
    "template_missing": _("The change template is not there. An administrator must run publish_runbooks."),
    "template_not_approved": _("The change template has not been reviewed. Somebody must approve it in AWS."),
    "template_not_pinned": _(
        "The change template does not name the portal's runbooks with their versions, or does not end with the portal's "
        "approval. An administrator must run publish_runbooks and have it reviewed."
    ),
}
WORDS = Words(
    name=_("Change Manager"),
    how=_(
        "A change request in AWS Systems Manager begins with the request here. The portal approves it once all have "
        "approved here; its runbook then puts the IAM user into the group. Who rejects or cancels it in AWS ends the "
        "request here too. At the end another runbook takes the user out."
    ),
    end=FENCED,
    problems={**OF_RUNBOOKS, **PROBLEMS},
)
