import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from access_requests.chat import listening
from access_requests.services.record import deciding_settings
from access_requests.services.record.deciding_settings import Process
from portal import stopping


class Command(BaseCommand):
    help = (
        "Listen to Slack by Socket Mode, with SLACK_APP_TOKEN, until interrupted: the portal opens the connection, so nothing "
        "of it need be reachable from the internet."
    )

    @no_translations  # Commands speak English, whatever the chat does.
    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.SLACK_APP_TOKEN:
            raise CommandError("SLACK_APP_TOKEN is not set: make an app-level token with the scope connections:write.")
        deciding_settings.tell(Process.SLACK, now=timezone.now())
        with stopping.told(signal.SIGINT, signal.SIGTERM) as stop:
            self.stdout.write("listening to Slack")
            try:
                listening.listen(stop)
            except listening.Refused as error:
                raise CommandError(f"Slack refuses the connection: {error}.") from error
        self.stdout.write("stopped")
