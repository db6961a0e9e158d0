from django.contrib import admin
from django.utils import timezone
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
    readonly_fields = ("moment",)
    exclude = ("at",)

    @admin.display(description=_("time"), ordering="at")
    def moment(self, entry: TrailEntry) -> str:
        return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S %Z}"
