"""The demo: production's strictness but for TLS, with the keys that the supervisor wrote into DEMO_DIR."""

from pathlib import Path

from portal.settings.base import *  # noqa: F403  Django's own way to build one settings module on another.
from portal.settings.base import BASE_DIR, caches, database
from portal.settings.environment import env, secret
from portal.settings.login_providers import *  # noqa: F403
from portal.settings.notices import *  # noqa: F403

DEMO_DIR = Path(env.str("DEMO_DIR")).resolve()
KEYS = DEMO_DIR / "keys"
SECRET_KEY = (KEYS / "secret_key").read_text()
IDP_OIDC_PRIVATE_KEY = (KEYS / "oidc_private_key.pem").read_text()
FACTOR_KEYS = [(KEYS / "factor_key").read_text()]
SLACK_SIGNING_SECRET = (KEYS / "slack_signing_secret").read_text()
_WHICH = "" if DEMO_DIR == BASE_DIR / "var" / "demo" else f"DEMO_DIR={DEMO_DIR} "
CODE_COMMAND = f"{_WHICH}.venv/bin/python -m portal.demo.code"
PORTAL_URL = env.str("PORTAL_URL", "http://localhost:8000")
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
DATABASES = {"default": database(secret("DATABASE_URL"))}
CELERY_BROKER_URL = env.str("BROKER_URL", "memory://")
CACHES = caches(CELERY_BROKER_URL)
WEBHOOK_ALLOW_HTTP_TO_LOOPBACK = True
# The demo's own receiver, and what whoever starts it wants to try: broker and AWS are on this machine, too.
WEBHOOK_LOOPBACK_RECEIVERS = [
    f"127.0.0.1:{(KEYS / 'receiver_port').read_text()}",
    *env.list("WEBHOOK_LOOPBACK_RECEIVERS", []),
]
LOG_IN_EXCEPTIONS_FILE = str(Path(__file__).parents[1] / "demo" / "log_ins.yaml")
ACCOUNT_DESIGN_FILE = str(Path(__file__).parents[1] / "simulated_aws" / "account_design.yaml")
SPOOL_DIR = DEMO_DIR / "spool"
# Style sheets are served from where they are: nothing has to be collected first, and several demos share a checkout.
STATIC_ROOT = None
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
