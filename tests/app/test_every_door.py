"""Every address of the portal as everybody: an address that is missing from the table fails here.

The calls of the API have a table of their own, tests/app/access_requests/api/test_every_endpoint.py; here they are tried by
strangers and by people whose browser is logged in, since a session is worth nothing there, nor is a program's token at a page.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatch
from itertools import count
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from access_requests.models import ApiClient, Delivery, Drift, DriftKind, KeptIn, PersonalToken, WebhookEndpoint
from access_requests.services.people import people, sessions
from audits.models import TrailEntry, WorkReport
from audits.reviews import opening
from audits.reviews.opening import Held, Plan
from portal.users.models import LinkedIdentity, User
from portal.verbs.actor import COMMAND
from portal.verbs.run import run
from tests.app.access_requests.scim.conftest import Directory
from tests.stand_ins.bots import SCOPES, make_client, make_personal_client, own_token_of, token_of
from tests.worlds.cast import Cast, actor_of
from tests.worlds.factors import prove, record_of
from tests.worlds.inspections import planned
from tests.worlds.providers import oidc
from tests.worlds.reports import never_given, written
from tests.worlds.story import elevated, submitted

WHO = ("stranger", "member02", "member01", "leader01", "auditor01", "admin01")
LOGIN = "log-in"
READERS = (LOGIN, 403, 403, 403, 200, 200)
ADMINISTRATORS = (LOGIN, 403, 403, 403, 403, 200)
EVERYBODY = (LOGIN, 200, 200, 200, 200, 200)
TOKENS_ONLY = (401, 401, 401, 401, 401, 401)
POST_ONLY = (405, 405, 405, 405, 405, 405)
NO_CLIENT = (400, 400, 400, 400, 400, 400)
NOWHERE = (404, 404, 404, 404, 404, 404)
OPEN = (200, 200, 200, 200, 200, 200)
GET, POST = "GET", "POST"
GAPS = {
    "<path:object_id>": "1",
    "<path:content_type_id>": "1",
    "<code>": "R-00000000",
    "exports/<slug:code>": "exports/X-00000000",
    "packs/<slug:code>": "packs/P-00000000",
    "<slug:kind>/<path:name>": "nothing/CHG-123",
    "<slug:provider>": "nobody",
    "findings/<slug:code>/<slug:verb>": "findings/F-00000000/close",
    "/<int:number>/<slug:verb>/": "/1/keep/",
    "findings/<slug:code>": "findings/F-00000000",
    "log-ins/<slug:code>": "log-ins/L-00000000",
    "<str:username>": "member01",
    "roles/<slug:account>/<str:name>": "roles/nowhere/nothing",
    "factors/<slug:code>": "factors/K-00000000",
    "<str:token>": "nothing",
    "(?P<url>.*)$": "nothing",
    "^(?P<app_label>users|access_requests)/$": "users/",
    "^api/": "api/",
    "^scim/v2(?P<path>(?:/.*)?)$": "scim/v2/Users",
    "^scim/": "scim/",
}
# Of member01's waiting request and elevation, under leader01: what each of WHO ends with, redirects followed. member02 has no
# part in it, an auditor reads, an administrator reads and may stop. The first pattern that matches counts.
TABLE: dict[tuple[str, str], tuple[object, ...]] = {
    (GET, "home"): EVERYBODY,
    # Of nobody's link.
    (GET, "first-link"): (409,) * 6,
    (POST, "first-link"): (409,) * 6,
    (GET, "me"): EVERYBODY,
    (POST, "me"): EVERYBODY,
    (GET, "tokens"): EVERYBODY,
    # One of member01's.
    (GET, "token-revoke"): (LOGIN, 404, 200, 404, 404, 404),
    (POST, "token-revoke"): (LOGIN, 404, 200, 404, 404, 404),
    (GET, "token-revoke-all"): EVERYBODY,
    (POST, "token-revoke-all"): EVERYBODY,
    (GET, "usersessions_list"): EVERYBODY,
    # One of member01's.
    (GET, "session-end"): (LOGIN, 404, 200, 404, 404, 404),
    (POST, "session-end"): (LOGIN, 404, 200, 404, 404, 404),
    (GET, "session-end-others"): EVERYBODY,
    (POST, "session-end-others"): EVERYBODY,
    (GET, "device"): EVERYBODY,
    (POST, "device"): EVERYBODY,
    (GET, "me-link-slack"): EVERYBODY,
    (POST, "me-link-slack"): EVERYBODY,
    (GET, "me-unlink-slack"): EVERYBODY,
    (POST, "me-unlink-slack"): EVERYBODY,
    (GET, "queue"): EVERYBODY,
    (GET, "decided"): EVERYBODY,
    (GET, "catalogue"): EVERYBODY,
    (GET, "catalogue-whole"): EVERYBODY,
    (GET, "role"): EVERYBODY,
    (GET, "people"): READERS,
    # Of member01; each has a session.
    (GET, "person"): READERS,
    (GET, "person-disable"): ADMINISTRATORS,
    (POST, "person-disable"): ADMINISTRATORS,
    (GET, "person-enable"): ADMINISTRATORS,
    # Who is enabled already is shown so.
    (POST, "person-enable"): (LOGIN, 403, 403, 403, 403, 409),
    (GET, "person-factors"): ADMINISTRATORS,
    # No reason is given.
    (POST, "person-factors"): (LOGIN, 403, 403, 403, 403, 422),
    (GET, "person-sessions-end"): ADMINISTRATORS,
    (POST, "person-sessions-end"): ADMINISTRATORS,
    (GET, "request-list"): EVERYBODY,
    (GET, "request-new"): EVERYBODY,
    (POST, "request-new"): (LOGIN, 422, 422, 422, 422, 422),
    (GET, "request"): (LOGIN, 404, 200, 200, 200, 200),
    (POST, "request-approve"): (LOGIN, 404, 403, 200, 403, 403),
    (POST, "request-reject"): (LOGIN, 404, 403, 200, 403, 403),
    (POST, "request-send-back"): (LOGIN, 404, 403, 200, 403, 403),
    (POST, "request-withdraw"): (LOGIN, 404, 200, 403, 403, 403),
    (GET, "elevation-list"): EVERYBODY,
    (GET, "elevation"): EVERYBODY,
    (GET, "elevation-return"): EVERYBODY,
    (POST, "elevation-return"): (LOGIN, 403, 200, 403, 403, 403),
    (GET, "elevation-extend"): EVERYBODY,
    (POST, "elevation-extend"): (LOGIN, 422, 422, 422, 422, 422),
    (GET, "elevation-dismiss"): EVERYBODY,
    (POST, "elevation-dismiss"): EVERYBODY,
    (GET, "elevation-stop"): EVERYBODY,
    (POST, "elevation-stop"): (LOGIN, 403, 403, 200, 403, 200),
    # Each is of access of member01's that is over; of the report nothing is written, or all.
    (GET, "report-list"): EVERYBODY,
    (GET, "elevation-report"): (LOGIN, 404, 200, 200, 200, 200),
    (POST, "elevation-report"): (LOGIN, 404, 422, 403, 403, 403),
    (GET, "elevation-report-confirm"): (LOGIN, 404, 200, 200, 200, 200),
    (POST, "elevation-report-confirm"): (LOGIN, 404, 403, 200, 403, 403),
    (GET, "elevation-report-ask"): (LOGIN, 404, 200, 200, 200, 200),
    (POST, "elevation-report-ask"): (LOGIN, 404, 403, 200, 403, 403),
    # member01 and member02 approve nothing; the leads approve for the drift's work group.
    (GET, "drift-list"): (LOGIN, 403, 403, 200, 200, 200),
    (GET, "drift"): (LOGIN, 403, 403, 200, 200, 200),
    (GET, "drift-undo"): (LOGIN, 403, 403, 200, 200, 200),
    # Who does not say what was shown is shown it again.
    (POST, "drift-undo"): (LOGIN, 403, 403, 403, 403, 409),
    (GET, "drift-accept"): (LOGIN, 403, 403, 200, 200, 200),
    (POST, "drift-accept"): (LOGIN, 403, 403, 403, 403, 409),
    (GET, "drift-compare"): (LOGIN, 403, 403, 200, 200, 200),
    (POST, "drift-compare"): (LOGIN, 403, 403, 403, 403, 200),
    (GET, "backends"): READERS,
    (GET, "backends-check"): READERS,
    (POST, "backends-check"): (LOGIN, 403, 403, 403, 403, 200),
    (GET, "clients"): READERS,
    (GET, "client"): READERS,
    (GET, "client-new"): ADMINISTRATORS,
    (POST, "client-new"): (LOGIN, 403, 403, 403, 403, 422),
    (GET, "client-change"): ADMINISTRATORS,
    (POST, "client-change"): (LOGIN, 403, 403, 403, 403, 422),
    (GET, "client-rotate"): ADMINISTRATORS,
    (POST, "client-rotate"): (LOGIN, 403, 403, 403, 403, 409),
    (GET, "client-revoke"): ADMINISTRATORS,
    (POST, "client-revoke"): ADMINISTRATORS,
    (GET, "client-restore"): ADMINISTRATORS,
    (POST, "client-restore"): (LOGIN, 403, 403, 403, 403, 409),
    (GET, "matrix"): EVERYBODY,
    (GET, "matrix-person"): (LOGIN, 403, 200, 403, 200, 200),
    (GET, "webhook-list"): READERS,
    (GET, "webhook-new"): ADMINISTRATORS,
    (POST, "webhook-new"): (LOGIN, 403, 403, 403, 403, 422),
    (GET, "webhook"): READERS,
    (GET, "webhook-change"): ADMINISTRATORS,
    (POST, "webhook-change"): (LOGIN, 403, 403, 403, 403, 422),
    (GET, "webhook-rotate"): ADMINISTRATORS,
    (POST, "webhook-rotate"): ADMINISTRATORS,
    (GET, "webhook-delete"): ADMINISTRATORS,
    (POST, "webhook-delete"): ADMINISTRATORS,
    (GET, "webhook-enable"): READERS,
    (POST, "webhook-enable"): ADMINISTRATORS,
    (GET, "webhook-disable"): READERS,
    (POST, "webhook-disable"): ADMINISTRATORS,
    (GET, "webhook-test"): READERS,
    (POST, "webhook-test"): ADMINISTRATORS,
    (GET, "delivery-list"): READERS,
    (GET, "delivery"): READERS,
    (GET, "delivery-again"): READERS,
    (POST, "delivery-again"): ADMINISTRATORS,
    (GET, "audit"): READERS,
    (GET, "audit-trail"): READERS,
    (GET, "audit-entry"): READERS,
    (GET, "audit-entry-leaf"): READERS,
    # Nothing is sealed.
    (GET, "audit-entry-proof"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-log-in-list"): READERS,
    # There is none of this code.
    (GET, "audit-log-in"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-finding-list"): READERS,
    (GET, "audit-finding-download"): READERS,
    # There is none of this code.
    (GET, "audit-finding"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-finding-verb"): (LOGIN, 403, 403, 403, 404, 404),
    (POST, "audit-finding-verb"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-export-list"): READERS,
    (GET, "audit-export-new"): READERS,
    (POST, "audit-export-new"): READERS,
    (GET, "audit-export-download"): READERS,
    # Of no export that there is.
    (POST, "audit-export-download"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-pack-list"): READERS,
    (GET, "audit-pack-new"): READERS,
    (POST, "audit-pack-new"): (LOGIN, 403, 403, 403, 422, 422),
    # There is none of this code.
    (GET, "audit-pack"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-pack-download"): (LOGIN, 403, 403, 403, 404, 404),
    (POST, "audit-pack-download"): (LOGIN, 403, 403, 403, 404, 404),
    # The leads inspect.
    (GET, "inspection-month"): (LOGIN, 403, 403, 200, 200, 200),
    (GET, "inspection-day"): (LOGIN, 403, 403, 200, 200, 200),
    (GET, "inspection-sign"): (LOGIN, 403, 403, 200, 200, 200),
    # Nothing is read of the day.
    (POST, "inspection-sign"): (LOGIN, 403, 403, 409, 403, 403),
    (GET, "review-list"): EVERYBODY,
    (GET, "review-new"): ADMINISTRATORS,
    (POST, "review-new"): (LOGIN, 403, 403, 403, 403, 422),
    # leader01 is named for the item, which is member01's.
    (GET, "review"): (LOGIN, 404, 404, 200, 200, 200),
    (GET, "review-assign"): (LOGIN, 403, 403, 403, 403, 200),
    # Nobody is named.
    (POST, "review-assign"): (LOGIN, 403, 403, 403, 403, 422),
    (GET, "review-decide"): (LOGIN, 404, 404, 200, 200, 200),
    (POST, "review-decide"): (LOGIN, 404, 404, 422, 403, 403),
    (GET, "audit-approver-quality"): READERS,
    (GET, "audit-in-production"): READERS,
    (GET, "audit-could-do"): READERS,
    (GET, "audit-permissions"): READERS,
    # No account was read.
    (GET, "audit-permissions-account"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-permissions-statement"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-permissions-user"): (LOGIN, 403, 403, 403, 404, 404),
    # Nothing is too much.
    (GET, "audit-permissions-excess"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-permissions-excess-list"): READERS,
    (GET, "audit-permissions-ask"): READERS,
    (GET, "audit-permissions-check"): READERS,
    # Nothing is pasted.
    (POST, "audit-permissions-check"): (LOGIN, 403, 403, 403, 422, 422),
    # No period is named.
    (GET, "audit-in-production-download"): (LOGIN, 403, 403, 403, 422, 422),
    (GET, "audit-seal"): READERS,
    (GET, "audit-verifier"): READERS,
    # There is no such request.
    # Nothing is of this kind.
    (GET, "audit-story-of"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-story"): (LOGIN, 403, 403, 403, 404, 404),
    # Nothing is sealed.
    (GET, "audit-seal-keys"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-story-download"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "audit-seal-begin"): ADMINISTRATORS,
    # Nothing is stopped.
    (POST, "audit-seal-begin"): (LOGIN, 403, 403, 403, 403, 422),
    (POST, "set_language"): EVERYBODY,
    (GET, "healthz"): OPEN,
    (GET, "favicon"): OPEN,
    (GET, "account_login"): OPEN,
    (GET, "account_logout"): OPEN,
    (GET, "log-in-providers"): READERS,
    (GET, "directories"): READERS,
    # No directory has this key, and no token this code.
    (GET, "directory-token-new"): (LOGIN, 403, 403, 403, 403, 404),
    (POST, "directory-token-new"): (LOGIN, 403, 403, 403, 403, 404),
    (GET, "directory-token-revoke"): (LOGIN, 403, 403, 403, 403, 404),
    (POST, "directory-token-revoke"): (LOGIN, 403, 403, 403, 403, 404),
    # A token of a directory alone opens it, whoever is logged in.
    (GET, "scim"): TOKENS_ONLY,
    (POST, "scim"): TOKENS_ONLY,
    (GET, "^scim/"): NOWHERE,
    # No provider has this key.
    (GET, "provider-login"): NOWHERE,
    (POST, "provider-login"): NOWHERE,
    (GET, "provider-callback"): NOWHERE,
    (GET, "provider-confirm"): (LOGIN, 404, 404, 404, 404, 404),
    (POST, "provider-confirm"): (LOGIN, 404, 404, 404, 404, 404),
    (GET, "provider-try"): (LOGIN, 403, 403, 403, 403, 404),
    (POST, "provider-assertion"): NOWHERE,
    (GET, "provider-finish"): NOWHERE,
    (GET, "provider-metadata"): NOWHERE,
    (POST, "provider-logout"): NOWHERE,
    (GET, "account_inactive"): OPEN,
    (GET, "account_reauthenticate"): EVERYBODY,
    # Nothing that was typed proves anything.
    (POST, "account_reauthenticate"): (LOGIN, 422, 422, 422, 422, 422),
    # Nothing waits.
    (GET, "account_go_on"): EVERYBODY,
    (GET, "account_change_password"): EVERYBODY,
    # Nobody is between two steps of a log-in.
    (GET, "mfa_authenticate"): OPEN,
    (POST, "mfa_authenticate"): OPEN,
    (GET, "factors"): EVERYBODY,
    (GET, "factor-totp"): EVERYBODY,
    # Nobody was shown the secret that is sent.
    (POST, "factor-totp"): (LOGIN, 404, 404, 404, 404, 404),
    (GET, "factor-passkey"): EVERYBODY,
    (POST, "factor-passkey"): (LOGIN, 422, 422, 422, 422, 422),
    (GET, "factor-recovery"): EVERYBODY,
    # Of those who have no factor there is nothing that they could stand in for.
    (POST, "factor-recovery"): (LOGIN, 404, 404, 200, 404, 200),
    # There is no such factor.
    (GET, "factor-remove"): (LOGIN, 404, 404, 404, 404, 404),
    (POST, "factor-remove"): (LOGIN, 404, 404, 404, 404, 404),
    (POST, "oauth_token"): NO_CLIENT,
    (POST, "oauth_device_code"): TOKENS_ONLY,
    (POST, "oauth_revoke"): NO_CLIENT,
    # Slack's signature alone opens these, whoever is logged in.
    (GET, "slack-commands"): POST_ONLY,
    (POST, "slack-commands"): TOKENS_ONLY,
    (GET, "slack-interactions"): POST_ONLY,
    (POST, "slack-interactions"): TOKENS_ONLY,
    (GET, "admin:index"): READERS,
    (GET, "admin:app_list"): READERS,
    (GET, "admin:*_changelist"): READERS,
    (GET, "admin:*_add"): (LOGIN, 403, 403, 403, 403, 403),
    (GET, "admin:*_delete"): (LOGIN, 403, 403, 403, 403, 403),
    (GET, "admin:*_history"): READERS,
    (GET, "admin:*_change"): READERS,
    (GET, "admin:<path*"): READERS,
    (GET, "admin:login"): (LOGIN, 403, 403, 403, 200, 200),
    (GET, "admin:logout"): READERS,
    (GET, "admin:password_change"): READERS,
    (GET, "admin:password_change_done"): READERS,
    (GET, "admin:autocomplete"): (LOGIN, 403, 403, 403, 403, 403),
    (GET, "admin:jsi18n"): READERS,
    (GET, "admin:view_on_site"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "admin:(?P<url>.*)$"): (LOGIN, 403, 403, 403, 404, 404),
    (GET, "api:openapi-*"): OPEN,
    (GET, "api:api-root"): (404, 404, 404, 404, 404, 404),
    (GET, "api:show_*"): TOKENS_ONLY,
    (GET, "api:list_*"): TOKENS_ONLY,
    (POST, "api:*"): TOKENS_ONLY,
    (GET, "*api/*"): (404, 404, 404, 404, 404, 404),
}


def disable(person: User) -> None:
    people.disable(person=person, actor=COMMAND, now=timezone.now())


def end_sessions(person: User) -> None:
    sessions.end(person=person, rows=sessions.of(person), actor=COMMAND, now=timezone.now())


def deactivate_by_directory(person: User) -> None:
    company = oidc(scim={"subject": "externalId"})
    with override_settings(LOGIN_PROVIDERS=(company,)):
        directory = Directory(company)
        LinkedIdentity.objects.create(person=person, provider=company.identity, external_id="one", verified_at=timezone.now())
        made = directory.made("/Users", {"userName": "one@example.com", "externalId": "one"})
        directory.patched(f"/Users/{made['id']}", {"op": "replace", "path": "active", "value": False})


def let_idle(person: User) -> None:
    UserSession.objects.filter(user=person).update(last_seen_at=timezone.now() - timedelta(hours=1))


def doors(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name and the path of every address, as Django finds them."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}", path
        else:
            yield from doors(pattern, path, space + (f"{pattern.namespace}:" if pattern.namespace else ""))


def entries(name: str) -> list[tuple[str, str]]:
    """Return the rows of the table for an address: those of its own name, else of the first pattern that fits."""
    own = [key for key in TABLE if key[1] == name]
    return own or [key for key in TABLE if fnmatch(name, key[1])][:1]


DOORS = list(doors())
PAGES = [(name, path) for name, path in DOORS if "api/" not in path]


def test_every_address_is_in_the_table_and_nothing_else_is() -> None:
    assert [name for name, _ in DOORS if not entries(name)] == []
    assert set(TABLE) - {key for name, _ in DOORS for key in entries(name)} == set()


@pytest.mark.parametrize(("name", "path"), DOORS, ids=[f"{name} {path}" for name, path in DOORS])
def test_address_answers_everybody_as_the_table_says(cast: Cast, name: str, path: str) -> None:
    # Each with a request and an elevation of its own, whose windows do not overlap.
    starts = (timezone.now() + timedelta(hours=hour) for hour in count(1, 2))
    for method, pattern in entries(name):
        # Who only looks changes nothing, so that all of them may look at the same.
        url = filled(cast, path, next(starts))
        urls = [url if method == GET or who == WHO[0] else filled(cast, path, next(starts)) for who in WHO]
        answers = tuple(answer(cast, who, method, url) for who, url in zip(WHO, urls, strict=True))
        assert answers == TABLE[method, pattern]


def test_token_of_a_program_opens_no_page(cast: Cast) -> None:
    token = token_of(make_client("chatbot", cast), *SCOPES)
    proof = {"authorization": f"Bearer {token}", "x-on-behalf-of": "slack:U0ADMIN01"}
    starts = (timezone.now() + timedelta(hours=hour) for hour in count(1, 2))
    opened = {
        (name, path, method)
        for name, path in PAGES
        for method, pattern in entries(name)
        if answer(cast, "stranger", method, filled(cast, path, next(starts)), **proof) != TABLE[method, pattern][0]
    }
    assert opened == set()


@pytest.mark.parametrize("ends", [disable, end_sessions, let_idle, deactivate_by_directory], ids=lambda end: end.__name__)
def test_who_is_nobody_since_a_moment_ago_is_answered_as_strangers_are(cast: Cast, ends: Callable[[User], None]) -> None:
    """An administrator, for whom most is open, in a browser that was let in before."""
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.admin01)
    assert browser.get("/people/").status_code == 200
    ends(cast.admin01)
    otherwise = {
        (name, path, method)
        for name, path in DOORS
        for method, pattern in entries(name)
        if ended_with(browser, method, without_gaps(path)) != TABLE[method, pattern][0]
    }
    assert otherwise == set()


# What waits for a proof, and whom it is open to but for that. Forms that are looked at first, such as a client's, are tried where
# their verbs are: tests/app/access_requests/services/record/test_proving.py.
OWN_FACTORS = {"factor-totp", "factor-passkey", "factor-recovery"}
PROVEN = {
    "leader01": {
        *OWN_FACTORS,
        *("me-link-slack", "request-approve", "request-reject", "request-send-back", "elevation-stop"),
        *("elevation-report-confirm", "elevation-report-ask"),
    },
    "admin01": {
        *OWN_FACTORS,
        *("me-link-slack", "elevation-stop", "drift-undo", "drift-accept", "audit-finding-verb", "review-assign"),
        *("person-disable", "person-enable", "person-sessions-end", "client-rotate", "client-revoke", "client-restore"),
    },
}
# What administrators do without having just proven it, with a second factor all the same.
WITH_A_FACTOR = {
    *("drift-compare", "backends-check", "webhook-rotate", "webhook-delete", "webhook-enable", "webhook-disable", "webhook-test"),
    "delivery-again",
}
CONFIRM, ENROL = "/accounts/reauthenticate/", reverse("factors")


def posted_to(cast: Cast) -> dict[str, str]:
    """Return an address, with all that it needs, of each page that takes posts."""
    starts = (timezone.now() + timedelta(hours=hour) for hour in count(1, 2))
    return {name: filled(cast, path, next(starts)) for name, path in PAGES if (POST, name) in TABLE}


def led(person: User, to: str, record: dict[str, Any], addresses: dict[str, str]) -> set[str]:
    """Return the addresses from which somebody of whom this was proven is led there."""
    found = set()
    for name, url in addresses.items():
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(person)
        prove(browser, person, record)
        if any(address.startswith(to) for address, _ in browser.post(url, {"comment": "because"}, follow=True).redirect_chain):
            found.add(name)
    return found


@pytest.mark.parametrize("who", PROVEN)
def test_whoever_has_a_stale_or_a_weak_proof_is_led_to_the_confirmation(cast: Cast, who: str) -> None:
    person, addresses, now = getattr(cast, who), posted_to(cast), timezone.now().timestamp()
    assert led(person, CONFIRM, record_of(person, at=now - 86_400), addresses) == PROVEN[who]
    assert led(person, CONFIRM, {"method": "password", "at": now}, addresses) == PROVEN[who]


@pytest.mark.parametrize("who", PROVEN)
def test_whoever_lacks_a_second_factor_is_led_to_where_one_is_set_up(cast: Cast, who: str) -> None:
    addresses = posted_to(cast)
    Authenticator.objects.all().delete()
    # Whoever has none sets one up by a log-in.
    expected = PROVEN[who] - OWN_FACTORS | (WITH_A_FACTOR if who == "admin01" else set())
    record = {"method": "password", "at": timezone.now().timestamp()}
    assert led(getattr(cast, who), ENROL, record, addresses) == expected


def answer(cast: Cast, who: str, method: str, url: str, **headers: str) -> object:
    """Return the status that one of WHO ends with, or LOGIN."""
    client = Client(headers={"accept-language": "en", **headers})
    if who != "stranger":
        client.force_login(getattr(cast, who))
    return ended_with(client, method, url)


def ended_with(client: Client, method: str, url: str) -> object:
    response = client.get(url, follow=True) if method == GET else client.post(url, {"comment": "because"}, follow=True)
    response.getvalue()  # A file is closed when it has been read.
    ended_at = response.redirect_chain[-1][0] if response.redirect_chain else url
    return LOGIN if ended_at.startswith("/accounts/login/?next=") else response.status_code


def drifted(cast: Cast, *, now: datetime) -> Drift:
    """Return somebody in member01's work group whom no access explains."""
    name = f"intruder{Drift.objects.count()}"
    fields = {"kind": DriftKind.UNEXPLAINED_MEMBER, "account": "jump", "thing": cast.prod_member.name, "name": name}
    return Drift.objects.create(**fields, work_group=cast.prod_member, found_at=now, seen_at=now)


def kept_here(cast: Cast) -> ApiClient:
    """Return a client that was made in the browser."""
    client = make_client(f"bot-{ApiClient.objects.count()}", cast)
    ApiClient.objects.update(kept_in=KeptIn.BROWSER)
    return client


def own_token(cast: Cast) -> PersonalToken:
    """Return what member01 allowed."""
    scripts = ApiClient.objects.filter(key="scripts").first() or make_personal_client("scripts", cast)
    own_token_of(cast.member01, scripts, *SCOPES)
    return PersonalToken.objects.latest("pk")


def session_of(person: User) -> UserSession:
    """Return another log-in of the person's."""
    browser = Client()
    browser.force_login(person)
    browser.get("/me/")
    return UserSession.objects.filter(user=person).latest("pk")


def webhook(*, now: datetime) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(
        name=f"chat {WebhookEndpoint.objects.count()}",
        url="https://chat.example.com/",
        secret="sealed",
        made_by="admin01",
        made_at=now,
    )


def told(cast: Cast, *, now: datetime, start: datetime) -> TrailEntry:
    """Return an entry of the trail."""
    submitted(cast.member01, now=now, starts_at=start)
    return TrailEntry.objects.latest("pk")


def reported(cast: Cast, *, now: datetime, start: datetime) -> WorkReport:
    """Return member01's report on access that is over."""
    return written(never_given(cast, now=now, starts_at=start), cast.member01, now=now)


def review(cast: Cast, *, now: datetime) -> str:
    """Return a campaign in which leader01 looks at something of member01's."""
    day = now.date() + timedelta(days=3)
    plan = Plan(name="autumn", due_on=day, kept_until=day + timedelta(days=9), reviewer="leader01", other="leader02")
    held = [Held(kind="standing_group", people=["member01"], thing="MemberGroup", facts={"group": "MemberGroup", "user": ""})]
    return run(lambda: opening.open_campaign(plan=plan, held=held, actor=actor_of(cast.admin01), now=now)).code


def inspected(*, now: datetime) -> str:
    """Return a day of which the leads inspect what is read."""
    planned("leader01", "leader02", now=now, since="2026-11-01")
    return "2026-11-05"


def delivered(*, now: datetime) -> Delivery:
    fields = {"channel": "webhook", "target": "W-00000000", "act": "request.approved", "status": "delivered"}
    return Delivery.objects.create(**fields, created_at=now, settled_at=now)


def filled(cast: Cast, path: str, start: datetime) -> str:
    """Return the path with what its gaps stand for: a new request or elevation of member01's, or a row of the administration."""
    now = timezone.now()
    made: dict[str, Callable[[], object]] = {
        "requests/<": lambda: submitted(cast.member01, now=now, starts_at=start).code,
        "elevations/<slug:code>/report/c": lambda: reported(cast, now=now, start=start).elevation,
        "elevations/<slug:code>/report/a": lambda: reported(cast, now=now, start=start).elevation,
        "elevations/<slug:code>/report/": lambda: never_given(cast, now=now, starts_at=start).code,
        "elevations/<": lambda: elevated(cast.member01, cast.leader01, now=now, starts_at=start).code,
        "inspections/": lambda: inspected(now=now),
        "reviews/<slug:code>/": lambda: review(cast, now=now),
        "drift/<": lambda: drifted(cast, now=now).code,
        "clients/<": lambda: kept_here(cast).key,
        "me/tokens/<": lambda: own_token(cast).code,
        "me/sessions/<": lambda: session_of(cast.member01).pk,
        "webhooks/<": lambda: webhook(now=now).code,
        "deliveries/<": lambda: delivered(now=now).code,
        "catalogue/roles/<": lambda: cast.prod_member.target_roles.get().name,
        "audit/trail/<": lambda: told(cast, now=now, start=start).pk,
    }
    for beginning, make in made.items():
        if path.startswith(beginning):
            path = (
                path.replace("<slug:account>", cast.production.key)
                .replace("<int:number>/<slug:verb>", "1/keep")
                .replace("<int:number>/reviewer", "1/reviewer")
            )
            return "/" + re.sub("<(slug:code|slug:day|slug:key|int:number|str:name)>", str(make()), path)
    return without_gaps(path)


def without_gaps(path: str) -> str:
    """Return the path with a word in each gap, which nothing there is called."""
    for gap, filling in {
        **GAPS,
        "<slug:code>": "R-00000000",
        "<slug:key>": "nobody",
        "<slug:day>": "2026-11-23",
        "<int:number>": "1",
    }.items():
        path = path.replace(gap, filling)
    return "/" + path.removeprefix("^")
