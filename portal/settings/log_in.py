"""How people log in: by passwords of the portal's own, and by providers that `portal.settings.login_providers` reads."""

from portal.providers.provider import Provider
from portal.settings.environment import env

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.accounts.adapters.LocalAccounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# Seconds for which a link to a first password is good.
PASSWORD_RESET_TIMEOUT = 3600
# By which people's browsers are known in portal.accounts.known_devices. How often a log-in may fail: portal.accounts.throttling,
# in the place of allauth's counts of a whole network, by which a stranger there could hold up everybody.
ACCOUNT_RATE_LIMITS = {"login": "", "login_failed": ""}
DEVICE_COOKIE_NAME = "device"

# Whether whoever decides or administers must have a second factor. How many minutes old a proof may be for an act, and for
# which acts it must be by a passkey, where that is not as `access_requests.policy.proofs` says.
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", True)
# Asked also by verbs of audits, which know nothing of the policy.
CHECK_PROVEN_ADMINISTRATOR = "access_requests.services.record.proving.check_administrator"
STEP_UP_MINUTES: dict[str, int] = env.dict("STEP_UP_MINUTES", {}, subcast_values=int)
STEP_UP_BY_PASSKEY: list[str] = env.list("STEP_UP_BY_PASSKEY", [])

# Providers; in the database there are none. People whom they bring are matched in access_requests.services.people.arriving.
LOGIN_PROVIDERS: tuple[Provider, ...] = ()
# Whether everybody with a password may log in by it. Otherwise only the emergency accounts, whose log-in is told to everybody.
PASSWORD_LOGIN = True
EMERGENCY_ACCOUNTS: list[str] = []
SOCIALACCOUNT_ADAPTER = "portal.accounts.provided.ProvidedAccounts"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

# Second factors: what allauth keeps of them is sealed by the first of these keys, and opened by any. Where there is none, as in
# processes that look at no factor, none is opened.
FACTOR_KEYS: list[str] = []
# A command by which people get a one-time code, shown with the second step of a log-in: the demo's.
CODE_COMMAND = ""
MFA_ADAPTER = "portal.accounts.factors.adapter.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Sekisho"
# Steps of 30 seconds by which a clock may be wrong.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = MFA_RECOVERY_CODE_DIGITS = 10
MFA_WEBAUTHN_USER_VERIFICATION = "required"
