import json
from datetime import datetime

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.models import TrailEntry
from portal.users.reading import ReadingAdmin


@admin.register(TrailEntry)
class TrailEntryAdmin(ReadingAdmin):
    list_display = ("id", "moment", "recorded_apart", "act", "actor", "on_behalf_of", "subject")
    search_fields = ("subject__exact", "act__exact", "actor__exact")
    ordering = ("-id",)
    # The trail only grows: counting all of it for every page would too.
    show_full_result_count = False
    # The time to the second, which the formats of languages leave out.
    readonly_fields = ("moment", "recorded", "contents")
    exclude = ("at", "data")

    @admin.display(description=_("time"), ordering="at")
    def moment(self, entry: TrailEntry) -> str:
        return _to_the_second(entry.at)

    @admin.display(description=_("recorded"))
    def recorded(self, entry: TrailEntry) -> str:
        return (
            _to_the_second(entry.recorded_at) if entry.recorded_at else gettext("not known: it was written by an older version")
        )

    @admin.display(description=_("recorded, where that was at another time"))
    def recorded_apart(self, entry: TrailEntry) -> str:
        return self.recorded(entry) if entry.is_recorded_apart else ""

    @admin.display(description=_("data"))
    def contents(self, entry: TrailEntry) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(entry.data, ensure_ascii=False, indent=2))


def _to_the_second(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S %Z}"
