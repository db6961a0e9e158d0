"""What was found when AWS and the tables were compared with the portal, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from audits.acts import Act
from audits.acts.saying import News, Words, alert, check, seal, step

WORDS: Mapping[str, Words] = {
    Act.PERMISSIONS_LOOKED: step(_("Permissions of %(account)s were read: they are otherwise than before")),
    Act.PERMISSIONS_JUDGED: step(_("Permissions of %(account)s were audited: something else is too much than before")),
    Act.LOG_IN_SEEN: step(_("CloudTrail shows a log-in to %(account)s by %(whom)s: %(class)s")),
    Act.LOG_IN_CHANGED: step(_("What CloudTrail shows changed the class of the log-in of %(whom)s: %(class)s")),
    Act.LOG_IN_USE_TOLD: step(_("Whether the access was used, by CloudTrail: %(use)s")),
    Act.CLOUDTRAIL_STOPPED: alert(_("Somebody stopped or deleted the trail %(trail)s of %(account)s")),
    Act.CLOUDTRAIL_STARTED: check(_("The trail %(trail)s of %(account)s writes again")),
    Act.CLOUDTRAIL_GAP: alert(_("Nothing proves what happened in %(account)s, %(region)s: %(remark)s")),
    Act.CLOUDTRAIL_MISSING: alert(_("No trail records %(region)s of %(account)s")),
    Act.CLOUDTRAIL_THERE: check(_("A trail records %(region)s of %(account)s")),
    Act.CLOUDTRAIL_FAULT: alert(_("A file of CloudTrail of %(account)s, %(region)s, does not verify: %(remark)s")),
    Act.COMPARISON_DONE: check(_("The tables were held against the trail; differences: %(differences)s")),
    Act.COMPARISON_DRIFT_FOUND: alert(
        _("A comparison with AWS found differences that were not told before: %(count)s"),
        News(word=_("drift found"), sentence=_("AWS is not as the portal left it: %(found)s.")),
    ),
    Act.DRIFT_FOUND: alert(_("A comparison with AWS found: %(found)s")),
    Act.DRIFT_CHANGED: step(_("It changed in AWS. What it is now is kept as its details")),
    Act.DRIFT_ATTRIBUTED: step(_("CloudTrail names who did it: %(principal)s")),
    Act.DRIFT_UNDOING: step(_("%(who)s asked to have it undone")),
    Act.DRIFT_UNDO_ATTEMPT_FAILED: alert(_("It could not be undone: %(problem)s")),
    Act.DRIFT_UNDO_WRITTEN: step(_("The portal wrote in AWS how it should be")),
    Act.DRIFT_UNDONE: check(_("AWS does not show it any more: it is undone")),
    Act.DRIFT_ACCEPTED: check(_("%(who)s accepted it: it is known as right from now on")),
    Act.DRIFT_GONE: check(_("AWS does not show it any more: somebody put it right, or what it belonged to is over")),
    Act.FINDING_OPENED: alert(_("A finding was opened: %(finding)s")),
    Act.FINDING_SEEN: step(_("It was seen again")),
    Act.FINDING_REOPENED: alert(_("The finding was opened again: %(finding)s")),
    Act.FINDING_ASSIGNED: step(_("%(who)s gave the finding to %(owner)s, due %(due)s")),
    Act.FINDING_COMMENTED: step(_("%(who)s commented on the finding")),
    Act.FINDING_ACCEPTANCE_ASKED: step(
        _("%(who)s asked to have the finding accepted until %(asked_until)s: %(asked_because)s"),
        News(
            word=_("acceptance of a finding asked for"),
            sentence=_("%(who)s asks another administrator to accept %(code)s until %(asked_until)s: %(finding)s."),
        ),
    ),
    Act.FINDING_ACCEPTANCE_REFUSED: alert(
        _("%(who)s refused to accept the finding"),
        News(word=_("acceptance of a finding refused"), sentence=_("%(who)s refused to accept %(code)s: %(finding)s.")),
    ),
    Act.FINDING_ACCEPTED: seal(
        _("%(who)s accepted the finding until %(accepted_until)s"),
        News(word=_("finding accepted"), sentence=_("%(who)s accepted %(code)s until %(accepted_until)s: %(finding)s.")),
    ),
    Act.FINDING_ACCEPTANCE_ENDED: alert(
        _("The finding is accepted no longer"),
        News(word=_("acceptance of a finding ended"), sentence=_("%(code)s is accepted no longer: %(finding)s.")),
    ),
    Act.FINDING_GONE: check(_("What was found is there no longer: the finding is closed")),
    Act.FINDING_CLOSED: check(_("%(who)s closed the finding")),
    Act.FINDINGS_TOLD: alert(
        _("Findings were opened that were not told before: %(count)s"),
        News(word=_("findings opened"), sentence=_("Findings of the audit (%(count)s): %(found)s.")),
    ),
}
