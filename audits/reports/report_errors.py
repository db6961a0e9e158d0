"""What people are told when what they want with a work report is refused."""

from portal.verbs.rejections import Conflict, NotAllowed, _


class ReportNotYours(NotAllowed):
    code = "report_not_yours"
    sentence = _("Only the person whose access it was reports what was done with it.")


class OwnReport(NotAllowed):
    code = "own_report"
    sentence = _("Nobody confirms their own work report, or asks it back. Somebody else of the approvers does.")


class MayNotAnswerReport(NotAllowed):
    code = "may_not_answer_report"
    sentence = _("Only who approved the request, or is an approver of its last level, confirms its work report or asks it back.")


class NoReportOwed(Conflict):
    code = "no_report_owed"
    sentence = _("There is no work report of %(elevation)s: it is not over yet, or its policy wants none.")


class AccessWasUsed(Conflict):
    code = "access_was_used"
    sentence = _("AWS shows log-ins with this access: it was used. Its report has to say what was done.")


class UseNotKnown(Conflict):
    code = "use_not_known"
    sentence = _(
        "AWS shows a log-in to a role of this access of which it is not known whose it was. Write what you know of it instead."
    )


class ReportChanged(Conflict):
    code = "report_changed"
    sentence = _("The work report is another one than you saw. Read it again, and answer then.")
