"""People, and who they are in AWS and elsewhere. Their rows are written by the verbs of `services.people.people`."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import PlainValidator

from access_requests.grants import identity_center
from access_requests.grants.contract import Principal
from access_requests.services.catalogue.fields import Fields, Listed
from access_requests.services.catalogue.kinds.standing_group import STANDING_GROUP_NAME
from access_requests.services.catalogue.values import EMAIL, FLAG, IAM, IAM_RULE, matching, text
from access_requests.services.people import people
from access_requests.services.people.people import Profile
from access_requests.services.record import bindings
from portal.aws import directory
from portal.users.models import User
from portal.verbs.actor import Actor

# The name is also the session's name in the target account, which takes at least 2 characters.
IAM_USER_NAME = matching(IAM, 64, IAM_RULE, shortest=2)
IAM_USER_ID = matching(r"[A-Z0-9]{16,128}", 128, "IAM's UserId, such as AIDACKCEVSQ6C2EXAMPLE")
IDENTITY_CENTER_USER_ID = matching(
    r"([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}",
    47,
    "Identity Center's UserId, such as 6f0c1b5e-3f0a-4a55-9d6f-0a1b2c3d4e5f",
)
SLACK_ID = matching(r"[UW][A-Z0-9]{2,40}", 41, "a Slack member ID, such as U012AB3CD")


class AwsUser(Fields):
    """A user in AWS: its name alone, or with its UserId."""

    SHORT: ClassVar = "name"
    name: str
    user_id: str | None


class IamUser(AwsUser):
    name: Annotated[str, IAM_USER_NAME]
    user_id: Annotated[str | None, IAM_USER_ID]


class IdentityCenterUser(AwsUser):
    name: Annotated[str, text(128)]
    user_id: Annotated[str | None, IDENTITY_CENTER_USER_ID]


class Identities(Fields):
    slack: Annotated[str | None, SLACK_ID] = None
    email: Annotated[str | None, EMAIL] = None


def _identities(value: object) -> dict[str, str]:
    identities: dict[str, str] = Identities.model_validate(value).model_dump(exclude_none=True)
    return identities


class Person(Fields):
    name: Annotated[str, text(120)]
    email: Annotated[str, EMAIL] = ""
    administrator: Annotated[bool, FLAG] = False
    auditor: Annotated[bool, FLAG] = False
    disabled: Annotated[bool, FLAG] = False
    iam_user: IamUser | None = None
    identity_center_user: IdentityCenterUser | None = None
    # None: the file says nothing of them, and what people have linked stays.
    identities: Annotated[dict[str, str] | None, PlainValidator(_identities)] = None
    standing_groups: Listed[Annotated[str, STANDING_GROUP_NAME]] = []

    @classmethod
    def of(cls, person: User) -> Self:
        """Return the person as the database has them."""
        said = people.describe(person)
        return cls.model_construct(
            **{
                **said,
                "iam_user": said["iam_user"] and IamUser.model_construct(**said["iam_user"]),
                "identity_center_user": said["identity_center_user"]
                and IdentityCenterUser.model_construct(**said["identity_center_user"]),
            }
        )

    def user(self, principal: Principal) -> AwsUser | None:
        """Return the user in AWS of one kind that this person is to be."""
        return self.iam_user if principal == Principal.IAM_USER else self.identity_center_user

    def bound(self, principal: Principal, user: AwsUser | None) -> Self:
        """Return the person with this user in AWS."""
        return self.but(iam_user=user) if principal == Principal.IAM_USER else self.but(identity_center_user=user)

    @property
    def profile(self) -> Profile:
        return Profile(**{field.name: getattr(self, field.name) for field in dataclasses.fields(Profile)})


def current() -> Mapping[str, Person]:
    """Return everybody; people who left the file are disabled, and still here."""
    rows = User.objects.select_related(*bindings.LOADED).prefetch_related("linked_identities", "held_roles", "standing_groups")
    return {row.username: Person.of(row) for row in rows}


def make_room(pairs: Mapping[str, tuple[Person, Person]], *, actor: Actor, now: datetime) -> None:
    """Let go of what is to change, so that users in AWS and identities can go from one person to another.

    `pairs` are those who are there already: username -> before and after.
    """
    for username, (before, after) in pairs.items():
        row = User.objects.get(username=username)
        people.release_identities(person=row, keep=after.identities or {})
        for principal in Principal:
            if before.user(principal) not in (None, after.user(principal)):
                people.unbind(person=row, principal=principal, actor=actor, now=now)


def write(username: str, before: Person | None, after: Person, *, actor: Actor, now: datetime) -> None:
    """Write a person. They are disabled, never removed."""
    if before is None:
        row = people.add(username=username, profile=after.profile, actor=actor, now=now)
    else:
        row = User.objects.get(username=username)
        if before.profile != after.profile:
            people.change(person=row, profile=after.profile, before=before.model_dump(), actor=actor, now=now)
    for principal in Principal:
        user = after.user(principal)
        if user is not None and user != (before and before.user(principal)):
            people.bind(person=row, principal=principal, user=_in_aws(principal, user), actor=actor, now=now)
    was_disabled = before is not None and before.disabled
    if after.disabled and not was_disabled:
        people.disable(person=row, actor=actor, now=now)
    if was_disabled and not after.disabled:
        people.enable(person=row, actor=actor, now=now)


def _in_aws(principal: Principal, user: AwsUser) -> people.AwsUser:
    if user.user_id is None:
        raise ValueError(f"nobody has asked AWS which user {user.name} is")
    if principal == Principal.IAM_USER:
        return directory.IamUser(name=user.name, user_id=user.user_id)
    return identity_center.IdentityCenterUser(name=user.name, user_id=user.user_id)
