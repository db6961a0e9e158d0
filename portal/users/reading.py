"""Django's admin as a window: administrators and auditors look through it, nobody changes anything there.

What is changed goes through verbs that write the trail, and never through here.
"""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import Media
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class ReadingAdmin(ModelAdmin):  # type: ignore[type-arg]  # Takes no parameter at run time.
    """Shows rows of one model."""

    actions = None

    @property
    def media(self) -> Media:
        """Return no script: all that Django's do is to help with forms, and one of them writes styles into the page."""
        return Media()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list under the name of what is in it: there is nothing to choose one for."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that the page offers: `?password__startswith=` would tell a hash, letter by letter."""
        return lookup.partition("__")[0] in self.get_list_filter(request) and super().lookup_allowed(lookup, value, request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002  Django's signature.
        return may_read(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_read(request)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        return False


class ReadingSite(AdminSite):
    """Takes no model whose admin could write: applications of others register theirs, with forms, unasked."""

    enable_nav_sidebar = False
    site_header = site_title = _("Sekisho: audit trail and records")
    index_title = _("Raw records")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        if admin_class is not None and issubclass(admin_class, ReadingAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return may_read(request)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Send to the portal's own log-in, which throttles; the admin's does not."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", resolve_url("admin:index")), settings.LOGIN_URL)
        if not may_read(request):
            raise PermissionDenied
        return redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseRedirect:  # type: ignore[override]  # noqa: ARG002
        return redirect("account_logout")


def may_read(request: HttpRequest) -> bool:
    person = request.user
    return bool(person.is_authenticated and person.is_active and person.reads_everything)
