import json

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audits.models import TrailEntry
from portal.users.reading import ReadingAdmin


@admin.register(TrailEntry)
class TrailEntryAdmin(ReadingAdmin):
    list_display = ("id", "moment", "act", "actor", "on_behalf_of", "subject")
    search_fields = ("subject__exact", "act__exact", "actor__exact")
    ordering = ("-id",)
    # The trail only grows: counting all of it for every page would too.
    show_full_result_count = False
    # The time to the second, which the formats of languages leave out.
    readonly_fields = ("moment", "contents")
    exclude = ("at", "data")

    @admin.display(description=_("time"), ordering="at")
    def moment(self, entry: TrailEntry) -> str:
        return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S %Z}"

    @admin.display(description=_("data"))
    def contents(self, entry: TrailEntry) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(entry.data, ensure_ascii=False, indent=2))
