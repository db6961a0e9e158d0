"""People and the identities by which other systems know them."""

import zoneinfo
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.hashers import get_hasher, identify_hasher, verify_password
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from portal import codes
from portal.providers.provider import Role


def time_zones() -> frozenset[str]:
    """Return the names of the IANA time zone database that are somewhere, and the same on every machine."""
    return frozenset(zoneinfo.available_timezones() - {"Factory", "localtime"})


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless the name is one of `time_zones`."""
    if name and name not in time_zones():
        raise ValidationError(_("There is no time zone of this name."), code="unknown_time_zone")


def called(username: str, name: str) -> str:
    """Return how a person is called, with the name that AWS and the trail know them by: 高橋 直子(leader01)."""
    words = {"name": name, "username": username}
    return pgettext("a person and their user name", "%(name)s (%(username)s)") % words if name else username


# Administrators, on the page of a person.
PORTAL = "portal"


class User(AbstractUser):
    """A person. Disabled (`is_active` false) means: no log-in, no token, no chat identity, at once."""

    first_name = None  # type: ignore[assignment]  # Django's way to take a field of the abstract class out.
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    is_auditor = models.BooleanField(_("auditor"), default=False)
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[check_time_zone])
    # The provider of log-in that made them, `login:KEY`; empty for those whom administrators or the catalogue's file made.
    made_by = models.CharField(_("made by"), max_length=40, blank=True, default="", db_default="", editable=False)
    # Who keeps a disabled person out and lets them in again: `PORTAL`, a provider (`login:KEY`), or, empty, the catalogue's file.
    disabled_by = models.CharField(_("disabled by"), max_length=40, blank=True, default="", db_default="", editable=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            # Names that differ by letter case only would let one person pass for another.
            models.UniqueConstraint(Lower("username"), name="users_username_any_case"),
            # By Django's flags the portal lets nobody do anything, and a library that asks for them is to let nobody either.
            models.CheckConstraint(condition=Q(is_staff=False, is_superuser=False), name="users_without_flags_of_django"),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def called(self) -> str:
        return called(self.username, self.name)

    def get_full_name(self) -> str:
        return self.name or self.username

    def check_password(self, raw_password: str | None) -> bool:
        """Return whether it is the password. Django would store it hashed anew by the way, and no entry would tell."""
        is_right, _must_update = verify_password(raw_password, self.password)
        return is_right

    @property
    def is_to_be_rehashed(self) -> bool:
        """Whether the password is stored as an older release hashed passwords."""
        if not self.has_usable_password():
            return False
        hasher = get_hasher()
        return identify_hasher(self.password).algorithm != hasher.algorithm or hasher.must_update(self.password)

    @property
    def reads_everything(self) -> bool:
        return self.is_administrator or self.is_auditor

    @cached_property
    def second_factors(self) -> Mapping[int, "Factor"]:
        """Return the factors by allauth's number of each. Read once; `portal.verbs.authority` has them read anew in each act."""
        return {factor.authenticator_id: factor for factor in self.factors.all()}

    def forget_factors(self) -> None:
        """Have them read anew: one was added, or taken away."""
        vars(self).pop("second_factors", None)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone or settings.DEFAULT_PERSON_TIME_ZONE)


class LinkedIdentity(models.Model):
    """A person's name in another system, such as a Slack user id. Only a verified one may be acted for.

    At a provider of log-in, `login:KEY`, it is the subject; one that is no longer verified was ended, and comes back for nobody.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="linked_identities", verbose_name=_("person"))
    provider = models.CharField(_("provider"), max_length=40)
    external_id = models.CharField(_("identity there"), max_length=255)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)

    class Meta:
        verbose_name = _("linked identity")
        verbose_name_plural = _("linked identities")
        constraints: ClassVar = [
            models.UniqueConstraint("provider", Lower("external_id"), name="users_one_person_an_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}:{self.external_id}"


class HeldRole(models.Model):
    """A role of a person, and who says so: `HERE` are administrators and the catalogue's file, `login:KEY` is a provider.

    `is_administrator` and `is_auditor` say what comes of all sources: no flag is set without a row.
    """

    HERE: ClassVar = "here"

    person = models.ForeignKey(User, models.CASCADE, related_name="held_roles", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=[(role.value, role.value) for role in Role])
    source = models.CharField(_("said by"), max_length=40)
    since = models.DateTimeField(_("since"))
    # When the source last said so.
    confirmed_at = models.DateTimeField(_("confirmed"))

    class Meta:
        verbose_name = _("role of a person")
        verbose_name_plural = _("roles of people")
        constraints: ClassVar = [
            models.UniqueConstraint("person", "role", "source", name="users_role_once_a_source"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role}, {self.source}"


class ProviderSession(models.Model):
    """A session of the portal, and which one it is at the provider of log-in that proved the person."""

    person = models.ForeignKey(User, models.CASCADE, related_name="provider_sessions", verbose_name=_("person"))
    provider = models.CharField(_("provider"), max_length=40)
    subject = models.CharField(_("identity there"), max_length=255)
    sid = models.CharField(_("session there"), max_length=255, blank=True)
    session_key = models.CharField(_("session"), max_length=40, unique=True)
    began_at = models.DateTimeField(_("began"))

    class Meta:
        verbose_name = _("session by a provider")
        verbose_name_plural = _("sessions by providers")
        indexes: ClassVar = [
            # Read when a provider says that somebody logged out there, and for the last log-in of each.
            models.Index(fields=["provider", "sid"], name="users_session_there"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}:{self.subject}"


def factor_code() -> str:
    return codes.new("K")


class FactorKind(models.TextChoices):
    TOTP = "totp", _("one-time codes")
    PASSKEY = "passkey", _("passkey")
    RECOVERY = "recovery", _("recovery codes")


# What allauth calls each kind, and we.
FACTOR_KINDS = {"totp": FactorKind.TOTP, "webauthn": FactorKind.PASSKEY, "recovery_codes": FactorKind.RECOVERY}


class Factor(models.Model):
    """By what a person proves themselves besides a password, as rules, counters and pages read it.

    Secrets are in allauth's row alone, sealed. What a passkey's signature is verified by is in the trail too, from when it was
    added, and whoever grants by one reads it there.
    """

    code = models.CharField(_("number"), max_length=10, unique=True, default=factor_code, editable=False)
    person = models.ForeignKey(User, models.CASCADE, related_name="factors", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=10, choices=FactorKind.choices)
    name = models.CharField(_("name"), max_length=60, blank=True)
    authenticator = models.OneToOneField("mfa.Authenticator", models.CASCADE, related_name="factor")
    # Of a passkey, in base64url; the key as COSE writes it.
    credential_id = models.CharField(max_length=1400, blank=True, default="", editable=False)
    public_key = models.TextField(blank=True, default="", editable=False)
    # The highest that the passkey has counted its signatures to; for ever 0 where it does not count.
    sign_count = models.BigIntegerField(default=0, editable=False)
    # The step of time whose one-time code was taken last. A code of it or of an earlier one is not taken again.
    last_step = models.BigIntegerField(null=True, editable=False)
    added_at = models.DateTimeField(_("added"))
    last_used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(kind__in=sorted(FactorKind.values)), name="users_factor_known_kind"),
            models.CheckConstraint(
                condition=(models.Q(kind=FactorKind.PASSKEY) & ~models.Q(credential_id="") & ~models.Q(public_key=""))
                | (~models.Q(kind=FactorKind.PASSKEY) & models.Q(credential_id="", public_key="")),
                name="users_factor_passkey_has_its_key",
            ),
            models.UniqueConstraint("credential_id", condition=~models.Q(credential_id=""), name="users_factor_passkey_once"),
            models.UniqueConstraint(
                "person", "kind", condition=~models.Q(kind=FactorKind.PASSKEY), name="users_factor_one_of_its_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FactorReset(models.Model):
    """One administrator proposes to take all factors from a person; another one does it. The row goes when it is settled."""

    person = models.OneToOneField(User, models.CASCADE, related_name="factor_reset", verbose_name=_("person"))
    # As the trail names who acts.
    proposed_by = models.CharField(_("proposed by"), max_length=160)
    reason = models.CharField(_("reason"), max_length=500)
    proposed_at = models.DateTimeField(_("proposed"))
    good_until = models.DateTimeField(_("good until"))

    class Meta:
        verbose_name = _("reset of second factors")
        verbose_name_plural = _("resets of second factors")

    def __str__(self) -> str:
        return str(self.person)
