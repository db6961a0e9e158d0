"""What every way of running shares. Each other module of this package imports it whole and says only what differs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from django_guid.integrations import CeleryIntegration
from environs import validate

from portal.logs import to_stderr
from portal.settings.environment import env
from portal.settings.log_in import *  # noqa: F403  All that lets people in, in a module of its own.
from portal.settings.sealing import *  # noqa: F403  A subject's own settings, with its own readers.
from portal.settings.sessions import *  # noqa: F403
from portal.settings.streaming import *  # noqa: F403  Likewise.

BASE_DIR = Path(__file__).resolve().parent.parent.parent

DEBUG = False
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "users.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "portal.users",
    "portal.outbox",
    "portal.verbs",
    "portal.accounts",
    "audits",
    "access_requests",
    "access_requests.chat",
    "portal.users.admin_config.ReadingAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.idp.oidc",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_guid",
    "django_htmx",
    "ninja",
]

MIDDLEWARE = [
    # First, so that whatever is logged of a call has its id.
    "django_guid.middleware.guid_middleware",
    "portal.calls.CallsOfPrograms",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portal.rest.problems.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.pages.sessions.SessionsEnd",
    "portal.doors.PagesNeedLogin",
    "portal.pages.person.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.pages.leading.LeadsToProof",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.navigation.navigation",
            ],
            "builtins": ["portal.pages.tags"],
            "libraries": {"access": "access_requests.web.tags", "log_in": "portal.accounts.tags"},
        },
    },
]

# API clients: OAuth 2 client credentials, and device codes for people's own scripts

IDP_OIDC_ADAPTER = "portal.accounts.adapters.ApiClients"
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = int(timedelta(hours=1).total_seconds())
# A working day: a person's own token, for which they log in again when it is over.
PERSONAL_TOKEN_EXPIRES_IN = int(timedelta(hours=12).total_seconds())
# Wrong codes that a person may type; right ones are not counted.
IDP_OIDC_RATE_LIMITS = {"device_user_code": "10/m/user"}
API_CLIENT_CALLS_PER_MINUTE = env.int("API_CLIENT_CALLS_PER_MINUTE", 1200)
API_PERSON_CALLS_PER_MINUTE = env.int("API_PERSON_CALLS_PER_MINUTE", 600)
# How many requests one person may have waiting, and how many they may submit within an hour, extensions among them.
PERSON_PENDING_REQUESTS = env.int("PERSON_PENDING_REQUESTS", 20, validate=validate.Range(min=1))
PERSON_REQUESTS_PER_HOUR = env.int("PERSON_REQUESTS_PER_HOUR", 120, validate=validate.Range(min=1))
# How many proxies stand before the portal, each of which adds an address to X-Forwarded-For; none by default.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# Slack; without the signing secret its door is not there. The app's token is for Socket Mode, the bot's for everything outgoing.

SLACK_SIGNING_SECRET = SLACK_BOT_TOKEN = SLACK_APP_TOKEN = ""
SLACK_API_URL = env.str("SLACK_API_URL", "https://slack.com/api").rstrip("/") + "/"
# The one workspace that is listened to; empty means every workspace in which the app is installed.
SLACK_TEAM_ID = env.str("SLACK_TEAM_ID", "")

# Data


def database(url: str) -> dict[str, Any]:
    """Return Django's configuration for a database URL, with what each kind needs to be correct here.

    SQLite: with Django's defaults 88 of 120 racing writes were answered "database is locked", with these none; its write
    lock is what row locks are on PostgreSQL.
    """
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        config["OPTIONS"] = {**config.get("OPTIONS", {}), "connect_timeout": 5}
    return config


def caches(redis_url: str) -> dict[str, dict[str, Any]]:
    """Return the two caches, both shared by all processes. Both hold JSON: reading one runs nothing, whoever wrote it.

    Failed log-ins are counted in the database, so that nobody is locked out while Redis is away; calls of the API, which are
    many, in Redis, and not at all while it is away. `manage.py createcachetable` makes the table.
    """
    return {
        "default": {"BACKEND": "portal.caches.JsonDatabaseCache", "LOCATION": "cache", "OPTIONS": {"MAX_ENTRIES": 100_000}},
        "calls": {
            "BACKEND": "portal.caches.JsonRedisCache",
            "LOCATION": redis_url,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        },
    }


# Lines of JSON: ends that AWS was told of while the trail could not be written, kept until it can be again.
SPOOL_DIR = Path(env.str("SPOOL_DIR", str(BASE_DIR / "var" / "spool")))

# Touched with every round, for container health checks.
HEARTBEAT_FILE = env.path("HEARTBEAT_FILE", None)

# Languages and times: stored in UTC, shown in the viewer's own

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "portal.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# The zone of people who have not chosen one.
DEFAULT_PERSON_TIME_ZONE = env.str("DEFAULT_PERSON_TIME_ZONE", "Asia/Tokyo")

# Files and headers

STATIC_URL = "/static/"
STATIC_ROOT: Path | None = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
STORAGES: dict[str, dict[str, Any]] = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
FILE_UPLOAD_HANDLERS = ["portal.uploads.NoFiles"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Workers

CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 2}
# A decision never waits for the broker: the message is only speed, the outbox row is the promise.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "grants"
# How often whatever is due is looked for. Which messages go by these periods, and through which queue: access_requests.messages.
SWEEP_SECONDS = env.int("SWEEP_SECONDS", 5)
# How often AWS is compared with what the portal left there.
RECONCILE_SECONDS = env.int("RECONCILE_SECONDS", 180)
# How often the tables are held against what the trail tells.
COMPARE_TRAIL_SECONDS = env.int("COMPARE_TRAIL_SECONDS", 3600)
# How often AWS is asked whether each backend could grant.
HEALTH_SECONDS = env.int("HEALTH_SECONDS", 300)
# How often CloudTrail is looked at for log-ins to production. It answers two questions a second, for each account and Region.
LOG_INS_SECONDS = env.int("LOG_INS_SECONDS", 60, validate=validate.Range(min=5))
# How often IAM of each account is read, and the guard rails are held against it: docs/audit/permissions.md.
PERMISSIONS_SECONDS = env.int("PERMISSIONS_SECONDS", 3600, validate=validate.Range(min=60))
# Log-ins that a company declares as right, each with its owner and its end: docs/audit/log-ins.md.
LOG_IN_EXCEPTIONS_FILE = env.str("LOG_IN_EXCEPTIONS_FILE", "")
# How long the log of notices that were sent is kept.
DELIVERIES_KEPT_DAYS = env.int("DELIVERIES_KEPT_DAYS", 90)
# How long the file of an export of the trail is kept.
TRAIL_EXPORTS_KEPT_HOURS = env.int("TRAIL_EXPORTS_KEPT_HOURS", 24, validate=validate.Range(min=1))
# Evidence packs: the month in which fiscal years begin, whether the year in which they begin or end is their name, the zone in
# which their days begin; how long packs are kept; a control mapping of one's own: docs/audit/packs.md.
EVIDENCE_FISCAL_MONTH = env.int("EVIDENCE_FISCAL_MONTH", 4, validate=validate.Range(min=1, max=12))
EVIDENCE_FISCAL_YEAR = env.str("EVIDENCE_FISCAL_YEAR", "begins", validate=validate.OneOf(["begins", "ends"]))
EVIDENCE_ZONE = env.str("EVIDENCE_ZONE", DEFAULT_PERSON_TIME_ZONE)
EVIDENCE_PACKS_KEPT_DAYS = env.int("EVIDENCE_PACKS_KEPT_DAYS", 400, validate=validate.Range(min=1))
# Of which periods the portal orders a pack by itself, a day after each is over: year, half, quarter, month.
EVIDENCE_SCHEDULE: list[str] = env.list(
    "EVIDENCE_SCHEDULE", [], validate=validate.ContainsOnly(["year", "half", "quarter", "month"])
)
EVIDENCE_CONTROLS_FILE = env.str("EVIDENCE_CONTROLS_FILE", "")
# Whether webhooks may go to this machine itself, and by http: for the demo and for development, never in production.
WEBHOOK_ALLOW_HTTP_TO_LOOPBACK = False
# Where that is allowed: to these alone, as "127.0.0.1:8080"; to any where it names none.
WEBHOOK_LOOPBACK_RECEIVERS: list[str] = []
# What a company says about its account design besides the catalogue, for render_account_design.
ACCOUNT_DESIGN_FILE = env.str("ACCOUNT_DESIGN_FILE", None)
# How long AWS may take to show what was written: until then a difference is late, not drift.
SETTLING_SECONDS = env.int("SETTLING_SECONDS", 60)

# AWS

# By which backend a work group may be granted, under what alias its catalogue has it: docs/backends.md.
GRANT_BACKENDS: dict[str, dict[str, Any]] = {
    "iam_group": {"BACKEND": "access_requests.grants.iam_group.IamGroupBackend"},
    "change_manager": {"BACKEND": "access_requests.grants.change_manager.ChangeManagerBackend"},
    "ssm_automation": {"BACKEND": "access_requests.grants.automation.SsmAutomationBackend"},
    "identity_center": {"BACKEND": "access_requests.grants.identity_center.IdentityCenterBackend"},
}
AWS_REGION = env.str("AWS_REGION", "ap-northeast-1")
AWS_ENDPOINT_URL = env.str("AWS_ENDPOINT_URL", None)
# The role in the Jump account that the workers take on; without it they act as what the ordinary credential chain gives.
AWS_JUMP_ROLE_ARN = env.str("AWS_JUMP_ROLE_ARN", None)
# Roles of the Jump account for the ways through Systems Manager: who writes its documents, who reviews change templates, who
# starts change requests and runbooks, who approves change requests, and in which role runbooks act. The portal takes on the
# first four from the role above; empty where no work group is granted that way.
AWS_CHANGE_PUBLISHER_ROLE_ARN = env.str("AWS_CHANGE_PUBLISHER_ROLE_ARN", "")
AWS_CHANGE_REVIEWER_ROLE_ARN = env.str("AWS_CHANGE_REVIEWER_ROLE_ARN", "")
AWS_CHANGE_STARTER_ROLE_ARN = env.str("AWS_CHANGE_STARTER_ROLE_ARN", "")
AWS_CHANGE_APPROVER_ROLE_ARN = env.str("AWS_CHANGE_APPROVER_ROLE_ARN", "")
AWS_RUNBOOK_ROLE_ARN = env.str("AWS_RUNBOOK_ROLE_ARN", "")
# The role, in the account that administers IAM Identity Center, for its group memberships; and the Region where it is.
AWS_IDENTITY_CENTER_ROLE_ARN = env.str("AWS_IDENTITY_CENTER_ROLE_ARN", "")
AWS_IDENTITY_CENTER_REGION = env.str("AWS_IDENTITY_CENTER_REGION", AWS_REGION)
AWS_CONNECT_TIMEOUT = env.float("AWS_CONNECT_TIMEOUT", 3)
AWS_READ_TIMEOUT = env.float("AWS_READ_TIMEOUT", 10)
# Of one call; what still fails then is left to the next sweep, so that no lease has to be long.
AWS_CALL_ATTEMPTS = env.int("AWS_CALL_ATTEMPTS", 2)
# No approval policy may give more than this; a role's session lasts at most 12 hours.
LONGEST_ACCESS_MINUTES = env.int("LONGEST_ACCESS_MINUTES", 12 * 60)
# The TTL tag: its key, its value as a strftime pattern, and the zone in which that is written.
TTL_TAG_KEY = env.str("TTL_TAG_KEY", "sekisho:ttl:{group}")
TTL_TAG_VALUE = env.str("TTL_TAG_VALUE", "%Y-%m-%dT%H:%M:%SZ")
TTL_TAG_ZONE = env.str("TTL_TAG_ZONE", "UTC")

# One id for a call in its answer, in the log, and in the log of the workers who go on with it.
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-Id",
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration()],
}
LOGGING = to_stderr(level=env.str("LOG_LEVEL", "INFO"))
