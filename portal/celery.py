"""The workers' application. Started as `celery -A portal worker` and `celery -A portal beat`."""

import os

from celery import Celery
from django.conf import settings

from access_requests import messages
from audits import messages as of_audits
from portal import heartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Read when the application is configured, as the settings are.
app.add_defaults(
    lambda: {
        "task_routes": {**messages.routes(), **of_audits.routes()},
        "beat_schedule": {**messages.schedule(settings), **of_audits.schedule(settings)},
    }
)
app.autodiscover_tasks()
heartbeat.touch_file()
