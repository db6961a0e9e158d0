"""What people read of it."""

from django.utils.translation import gettext_lazy as _

from access_requests.grants.iam_group.words import FENCED
from access_requests.grants.words import Words

PROBLEMS = {
    "execution_cancelled": _("Somebody has cancelled it in AWS. Ask anew if it is still needed."),
    "execution_failed": _("The runbook failed in AWS. It is tried again, three times in all; the timeline has what AWS said."),
    "setting_missing": _("A setting that names a role is empty. An administrator must set it and run publish_runbooks."),
    "runbook_missing": _("The runbook is not there. An administrator must run publish_runbooks."),
    "runbook_changed": _("The runbook is not the portal's, and is not started. An administrator must run publish_runbooks."),
    "AutomationExecutionNotFoundException": _("AWS does not know the execution any more. An administrator must look into it."),
    "IdempotentParameterMismatch": _("It was started in AWS before with other contents. An administrator must look into it."),
    "InvalidAutomationExecutionParametersException": _(
        "AWS refused the runbook's parameters. An administrator must run publish_runbooks, and look into the names used."
    ),
}
WORDS = Words(
    name=_("Systems Manager Automation"),
    how=_(
        "A runbook in AWS Systems Manager puts the IAM user into the group after the approval, and another one takes it "
        "out at the end. That takes some seconds."
    ),
    end=FENCED,
    problems=PROBLEMS,
)
