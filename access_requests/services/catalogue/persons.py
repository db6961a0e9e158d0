"""Changes of people, as verbs of `services.people.people`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from access_requests.grants.identity_center import IdentityCenterUser
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.state import Fields
from access_requests.services.people import people
from access_requests.services.people.people import Profile
from portal.aws.directory import IamUser
from portal.users.models import User
from portal.verbs.actor import Actor

USERS: Mapping[str, type[IamUser | IdentityCenterUser]] = {
    "iam_user": IamUser,
    "identity_center_user": IdentityCenterUser,
}
PROFILE = ("name", "email", "administrator", "auditor", "identities", "standing_groups")


def make_room(changes: Sequence[Change], *, actor: Actor, now: datetime) -> None:
    """Let go of what is to change, so that users in AWS and identities can go from one person to another."""
    for change in changes:
        if change.before is None or change.after is None:
            continue
        person = User.objects.get(username=change.key)
        people.release_identities(person=person, keep=change.after["identities"])
        for field in people.BINDINGS:
            if change.before[field] not in (None, change.after[field]):
                people.unbind(person=person, field=field, actor=actor, now=now)


def write(change: Change, *, actor: Actor, now: datetime) -> None:
    before, after = change.before, change.after
    if after is None:
        raise ValueError("people are disabled, never removed")
    profile = Profile(**{field: after[field] for field in PROFILE})
    if before is None:
        person = people.add(username=change.key, profile=profile, actor=actor, now=now)
    else:
        person = User.objects.get(username=change.key)
        if any(before[field] != after[field] for field in PROFILE):
            people.change(person=person, profile=profile, before=before, actor=actor, now=now)
    for field, user in USERS.items():
        if after[field] is not None and after[field] != (before or {}).get(field):
            people.bind(person=person, user=user(**after[field]), actor=actor, now=now)
    _switch(person, before, after, actor=actor, now=now)


def _switch(person: User, before: Fields | None, after: Fields, *, actor: Actor, now: datetime) -> None:
    was_disabled = bool(before and before["disabled"])
    if after["disabled"] and not was_disabled:
        people.disable(person=person, actor=actor, now=now)
    if was_disabled and not after["disabled"]:
        people.enable(person=person, actor=actor, now=now)
