"""Production: everything that must be given is required, and nothing lax is possible."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *  # noqa: F403  Django's own way to build one settings module on another.
from portal.settings.base import caches, database
from portal.settings.environment import env, optional_secret, secret
from portal.settings.login_providers import *  # noqa: F403
from portal.settings.notices import *  # noqa: F403

KEYS = ("SECRET_KEY", "OIDC_PRIVATE_KEY", "FACTOR_KEY")
# What signs and seals nothing is given no key. Django itself refuses an empty SECRET_KEY, so what signs all the same stops there.
SIGNS_WITH: list[str] = env.list("SIGNS_WITH", list(KEYS))
if unknown := [name for name in SIGNS_WITH if name not in KEYS]:
    raise ImproperlyConfigured(f"SIGNS_WITH names {', '.join(unknown)}: there are {', '.join(KEYS)}.")
SECRET_KEY = secret("SECRET_KEY") if "SECRET_KEY" in SIGNS_WITH else ""
if SECRET_KEY and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters.")
# For what was signed and sealed by it, while the key is being changed.
SECRET_KEY_FALLBACKS = [before] if (before := optional_secret("SECRET_KEY_BEFORE")) else []
IDP_OIDC_PRIVATE_KEY = secret("OIDC_PRIVATE_KEY") if "OIDC_PRIVATE_KEY" in SIGNS_WITH else ""
# The one by which second factors are sealed; and, until all are sealed anew, the one before it.
FACTOR_KEYS = [secret("FACTOR_KEY")] if "FACTOR_KEY" in SIGNS_WITH else []
if FACTOR_KEYS and (before := optional_secret("FACTOR_KEY_BEFORE")):
    FACTOR_KEYS.append(before)
if any(len(key) < 32 for key in FACTOR_KEYS):
    raise ImproperlyConfigured("FACTOR_KEY or FACTOR_KEY_BEFORE is shorter than 32 characters.")
if env.bool("DEBUG", False):
    raise ImproperlyConfigured("DEBUG is set: production does not run with it.")
if env.bool("WEBHOOK_ALLOW_HTTP_TO_LOOPBACK", False):
    raise ImproperlyConfigured("WEBHOOK_ALLOW_HTTP_TO_LOOPBACK is set: production sends nothing to itself, and nothing by http.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS names nobody or everybody: name the hosts that the portal answers to.")
PORTAL_URL = env.str("PORTAL_URL").rstrip("/")
if not PORTAL_URL.startswith("https://"):
    raise ImproperlyConfigured("PORTAL_URL does not begin with https://, without which no browser sends the cookies.")
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]
DATABASES = {"default": database(secret("DATABASE_URL"))}
CELERY_BROKER_URL = secret("BROKER_URL")
CACHES = caches(optional_secret("CACHE_URL") or CELERY_BROKER_URL)
if not env.str("SLACK_API_URL", "https://").startswith("https://"):
    raise ImproperlyConfigured("SLACK_API_URL does not begin with https://: tokens would go there in the open.")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
DEVICE_COOKIE_NAME = "__Host-device"
LANGUAGE_COOKIE_SECURE = True
if env.bool("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
