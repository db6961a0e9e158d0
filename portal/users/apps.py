from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "portal.users"
    label = "users"
    verbose_name = _("People")

    def ready(self) -> None:
        from portal.users import checks  # noqa: F401, PLC0415  Registers the system checks.
