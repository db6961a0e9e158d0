from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from access_requests.grants.contract import Principal
from access_requests.grants.identity_center import IdentityCenterUser
from access_requests.models import IamUserBinding
from access_requests.services.people import people
from access_requests.services.people.people import Profile
from audits.models import TrailEntry
from portal.aws.directory import IamUser
from portal.users.models import LinkedIdentity, User
from tests.worlds.cast import PASSWORD, Cast, actor_of, add_person

pytestmark = pytest.mark.django_db


def test_a_disabled_person_is_out_at_once(cast: Cast, client: Client, now: datetime) -> None:
    client.force_login(cast.auditor01)
    assert client.get("/admin/").status_code == 200
    people.disable(person=cast.auditor01, actor=actor_of(cast.admin01), now=now)
    assert client.get("/admin/").status_code == 302
    assert not client.login(username="auditor01", password=PASSWORD)


def test_disabling_is_recorded_with_who_did_it(cast: Cast, now: datetime) -> None:
    people.disable(person=cast.member01, actor=actor_of(cast.admin01), now=now)
    entry = TrailEntry.objects.get(act="person.disabled")
    assert (entry.actor, entry.subject) == ("admin01", "person:member01")
    assert (entry.data["before"]["disabled"], entry.data["after"]["disabled"]) == (False, True)
    assert entry.data["proof"]["method"] == "password"


def test_an_enabled_person_is_in_again(cast: Cast, client: Client, now: datetime) -> None:
    people.disable(person=cast.member01, actor=actor_of(cast.admin01), now=now)
    people.enable(person=cast.member01, actor=actor_of(cast.admin01), now=now)
    assert client.login(username="member01", password=PASSWORD)


def test_a_name_that_differs_by_case_only_is_nobody_new(cast: Cast, now: datetime) -> None:
    with pytest.raises(ValidationError):
        people.add(username="MEMBER01", profile=Profile(name="another"), actor=actor_of(cast.admin01), now=now)


def test_a_changed_profile_is_recorded_before_and_after(cast: Cast, now: datetime) -> None:
    profile = Profile(
        name="佐藤 美咲", email="m@example.com", auditor=True, identities={"slack": "U0NEW"}, standing_groups=["LeaderGroup"]
    )
    people.change(person=cast.member01, profile=profile, actor=actor_of(cast.admin01), now=now)
    entry = TrailEntry.objects.get(act="person.changed")
    assert (entry.data["before"]["standing_groups"], entry.data["after"]["standing_groups"]) == (["MemberGroup"], ["LeaderGroup"])
    assert entry.data["after"]["auditor"] is True
    assert LinkedIdentity.objects.get(person=cast.member01).external_id == "U0NEW"


def test_a_binding_is_recorded_when_it_is_made_and_when_it_goes(cast: Cast, now: datetime) -> None:
    actor = actor_of(cast.admin01)
    people.unbind(person=cast.member01, principal=Principal.IAM_USER, actor=actor, now=now)
    people.bind(
        person=cast.member01, principal=Principal.IAM_USER, user=IamUser(name="m1", user_id="AIDAM1"), actor=actor, now=now
    )
    assert IamUserBinding.objects.get(person=cast.member01).user_id == "AIDAM1"
    entries = TrailEntry.objects.filter(subject="person:member01").order_by("pk")
    assert [entry.act for entry in entries] == ["iam_user.unbound", "iam_user.bound"]
    assert entries[1].data["after"] == {"name": "m1", "user_id": "AIDAM1"}


def test_a_user_of_identity_center_is_bound_beside_the_iam_user(cast: Cast, now: datetime) -> None:
    actor = actor_of(cast.admin01)
    user = IdentityCenterUser(name="Misaki", user_id="6f0c1b5e-3f0a-4a55-9d6f-0a1b2c3d4e5f")
    people.bind(person=cast.member01, principal=Principal.IDENTITY_CENTER_USER, user=user, actor=actor, now=now)
    person = User.objects.get(username="member01")
    described = {"name": "Misaki", "user_id": "6f0c1b5e-3f0a-4a55-9d6f-0a1b2c3d4e5f"}
    assert people.describe(person)["identity_center_user"] == described
    assert person.iam_user.user_name == "member01"
    people.unbind(person=person, principal=Principal.IDENTITY_CENTER_USER, actor=actor, now=now)
    assert people.describe(User.objects.get(username="member01"))["identity_center_user"] is None
    entries = TrailEntry.objects.filter(subject="person:member01").order_by("pk")
    assert [entry.act for entry in entries] == ["identity_center_user.bound", "identity_center_user.unbound"]
    assert [entry.data["after"] for entry in entries] == [described, None]


def test_one_more_person_of_the_cast_is_as_the_others(cast: Cast) -> None:
    other = add_person("member03")
    assert people.describe(other)["iam_user"]["name"] == "member03"
