import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")
import portal.celery  # noqa: F401  Tasks find their broker; needs the settings named above.

application = get_wsgi_application()
