"""Who acts in the past, by which door, and how they had proven who they were."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from portal.demo.database import CLIENT
from portal.users.models import FactorKind, User
from portal.verbs.actor import Actor, Door
from portal.verbs.proving import Proven

# Since when somebody was logged in who did something in the browser.
LOGGED_IN = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class LetInThen:
    """What let somebody in at that time: nobody asks for it again. `proves_person` as it was by that door."""

    proves_person: bool

    def still_lets_in(self, person: User) -> QuerySet[User]:
        return User.objects.filter(pk=person.pk)


def acting(username: str, door: str) -> Actor:
    """Return the person as they came by the door, now."""
    person, now = User.objects.get(username=username), timezone.now()
    chat = f"slack:U0{username.upper()}"
    match Door(door):
        case Door.CHAT:
            proof = {"method": "slack-signature", "at": now.isoformat(timespec="seconds"), "identity": chat}
            return Actor(person=person, door=Door.CHAT, credential=LetInThen(proves_person=True), proof=proof)
        case Door.CLIENT:
            proof = {"method": "client-assertion", "at": now.isoformat(timespec="seconds"), "identity": chat}
            credential = LetInThen(proves_person=False)
            return Actor(person=person, door=Door.CLIENT, client=CLIENT, credential=credential, proof=proof)
        case _:
            proof = _of_log_in(person, at=now - LOGGED_IN)
            credential = LetInThen(proves_person=True)
            return Actor(person=person, door=Door.BROWSER, credential=credential, proof=proof, proven=Proven.kept(proof))


def _of_log_in(person: User, *, at: datetime) -> dict[str, str]:
    """Return the proof by one-time code of whoever has codes, else by password."""
    codes = person.factors.filter(kind=FactorKind.TOTP).first()
    by = {"method": "password"} if codes is None else {"method": "totp", "factor": codes.code}
    return {**by, "at": at.isoformat(timespec="seconds")}
