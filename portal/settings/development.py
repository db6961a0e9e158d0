"""Development on one's own machine: DEBUG, SQLite, the local Redis; keys that protect nothing."""

from portal.settings.base import *  # noqa: F403  Django's own way to build one settings module on another.
from portal.settings.base import BASE_DIR, database
from portal.settings.environment import env
from portal.settings.login_providers import *  # noqa: F403
from portal.settings.notices import *  # noqa: F403
from portal.settings.signing import throwaway_key

DEBUG = True
SECRET_KEY = "development only: signs nothing that anybody relies on"  # noqa: S105  Not a secret: it protects nothing.
FACTOR_KEYS = ["development only: seals nothing that anybody relies on"]
IDP_OIDC_PRIVATE_KEY = throwaway_key()
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
PORTAL_URL = env.str("PORTAL_URL", "http://localhost:8000")
DATABASES = {"default": database(env.str("DATABASE_URL", f"sqlite:///{BASE_DIR}/var/development.sqlite3"))}
CELERY_BROKER_URL = env.str("BROKER_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    alias: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": alias} for alias in ("default", "calls")
}
WEBHOOK_ALLOW_HTTP_TO_LOOPBACK = True
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
