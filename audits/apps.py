from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditsConfig(AppConfig):
    name = "audits"
    verbose_name = _("Audits")

    def ready(self) -> None:
        from audits import checks  # noqa: F401, PLC0415  Registers the system check.
        from audits.triggers import make_triggers  # noqa: PLC0415  Models are not loaded before ready().

        post_migrate.connect(make_triggers, sender=self)
