from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path, re_path

from access_requests.api import tokens
from access_requests.scim import door as scim
from access_requests.web.people.me import set_language
from portal.accounts import confirming
from portal.accounts import views as log_in
from portal.accounts.factors import log_in as second_step
from portal.accounts.factors import pages as factor_pages
from portal.accounts.oidc import views as oidc
from portal.accounts.saml import views as saml
from portal.api import api
from portal.health import healthz
from portal.icon import favicon
from portal.rest.problems import nothing_here

# Local accounts are made by administrators and get no mail: nobody signs up, and a forgotten password is theirs to reset.
accounts = [
    path("login/", log_in.log_in, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", confirming.confirm, name="account_reauthenticate"),
    path("reauthenticate/go-on/", confirming.go_on, name="account_go_on"),
    path("providers/<slug:provider>/", log_in.to_provider, name="provider-login"),
    path("providers/<slug:provider>/confirm/", log_in.to_provider_again, name="provider-confirm"),
    path("providers/<slug:provider>/back/", oidc.callback, name="provider-callback"),
    path("providers/<slug:provider>/try/", log_in.try_provider, name="provider-try"),
    path("providers/<slug:provider>/assertion/", saml.assertion, name="provider-assertion"),
    path("providers/<slug:provider>/assertion/finish/", saml.finish, name="provider-finish"),
    path("providers/<slug:provider>/metadata/download/", saml.metadata, name="provider-metadata"),
    # Of allauth's pages of second factors none but this name: it is where a log-in waits for its second step.
    path("second-factor/", second_step.authenticate, name="mfa_authenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
]

factors = [
    path("", factor_pages.factors, name="factors"),
    path("codes/", factor_pages.add_totp, name="factor-totp"),
    path("passkey/", factor_pages.add_passkey, name="factor-passkey"),
    path("recovery/", factor_pages.recovery_codes, name="factor-recovery"),
    path("<slug:code>/remove/", factor_pages.remove, name="factor-remove"),
]

urlpatterns = [
    path("factors/", include(factors)),
    path("log-in/", log_in.providers, name="log-in-providers"),
    path("identity/providers/<slug:provider>/logout", oidc.log_out, name="provider-logout"),
    path("healthz", healthz, name="healthz"),
    path("favicon.ico", favicon, name="favicon"),
    path("admin/", admin.site.urls),
    path("accounts/", include(accounts)),
    path("language/", set_language, name="set_language"),
    # Of allauth's OAuth 2 server only what client credentials and device codes need; the person's page is the portal's own.
    path("identity/o/api/token", tokens.token, name="oauth_token"),
    path("identity/o/api/device/code", tokens.device_code, name="oauth_device_code"),
    path("identity/o/api/revoke", tokens.revoke, name="oauth_revoke"),
    path("api/v1/", nothing_here),
    path("api/v1/", api.urls),
    re_path("^api/", nothing_here),
    re_path(r"^scim/v2(?P<path>(?:/.*)?)$", scim.serve, name="scim"),
    re_path("^scim/", scim.nothing_here),
    path("audit/", include("audits.web.urls")),
    path("chat/slack/", include("access_requests.chat.urls")),
    path("", include("access_requests.web.urls")),
]

handler500 = "portal.pages.failing.server_error"
