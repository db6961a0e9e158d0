"""The workers' application. Started as `celery -A portal worker` and `celery -A portal beat`."""

import os

from celery import Celery

from portal import heartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
heartbeat.touch_file()
