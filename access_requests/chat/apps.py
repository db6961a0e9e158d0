from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    """No models: an app for its command alone, which may use what is in this door."""

    name = "access_requests.chat"
    label = "chat"
    verbose_name = _("Chat")
