"""Signed messages that were received, so that none has an effect twice, whichever process of the web it reaches."""

from datetime import datetime, timedelta

from django.db import IntegrityError

from access_requests.models import ReceivedSignature
from portal.verbs.run import run

# A message is good for five minutes before and after its time stamp, so for ten after it may first arrive.
KEPT = timedelta(minutes=15)


def is_first(signature: str, *, now: datetime) -> bool:
    """Whether this signature arrives for the first time; from now on it does not.

    Committed before the message has its effect: a process that dies in between leaves a message without effect, which
    somebody sends again, and never one with two.
    """
    try:
        run(lambda: ReceivedSignature.objects.create(signature=signature, received_at=now))
    except IntegrityError:
        return False
    return True


def forget_old(*, now: datetime) -> None:
    """Delete the signatures of messages that are too old to be listened to."""
    old = ReceivedSignature.objects.filter(received_at__lt=now - KEPT)
    if old.exists():
        old.delete()
