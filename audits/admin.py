from django.contrib import admin

from audits.models import TrailEntry
from portal.users.reading import ReadingAdmin


@admin.register(TrailEntry)
class TrailEntryAdmin(ReadingAdmin):
    list_display = ("id", "at", "act", "actor", "on_behalf_of", "subject")
    search_fields = ("subject__exact", "act__exact", "actor__exact")
    ordering = ("-id",)
    # The trail only grows: counting all of it for every page would too.
    show_full_result_count = False
