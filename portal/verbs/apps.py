from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VerbsConfig(AppConfig):
    name = "portal.verbs"
    label = "verbs"
    verbose_name = _("Verbs")
