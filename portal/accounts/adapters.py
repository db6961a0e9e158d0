"""How people and programs are let in: allauth's adapters."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from access_requests import wording
from access_requests.services.people import log_ins, people
from access_requests.web.people.place import place_of
from portal.accounts import arrivals, known_devices, sessions, throttling
from portal.accounts.configured import is_emergency, may_use_password
from portal.addresses import address_of
from portal.pages.actor import actor_of, carry_out
from portal.pages.page import PageRequest
from portal.users.models import User
from portal.verbs.actor import Actor, Door, Process
from portal.verbs.rejections import PersonDisabled
from portal.verbs.run import act_as

# The portal itself, while nobody is logged in yet.
NOBODY = Actor(person=None, door=Door.BROWSER, credential=Process())


class LocalAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Local accounts, made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature.
        """Nobody makes an account for themselves."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return who logs in by password. Whose password counts no more has none that is right: same words, same time."""
        if not may_use_password(str(credentials.get("username", ""))):
            credentials["password"] = secrets.token_urlsafe(32)
        person: User | None = super().authenticate(request, **credentials)
        if person is not None and person.is_active and person.is_to_be_rehashed:
            rehash = partial(people.rehash, person=person, password=credentials["password"], actor=NOBODY, now=timezone.now())
            act_as(NOBODY, rehash)
        return person

    def reauthenticate(self, user: User, password: str) -> bool:
        return may_use_password(user.username) and bool(super().reauthenticate(user, password))

    def set_password(self, user: User, password: str) -> None:
        """People who change their own password do it by the verb that records it."""
        actor, key = actor_of(self.request), self.request.session.session_key or ""
        verb = partial(people.set_password, person=user, password=password, actor=actor, now=timezone.now(), keep_session=key)
        carry_out(self.request, verb, ends_own_rights=True)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try, or refuse it unlooked at: for a known name and for an unknown one in the same words."""
        self._login_failed_rl_usage = throttling.begin(request, _name(credentials))
        if self._login_failed_rl_usage is None:
            _record_failure(request, _name(credentials), log_ins.HELD)
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        _record_failure(request, _name(credentials), log_ins.WRONG)

    def pre_login(self, request: HttpRequest, user: User, **said: Any) -> HttpResponse | None:
        if not user.is_active:
            _record_failure(request, user.username, log_ins.DISABLED)
        response: HttpResponse | None = super().pre_login(request, user, **said)
        return response

    def post_login(self, request: PageRequest, user: User, **said: Any) -> HttpResponse:
        """Record the log-in, and have the browser be known. Whoever was disabled meanwhile is not let in after all."""
        login = (said.get("signal_kwargs") or {}).get("sociallogin")
        if login is not None:
            arrivals.note(request, login)
        response: HttpResponse = super().post_login(request, user, **said)
        is_new = not known_devices.of(request, user.username)
        begin = partial(
            log_ins.begin,
            session_key=request.session.session_key or "",
            place=place_of(request),
            is_new_device=is_new,
            is_emergency=login is None and is_emergency(user.username),
        )
        try:
            carry_out(request, partial(begin, actor=actor_of(request), now=timezone.now()))
        except (PermissionDenied, PersonDisabled):
            logout(request)
            refused: HttpResponse = self.respond_user_inactive(request, user)
            return refused
        known_devices.remember(request, response, user.username)
        if login is not None:
            sessions.keep(request, user, login.provider.configured, subject=login.account.uid, sid=login.state["came"]["sid"])
        return response

    def get_login_stages(self) -> list[str]:
        """After a password or a provider there is one step more: the second factor, as the portal asks for it."""
        return ["portal.accounts.factors.log_in.SecondFactor"]

    def logout(self, request: PageRequest) -> None:
        key, actor = request.session.session_key or "", actor_of(request)
        end = partial(log_ins.end, session_key=key, place=place_of(request), actor=actor, now=timezone.now())
        # A session that has ended meanwhile has its entry.
        with suppress(PermissionDenied):
            carry_out(request, end, ends_own_rights=True)
        super().logout(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where the call comes from, as everywhere in the portal. Raises PermissionDenied where that cannot be told."""
        address = address_of(request)
        if address is None:
            raise PermissionDenied
        return str(address)


def _name(credentials: Mapping[str, Any]) -> str:
    return str(credentials.get("username") or "")


def _record_failure(request: HttpRequest, name: str, reason: str) -> None:
    step = log_ins.CONFIRM if request.user.is_authenticated else log_ins.LOG_IN
    log_ins.fail(request=request, name=name, step=step, reason=reason, place=place_of(request), now=timezone.now())


class ApiClients(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Programs: what a token of theirs may be good for, and how a secret looks."""

    scope_display = wording.SCOPES

    def generate_client_secret(self) -> str:
        """Return 256 bits that shells, forms and files take as they are; allauth's have & and quotes among them."""
        return secrets.token_urlsafe(32)
