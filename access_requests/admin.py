"""Rows as they are, for administrators and auditors who want to look beneath the pages."""

from django.contrib import admin

from access_requests.models import (
    AccessRequest,
    ApiClient,
    ApprovalLevel,
    ApprovalPolicy,
    AutomationExecution,
    AwsAccount,
    Decision,
    Elevation,
    IamUserBinding,
    IdentityCenterBinding,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from portal.users.reading import ReadingAdmin


@admin.register(AwsAccount)
class AwsAccountAdmin(ReadingAdmin):
    list_display = ("key", "account_id", "name", "kind")
    list_filter = ("kind",)


@admin.register(TargetRole)
class TargetRoleAdmin(ReadingAdmin):
    list_display = ("name", "account", "level")
    list_filter = ("account", "level")
    list_select_related = ("account",)


@admin.register(StandingGroup)
class StandingGroupAdmin(ReadingAdmin):
    list_display = ("name", "description")


class LevelInline(admin.StackedInline):  # type: ignore[type-arg]  # Takes no parameter at run time.
    """Under a policy that nobody may change, nor may anybody its levels: permissions are asked of the site."""

    model = ApprovalLevel
    extra = 0
    can_delete = False
    media = ReadingAdmin.media
    has_view_permission = ReadingAdmin.has_view_permission
    has_add_permission = has_change_permission = has_delete_permission = ReadingAdmin.has_change_permission


@admin.register(ApprovalPolicy)
class ApprovalPolicyAdmin(ReadingAdmin):
    list_display = ("key", "shortest_minutes", "longest_minutes", "decision_minutes", "same_client_may_decide", "retired_at")
    inlines = (LevelInline,)


@admin.register(WorkGroup)
class WorkGroupAdmin(ReadingAdmin):
    list_display = ("name", "policy", "backend", "everyone_may_request", "retired_at")
    list_filter = ("policy", "backend")
    list_select_related = ("policy",)


@admin.register(IamUserBinding)
class IamUserBindingAdmin(ReadingAdmin):
    list_display = ("person", "user_name", "user_id", "bound_at")
    list_select_related = ("person",)
    search_fields = ("person__username", "user_name", "user_id")


@admin.register(IdentityCenterBinding)
class IdentityCenterBindingAdmin(ReadingAdmin):
    list_display = ("person", "user_name", "user_id", "bound_at")
    list_select_related = ("person",)
    search_fields = ("person__username", "user_name", "user_id")


@admin.register(ApiClient)
class ApiClientAdmin(ReadingAdmin):
    list_display = ("key", "kind", "kept_in", "oauth_client", "everyone", "last_used_at", "retired_at")
    list_filter = ("kind", "kept_in")
    list_select_related = ("oauth_client",)


@admin.register(AccessRequest)
class AccessRequestAdmin(ReadingAdmin):
    list_display = ("code", "requester", "policy", "status", "submitted_at", "starts_at", "ends_at")
    list_filter = ("status", "policy")
    list_select_related = ("requester", "policy")
    search_fields = ("code__exact", "requester__username", "change_ticket__exact")
    show_full_result_count = False


@admin.register(Decision)
class DecisionAdmin(ReadingAdmin):
    list_display = ("request", "approver", "level_number", "verdict", "door", "decided_at")
    list_filter = ("verdict", "door")
    list_select_related = ("request", "approver")
    search_fields = ("request__code__exact", "approver__username")
    show_full_result_count = False


@admin.register(Elevation)
class ElevationAdmin(ReadingAdmin):
    list_display = ("code", "person", "work_group", "status", "starts_at", "ends_at", "ended_at")
    list_filter = ("status", "work_group")
    list_select_related = ("person", "work_group")
    search_fields = ("code__exact", "person__username")
    show_full_result_count = False


@admin.register(AutomationExecution)
class AutomationExecutionAdmin(ReadingAdmin):
    list_display = ("request", "work_group", "purpose", "number", "status", "execution_id", "seen_at")
    list_filter = ("purpose", "status", "work_group")
    list_select_related = ("request", "work_group")
    search_fields = ("request__code__exact", "execution_id__exact")
    show_full_result_count = False
