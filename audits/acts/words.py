"""The acts in words: how a timeline marks and says them, and what those who are told of news read.

Sentences are filled in by whoever shows them, from the entry alone: `who` acted, `subject` is what it is about and `name` the
same without its kind; the others are of the act's data.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.acts import Act
from audits.acts.saying import News, Words, alert, check, seal, step

# In the order in which they happen, in which they are listed too.
WORDS: Mapping[str, Words] = {
    Act.REQUEST_SUBMITTED: step(
        _("%(who)s asked for %(groups)s"),
        News(word=pgettext_lazy("event", "submitted"), sentence=_("%(person)s asks for %(groups)s. %(id)s waits for approval.")),
    ),
    Act.REQUEST_CHANGE_ATTEMPT_FAILED: alert(_("The change request in AWS failed and is tried again: %(problem)s")),
    Act.REQUEST_EXECUTION_SEEN: step(_("AWS showed another status of what it carries out for the request: %(status)s")),
    Act.REQUEST_APPROVAL_GIVEN: seal(
        _("%(who)s approved at level %(level)s"),
        News(
            word=_("approved by one, waits for the next"),
            sentence=_("%(id)s of %(person)s for %(groups)s has an approval and waits for the next one."),
        ),
    ),
    Act.REQUEST_APPROVED: seal(
        _("%(who)s approved"),
        News(
            word=pgettext_lazy("event", "approved"),
            sentence=_("%(id)s is approved: %(person)s may use %(groups)s from %(start)s until %(end)s."),
        ),
    ),
    Act.REQUEST_REJECTED: alert(
        _("%(who)s rejected the request"),
        News(word=pgettext_lazy("event", "rejected"), sentence=_("%(id)s of %(person)s for %(groups)s is rejected.")),
    ),
    Act.REQUEST_SENT_BACK: step(
        _("%(who)s sent the request back"),
        News(word=pgettext_lazy("event", "sent back"), sentence=_("%(id)s of %(person)s for %(groups)s is sent back.")),
    ),
    Act.REQUEST_WITHDRAWN: step(
        _("%(who)s withdrew the request"),
        News(word=pgettext_lazy("event", "withdrawn"), sentence=_("%(id)s of %(person)s for %(groups)s is withdrawn.")),
    ),
    Act.REQUEST_LAPSED: alert(
        _("Nobody decided in time: the request lapsed"),
        News(
            word=pgettext_lazy("event", "lapsed"),
            sentence=_("%(id)s of %(person)s for %(groups)s has lapsed: nobody decided in time."),
        ),
    ),
    Act.ELEVATION_SCHEDULED: step(
        _("Access of %(person)s by %(group)s is fixed: %(start)s to %(end)s"),
        News(
            word=pgettext_lazy("elevation", "scheduled"),
            sentence=_("%(person)s gets access with %(groups)s from %(start)s until %(end)s."),
        ),
    ),
    Act.ELEVATION_GRANTING: step(
        _("The portal began to put %(person)s into %(group)s"),
        News(word=pgettext_lazy("event", "granting"), sentence=_("Access of %(person)s with %(groups)s is being set up.")),
    ),
    Act.ELEVATION_GRANT_ATTEMPT_FAILED: alert(_("The grant failed: %(problem)s")),
    Act.ELEVATION_EVALUATED: step(_("It was evaluated whether %(person)s can switch: %(decision)s")),
    Act.ELEVATION_EXECUTION_SEEN: step(_("AWS showed another status of what it carries out for the access: %(status)s")),
    Act.ELEVATION_ACTIVE: check(
        _("AWS shows %(person)s in %(group)s"),
        News(
            word=pgettext_lazy("elevation", "active"),
            sentence=_("%(person)s is in production with %(groups)s until %(end)s."),
        ),
    ),
    Act.ELEVATION_EXTENDED: step(
        _("The end was moved from %(from_end)s to %(to_end)s"),
        News(
            word=pgettext_lazy("event", "extended"),
            sentence=_("%(person)s may stay in production with %(groups)s until %(end)s."),
        ),
    ),
    Act.ELEVATION_EXTENSION_ATTEMPT_FAILED: alert(_("The later end could not be written: %(problem)s")),
    Act.ELEVATION_EXTENSION_WRITTEN: check(_("AWS shows that the access ends at %(end)s")),
    Act.ELEVATION_EXTENSION_REFUSED: alert(_("AWS refused the extension: the end of %(to_end)s stands")),
    Act.ELEVATION_REVOKING: step(
        _("The end began: %(reason)s"),
        News(word=pgettext_lazy("event", "revoking"), sentence=_("Access of %(person)s with %(groups)s is being ended.")),
    ),
    Act.ELEVATION_OVERTAKEN: alert(_("It was ended while the portal was writing to AWS; what was written is undone")),
    Act.ELEVATION_END_ATTEMPT_FAILED: alert(_("The end failed and is tried again: %(problem)s")),
    Act.ELEVATION_END_RECORDED_LATE: alert(_("The end was done in AWS while the trail could not be written")),
    Act.ELEVATION_ENDED: check(
        _("AWS shows that %(person)s is no longer in %(group)s"),
        News(
            word=pgettext_lazy("elevation", "ended"),
            sentence=_("Access of %(person)s with %(groups)s has ended, as AWS shows."),
        ),
    ),
    Act.ELEVATION_CANCELLED: step(
        _("The access was cancelled before it began: %(reason)s"),
        News(
            word=pgettext_lazy("elevation", "cancelled"),
            sentence=_("Access of %(person)s with %(groups)s was cancelled before it began."),
        ),
    ),
    Act.ELEVATION_TIDYING_ATTEMPT_FAILED: alert(_("Tidying up after the end failed and is tried again: %(problem)s")),
    Act.ELEVATION_FENCE_REMOVED: check(_("The entry fence was removed: nobody is left who could pass it")),
    Act.ELEVATION_FENCE_LEFT: step(_("The entry fence stays: another access of %(person)s stands behind it")),
    Act.ELEVATION_LOOKED_AFTER: check(_("The portal looked once more: no call that came late let %(person)s in again")),
    Act.LOG_IN_SEEN: step(_("CloudTrail shows a log-in to %(account)s by %(whom)s: %(class)s")),
    Act.LOG_IN_CHANGED: step(_("What CloudTrail shows changed the class of the log-in of %(whom)s: %(class)s")),
    Act.LOG_IN_USE_TOLD: step(_("Whether the access was used, by CloudTrail: %(use)s")),
    Act.CLOUDTRAIL_STOPPED: alert(_("Somebody stopped or deleted the trail %(trail)s of %(account)s")),
    Act.CLOUDTRAIL_STARTED: check(_("The trail %(trail)s of %(account)s writes again")),
    Act.CLOUDTRAIL_GAP: alert(_("Nothing proves what happened in %(account)s, %(region)s: %(remark)s")),
    Act.CLOUDTRAIL_MISSING: alert(_("No trail records %(region)s of %(account)s")),
    Act.CLOUDTRAIL_THERE: check(_("A trail records %(region)s of %(account)s")),
    Act.CLOUDTRAIL_FAULT: alert(_("A file of CloudTrail of %(account)s, %(region)s, does not verify: %(remark)s")),
    Act.WORK_REPORT_WRITTEN: step(
        _("%(who)s reported what was done"),
        News(word=_("work report written"), sentence=_("%(who)s reported on %(elevation)s: it waits for confirmation.")),
    ),
    Act.WORK_REPORT_ASKED_BACK: alert(
        _("%(who)s asked the work report back"),
        News(word=_("work report asked back"), sentence=_("%(who)s asks about the work report of %(person)s on %(elevation)s.")),
    ),
    Act.WORK_REPORT_CONFIRMED: check(
        _("%(who)s confirmed the work report"),
        News(word=_("work report confirmed"), sentence=_("%(who)s confirmed the work report of %(person)s on %(elevation)s.")),
    ),
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
    Act.CATALOGUE_ADDED: step(_("%(who)s added %(subject)s to the catalogue")),
    Act.CATALOGUE_CHANGED: step(_("%(who)s changed %(subject)s in the catalogue")),
    Act.CATALOGUE_RETIRED: step(_("%(who)s took %(subject)s out of the catalogue")),
    Act.SETTINGS_CHANGED: step(_("Settings that decide are not as they were: %(name)s")),
    Act.RUNBOOK_PUBLISHED: step(_("%(who)s published the runbook %(name)s")),
    Act.CHANGE_TEMPLATE_PUBLISHED: step(_("%(who)s published the change template %(name)s")),
    Act.CHANGE_TEMPLATE_REVIEWED: seal(_("%(who)s approved the change template %(name)s")),
    Act.PERSON_ADDED: step(_("%(who)s added the person %(name)s")),
    Act.PERSON_CHANGED: step(_("%(who)s changed what is said of the person %(name)s")),
    Act.PERSON_DISABLED: alert(_("%(who)s disabled the person %(name)s")),
    Act.PERSON_ENABLED: step(_("%(who)s enabled the person %(name)s again")),
    Act.PERSON_PASSWORD_SET: step(_("%(who)s set the password of %(name)s")),
    Act.PERSON_PASSWORD_REHASHED: step(_("The password of %(name)s was hashed anew; it is the same")),
    Act.FIRST_LINK_MADE: step(_("%(who)s made a link by which %(name)s sets a first password")),
    Act.LOGGED_IN: step(_("%(who)s logged in")),
    Act.EMERGENCY_LOG_IN: alert(
        _("%(who)s logged in by the password of an emergency account"),
        News(
            word=_("emergency log-in"),
            sentence=_("%(who)s logged in by an emergency account, which is for when single sign-on is away. Ask why."),
        ),
    ),
    Act.LOGGED_IN_BY_NEW_DEVICE: alert(_("%(who)s logged in with a device that was not known before")),
    Act.LOGGED_OUT: step(_("%(who)s logged out")),
    Act.LOG_IN_FAILED: alert(_("A log-in failed")),
    Act.SESSIONS_ENDED: step(_("%(who)s ended log-ins of %(name)s")),
    Act.FACTOR_ADDED: alert(
        _("%(who)s added a second factor to %(name)s"),
        News(
            word=_("second factor added"),
            sentence=_("%(who)s added a second factor to %(name)s. If that is not expected, ask them."),
        ),
    ),
    Act.FACTOR_REMOVED: step(_("%(who)s removed a second factor of %(name)s")),
    Act.RECOVERY_USED: alert(_("%(who)s used a recovery code")),
    Act.FACTOR_CLONED: alert(
        _("A passkey of %(name)s was refused: its count has not grown, so there may be a copy of it"),
        News(
            word=_("passkey refused, maybe copied"),
            sentence=_("A passkey of %(name)s was refused: there may be a copy of it. Find out who has it."),
        ),
    ),
    Act.FACTOR_RESET_PROPOSED: alert(
        _("%(who)s proposed to reset the second factors of %(name)s"),
        News(
            word=_("reset of second factors proposed"),
            sentence=_("%(who)s proposes to reset the second factors of %(name)s. Another administrator has to do it."),
        ),
    ),
    Act.FACTOR_RESET_DROPPED: step(_("%(who)s dropped the proposal to reset the second factors of %(name)s")),
    Act.FACTORS_RESET: alert(
        _("%(who)s reset the second factors of %(name)s"),
        News(
            word=_("second factors reset"),
            sentence=_("%(who)s reset the second factors of %(name)s."),
        ),
    ),
    Act.IAM_USER_BOUND: step(_("%(who)s bound an IAM user to %(name)s")),
    Act.IAM_USER_UNBOUND: step(_("%(who)s unbound the IAM user of %(name)s")),
    Act.IDENTITY_CENTER_USER_BOUND: step(_("%(who)s bound an Identity Center user to %(name)s")),
    Act.IDENTITY_CENTER_USER_UNBOUND: step(_("%(who)s unbound the Identity Center user of %(name)s")),
    Act.IDENTITY_LINKED: step(_("%(who)s linked an account in a chat to %(name)s")),
    Act.IDENTITY_UNLINKED: step(_("%(who)s unlinked the account in a chat of %(name)s")),
    Act.LOG_IN_LINKED: step(_("%(who)s vouched for %(name)s for the first time")),
    Act.PERSON_ROLES_CHANGED: alert(_("%(who)s changed the roles of %(name)s")),
    Act.PERSON_PROVISIONED: step(_("%(who)s said anew who %(name)s is")),
    Act.DIRECTORY_GROUP_CHANGED: step(_("%(who)s changed the directory's group %(name)s")),
    Act.SCIM_TOKEN_MADE: step(_("%(who)s made the SCIM token %(name)s")),
    Act.SCIM_TOKEN_REVOKED: alert(_("%(who)s revoked the SCIM token %(name)s")),
    Act.CLIENT_ADDED: step(_("%(who)s added the API client %(name)s")),
    Act.CLIENT_CHANGED: step(_("%(who)s changed what the API client %(name)s may do")),
    Act.CLIENT_SECRET_ROTATED: step(_("%(who)s gave the API client %(name)s another secret")),
    Act.CLIENT_REVOKED: alert(_("%(who)s revoked the API client %(name)s")),
    Act.CLIENT_RESTORED: step(_("%(who)s let the API client %(name)s in again")),
    Act.TOKEN_ALLOWED: step(_("%(who)s allowed a program to act for them, by the token %(name)s")),
    Act.TOKEN_DENIED: step(_("%(who)s refused a program that asked to act for them, by the API client %(name)s")),
    Act.TOKEN_COLLECTED: step(_("The program that was allowed to collected the token %(name)s")),
    Act.TOKEN_REVOKED: step(_("%(who)s revoked the token %(name)s")),
    Act.WEBHOOK_ADDED: step(_("%(who)s added the webhook %(name)s")),
    Act.WEBHOOK_CHANGED: step(_("%(who)s changed the webhook %(name)s")),
    Act.WEBHOOK_ROTATED: step(_("%(who)s gave the webhook %(name)s another secret")),
    Act.WEBHOOK_ENABLED: step(_("%(who)s enabled the webhook %(name)s")),
    Act.WEBHOOK_DISABLED: alert(_("%(who)s disabled the webhook %(name)s")),
    Act.WEBHOOK_DELETED: step(_("%(who)s deleted the webhook %(name)s")),
    Act.SEAL_NEW_LOG_ORDERED: alert(_("%(who)s had another log begun after the one that cannot go on: %(reason)s")),
    Act.SEAL_LOG_BEGUN: step(_("The log goes on after the newest checkpoint of the one before: %(reason)s")),
    Act.SEAL_KEY_CHANGED: step(_("Another key signs the log from now on")),
    Act.SEAL_STOPPED: alert(
        _("Sealing the trail stopped: %(state)s"),
        News(word=_("seal stopped"), sentence=_("The audit trail is not sealed any more. %(state)s")),
    ),
    Act.SEAL_OVERDUE: alert(
        _("Entries of the trail wait too long to be sealed: %(waiting)s"),
        News(word=_("seal overdue"), sentence=_("Entries of the audit trail wait to be sealed since %(since)s. %(state)s")),
    ),
    Act.SEAL_CAUGHT_UP: check(
        _("The trail is sealed again"),
        News(word=_("sealed again"), sentence=_("The audit trail is sealed again.")),
    ),
    Act.SEAL_GUARD_TOUCHED: alert(
        _("Somebody touched the guard of the seal: %(remark)s"),
        News(
            word=_("guard touched"),
            sentence=_("Somebody touched what guards the seal of the audit trail. What was written first is still there."),
        ),
    ),
    Act.PERSONAL_ERASED: alert(_("%(who)s had %(count)s personal texts erased: %(reason)s")),
    Act.EXPORT_ASKED: step(_("%(who)s had entries of the trail exported: %(subject)s")),
    Act.EXPORT_MADE: step(_("The export %(subject)s was made, of %(rows)s entries")),
    Act.EXPORT_FAILED: alert(_("The export %(subject)s failed: %(problem)s")),
    Act.EXPORT_DOWNLOADED: step(_("%(who)s downloaded the export %(subject)s")),
    Act.TRAIL_RECORDED_LATE: alert(
        _("Entries were recorded more than five minutes apart from when they say it happened: %(count)s"),
        News(
            word=_("entries recorded late"),
            sentence=_("Entries of the audit trail were recorded late and do not say why (%(count)s): %(found)s."),
        ),
    ),
    Act.DELIVERY_REPEATED: step(_("%(who)s had the delivery %(name)s sent once more")),
    **dict.fromkeys(
        (
            *(Act.REQUEST_BASELINE, Act.ELEVATION_BASELINE, Act.DRIFT_BASELINE, Act.CATALOGUE_BASELINE, Act.PERSON_BASELINE),
            *(Act.PROVIDED_BASELINE, Act.DIRECTORY_GROUP_BASELINE, Act.SCIM_TOKEN_BASELINE, Act.CLIENT_BASELINE),
            *(Act.TOKEN_BASELINE, Act.WEBHOOK_BASELINE),
        ),
        step(_("An upgrade wrote down how it was: from here on the trail tells the whole of it")),
    ),
}
NEWS: Mapping[str, News] = {act: words.news for act, words in WORDS.items() if words.news is not None}
