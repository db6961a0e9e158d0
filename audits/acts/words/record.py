"""The record itself: its seal, exports, what was erased, and who is told of news, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from audits.acts import Act
from audits.acts.saying import News, Words, alert, check, step

WORDS: Mapping[str, Words] = {
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
    Act.PACK_ASKED: step(_("%(who)s ordered the evidence pack %(subject)s for %(period)s")),
    Act.SAMPLE_DRAWN: step(_("The sample of the evidence pack %(subject)s was drawn, for %(period)s")),
    Act.PACK_MADE: step(_("The evidence pack %(subject)s was made")),
    Act.PACK_FAILED: alert(_("The evidence pack %(subject)s failed: %(problem)s")),
    Act.PACK_DOWNLOADED: step(_("%(who)s downloaded the evidence pack %(subject)s")),
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
