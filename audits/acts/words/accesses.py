"""Requests, the accesses that came of them, and what was said of those afterwards, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.acts import Act
from audits.acts.saying import News, Words, alert, check, seal, step

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
        _("Access of %(person)s by %(group)s is fixed: %(window)s"),
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
    Act.REVIEW_OPENED: step(_("%(who)s opened an access review")),
    Act.REVIEW_ASSIGNED: step(_("%(who)s named another reviewer for an item of an access review")),
    Act.REVIEW_REMINDED: alert(_("The reviewers were reminded of an access review that is due soon")),
    Act.REVIEW_KEPT: check(_("%(who)s decided in an access review that it is kept")),
    Act.REVIEW_REMOVAL_DECIDED: alert(_("%(who)s decided in an access review that it goes")),
    Act.REVIEW_REMOVED: check(_("What an access review took away is gone")),
    Act.INSPECTION_OPENED: step(_("The log-ins of a day are read, and wait for inspection")),
    Act.INSPECTION_REMINDED: alert(_("The inspectors were reminded of a day that is due")),
    Act.INSPECTION_ROW_SIGNED: check(_("%(who)s signed a log-in in the daily inspection")),
    Act.INSPECTION_SIGNED: seal(_("%(who)s signed the last log-in: the daily inspection is signed")),
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
}
