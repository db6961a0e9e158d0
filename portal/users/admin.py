from django.contrib import admin

from portal.users.models import HeldRole, LinkedIdentity, User
from portal.users.reading import ReadingAdmin


@admin.register(User)
class UserAdmin(ReadingAdmin):
    list_display = ("username", "name", "email", "is_administrator", "is_auditor", "is_active", "last_login")
    list_filter = ("is_administrator", "is_auditor", "is_active")
    search_fields = ("username", "name", "email")
    fields = (
        *("username", "name", "email", "is_administrator", "is_auditor", "is_active"),
        *("language", "time_zone", "date_joined", "last_login"),
    )


@admin.register(LinkedIdentity)
class LinkedIdentityAdmin(ReadingAdmin):
    list_display = ("person", "provider", "external_id", "verified_at")
    list_filter = ("provider",)
    list_select_related = ("person",)
    search_fields = ("person__username", "external_id")


@admin.register(HeldRole)
class HeldRoleAdmin(ReadingAdmin):
    list_display = ("person", "role", "source", "since", "confirmed_at")
    list_filter = ("role", "source")
    list_select_related = ("person",)
    search_fields = ("person__username",)
