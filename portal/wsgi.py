import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
import portal.celery  # noqa: F401  Tasks find their broker; needs the settings named above.

application = get_wsgi_application()

from django.core.signals import request_started  # noqa: E402  Once the applications are there.

from access_requests.services.record import deciding_settings  # noqa: E402
from access_requests.services.record.deciding_settings import Process  # noqa: E402

deciding_settings.begins(Process.WEB)
request_started.connect(deciding_settings.tell_begun)
