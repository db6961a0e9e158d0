from typing import ClassVar

from django.conf import settings
from django.db import models

from access_requests.models.request import AccessRequest


class ReceivedSignature(models.Model):
    """A signed message that arrived, so that it has no effect a second time. Forgotten once its time stamp is too old anyway."""

    signature = models.CharField(max_length=80, unique=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("received_at", name="signature_age")]  # Read by the sweep, which forgets old ones.

    def __str__(self) -> str:
        return self.signature


class LinkCode(models.Model):
    """The one code with which a person's identity in a chat can be linked now. Only its digest is kept."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    # How the person proved who they are when the code was made: the other side of the proof.
    proof = models.JSONField()

    def __str__(self) -> str:
        return f"{self.person} {self.expires_at}"


class WrongCode(models.Model):
    """A code that was typed and is none, so that nobody guesses on."""

    identity = models.CharField(max_length=200)
    typed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index("identity", "typed_at", name="wrong_code_of_identity")]

    def __str__(self) -> str:
        return f"{self.identity} {self.typed_at}"


class SlackCard(models.Model):
    """A request as it stands in one place in Slack: a channel, or somebody's messages from the app."""

    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="slack_cards")
    # The recipient of its deliveries: `channel:` and what the policy names, or `person:` and a username.
    target = models.CharField(max_length=200)
    # To whom it was sent, in Slack's words, and where that was; empty until Slack has taken it.
    recipient = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=50, blank=True)
    ts = models.CharField(max_length=50, blank=True)
    # The digest of what it shows, so that it is updated only when something has changed.
    shown = models.CharField(max_length=64, blank=True)
    # Until when somebody else is writing it: what is written later is read later, and no update overtakes another.
    busy_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint("request", "target", name="slack_one_card_a_place")]

    def __str__(self) -> str:
        return f"{self.request} {self.target}"
