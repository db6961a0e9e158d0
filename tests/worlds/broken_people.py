"""What the database refuses of people, their roles, directories and factors, each constraint broken once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from access_requests.models import ScimGroup, ScimUser
from portal.users.models import Factor, HeldRole, LinkedIdentity, User
from tests.worlds.cast import Cast
from tests.worlds.factors import factor, take_factors

# Prepares, and returns what breaks the constraint.
Break = Callable[[Cast, datetime], Callable[[], object]]
Fields = Mapping[str, str]


def scim_users_with(first: Fields, second: Fields) -> Break:
    """Return what makes two people of one directory, who but for these fields could both be."""

    def made(cast: Cast, now: datetime, name: str, fields: Fields) -> object:
        said: dict[str, Any] = {"user_name_key": name, "created_at": now, "modified_at": now, "person": name, **fields}
        return ScimUser.objects.create(provider="okta", **{**said, "person": getattr(cast, said["person"])})

    def break_it(cast: Cast, now: datetime) -> Callable[[], object]:
        made(cast, now, "member01", first)
        return lambda: made(cast, now, "member02", second)

    return break_it


def scim_groups_with(first: Fields, second: Fields) -> Break:
    def made(now: datetime, name: str, fields: Fields) -> object:
        return ScimGroup.objects.create(provider="okta", **{"name_key": name, "created_at": now, "modified_at": now, **fields})

    def break_it(_cast: Cast, now: datetime) -> Callable[[], object]:
        made(now, "one", first)
        return lambda: made(now, "other", second)

    return break_it


def role_twice(cast: Cast, now: datetime) -> Callable[[], object]:
    held = {"person": cast.member01, "role": "engineer", "source": "login:okta", "since": now, "confirmed_at": now}
    HeldRole.objects.create(**held)
    return lambda: HeldRole.objects.create(**held)


def factor_with(**changes: str) -> Break:
    def prepare(cast: Cast, _now: datetime) -> Callable[[], object]:
        take_factors(cast.leader01, cast.leader02)
        rows = Factor.objects.filter(pk=factor(cast.leader01).pk)
        factor(cast.leader01, "totp")
        factor(cast.leader02, credential_id="of-leader02")
        return lambda: rows.update(**changes)

    return prepare


BREAKS: dict[str, Break] = {
    "users_username_any_case": lambda _cast, _: lambda: User.objects.create(username="MEMBER01"),
    "users_without_flags_of_django": lambda _cast, _: lambda: User.objects.create(username="root", is_superuser=True),
    "users_role_once_a_source": role_twice,
    "users_factor_known_kind": factor_with(kind="sms", credential_id="", public_key=""),
    "users_factor_passkey_has_its_key": factor_with(public_key=""),
    "users_factor_passkey_once": factor_with(credential_id="of-leader02"),
    "users_factor_one_of_its_kind": factor_with(kind="totp", credential_id="", public_key=""),
    "scim_user_name_once": scim_users_with({"user_name_key": "a"}, {"user_name_key": "a"}),
    "scim_user_external_id_once": scim_users_with({"external_id": "1"}, {"external_id": "1"}),
    "scim_user_person_once": scim_users_with({}, {"person": "member01"}),
    "scim_group_name_once": scim_groups_with({"name_key": "a"}, {"name_key": "a"}),
    "scim_group_external_id_once": scim_groups_with({"external_id": "1"}, {"external_id": "1"}),
    "users_one_person_an_identity": lambda cast, _: (
        lambda: LinkedIdentity.objects.create(person=cast.member02, provider="slack", external_id="u0member01")
    ),
}
