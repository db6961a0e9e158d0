"""The test suite: SQLite unless TEST_DATABASE_URL names another, no password cost, tasks sent nowhere unless a test says so."""

from pathlib import Path
from tempfile import gettempdir

from portal.settings.base import *  # noqa: F403  Django's own way to build one settings module on another.
from portal.settings.base import database
from portal.settings.environment import env
from portal.settings.signing import throwaway_key

SECRET_KEY = "tests only: signs nothing that anybody relies on....."  # noqa: S105  Not a secret: it protects nothing.
FACTOR_KEYS = ["tests only: seals nothing that anybody relies on"]
IDP_OIDC_PRIVATE_KEY = throwaway_key()
SLACK_SIGNING_SECRET = "tests only: what Slack would sign with"  # noqa: S105  Not a secret: it protects nothing.
SLACK_TEAM_ID = ""
# Of the local Slack of a test, for the worker that it starts.
SLACK_BOT_TOKEN = env.str("TEST_SLACK_BOT_TOKEN", "")
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PORTAL_URL = "http://testserver"
DATABASES = {"default": database(env.str("TEST_DATABASE_URL", f"sqlite:///{gettempdir()}/sekisho-tests.sqlite3"))}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Races need a file: an in-memory database is one connection shared by all threads.
    DATABASES["default"]["TEST"] = {"NAME": f"{gettempdir()}/sekisho-tests.sqlite3"}
CELERY_BROKER_URL = env.str("TEST_BROKER_URL", "memory://")
CACHES = {
    alias: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": alias} for alias in ("default", "calls")
}
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Static files come from where they are written: nothing is collected before a test.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WEBHOOK_ALLOW_HTTP_TO_LOOPBACK = True
SPOOL_DIR = Path(gettempdir()) / "sekisho-tests-spool"

# The roles of the simulated AWS's company.
_ROLE = "arn:aws:iam::111111111111:role/sekisho/Sekisho"
AWS_CHANGE_PUBLISHER_ROLE_ARN = f"{_ROLE}ChangePublisherRole"
AWS_CHANGE_REVIEWER_ROLE_ARN = f"{_ROLE}ChangeReviewerRole"
AWS_CHANGE_STARTER_ROLE_ARN = f"{_ROLE}ChangeStarterRole"
AWS_CHANGE_APPROVER_ROLE_ARN = f"{_ROLE}ChangeApproverRole"
AWS_RUNBOOK_ROLE_ARN = f"{_ROLE}RunbookRole"
AWS_IDENTITY_CENTER_ROLE_ARN = f"{_ROLE}IdentityCenterRole"
