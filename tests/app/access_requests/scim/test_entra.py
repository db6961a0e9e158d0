"""What Microsoft Entra sends, as its documentation has it."""

from typing import Any

import pytest

from portal.users.models import HeldRole, LinkedIdentity, User
from tests.app.access_requests.scim.conftest import Directory

pytestmark = pytest.mark.django_db
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def taro(**changes: Any) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "taro@example.com",
        "active": True,
        "emails": [{"primary": True, "type": "work", "value": "taro@example.com"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "鈴木 太郎", "familyName": "鈴木", "givenName": "太郎"},
        "title": "課長",
        "preferredLanguage": "ja",
        ENTERPRISE: {"department": "開発部", "manager": "2a21f0f2"},
        "roles": [],
        **changes,
    }


@pytest.fixture
def made(company: Directory) -> dict[str, Any]:
    found: dict[str, Any] = company.made("/Users", taro())
    return found


def test_entra_tries_the_connection_with_a_name_that_nobody_has(company: Directory) -> None:
    answer = company.call("GET", "/Users?filter=userName+eq+%22b8ce2b3d-2b0a-4a1f-9bb9-5f3d5a2f2f4f%22")
    assert (answer.status_code, answer.json()["totalResults"]) == (200, 0)


def test_what_is_not_kept_is_neither_refused_nor_kept(made: dict[str, Any]) -> None:
    assert {"title", "preferredLanguage", ENTERPRISE} & made.keys() == set()
    assert User.objects.get(username="taro").name == "鈴木 太郎"


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "Replace", "path": "active", "value": False},
        {"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active", "value": "false"},
        {"op": "Replace", "value": {"active": "False"}},
        {"op": "Add", "path": "active", "value": "False"},
    ],
)
def test_every_way_to_say_inactive_shuts_the_person_out(company: Directory, made: dict[str, Any], operation: Any) -> None:
    assert company.patched(f"/Users/{made['id']}", operation)["active"] is False
    assert not User.objects.get(username="taro").is_active


def test_paths_with_values_and_attributes_that_are_not_kept(company: Directory, made: dict[str, Any]) -> None:
    changed = company.patched(
        f"/Users/{made['id']}",
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "suzuki@example.com"},
        {"op": "Replace", "path": "name.familyName", "value": "すずき"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+81 90 0000 0000"},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "営業部"},
        {"op": "Add", "path": "displayName", "value": "すずき たろう"},
    )
    assert changed["emails"] == [{"primary": True, "type": "work", "value": "suzuki@example.com"}]
    person = User.objects.get(username="taro")
    assert (person.name, person.email) == ("すずき たろう", "suzuki@example.com")


def test_many_attributes_without_path(company: Directory, made: dict[str, Any]) -> None:
    value = {
        "displayName": "Taro Suzuki",
        "name.givenName": "Taro",
        'emails[type eq "work"].value': "t@example.com",
        f"{ENTERPRISE}:department": "Sales",
    }
    changed = company.patched(f"/Users/{made['id']}", {"op": "replace", "value": value})
    assert (changed["displayName"], changed["name"]["givenName"]) == ("Taro Suzuki", "Taro")
    assert changed["emails"][0]["value"] == "t@example.com"


def test_address_of_a_kind_that_is_not_there_yet_is_added(company: Directory) -> None:
    made = company.made("/Users", taro(emails=None))
    value = {"op": "Add", "path": 'emails[type eq "work"].value', "value": "taro@example.com"}
    assert company.patched(f"/Users/{made['id']}", value)["emails"] == [{"type": "work", "value": "taro@example.com"}]


def test_subject_may_come_later_and_may_change(company: Directory) -> None:
    made = company.made("/Users", taro(externalId=None))
    assert not LinkedIdentity.objects.filter(person__username="taro").exists()
    for subject in ("first", "second"):
        company.patched(f"/Users/{made['id']}", {"op": "Add", "path": "externalId", "value": subject})
        assert LinkedIdentity.objects.get(person__username="taro").external_id == subject


def test_groups_are_read_without_members_and_members_are_removed_by_value(company: Directory, made: dict[str, Any]) -> None:
    group = {
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM",
        ],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
        "displayName": "Leads",
        "meta": {"resourceType": "Group"},
    }
    there = company.made("/Groups", group)
    found = company.call("GET", "/Groups?excludedAttributes=members&filter=displayName+eq+%22leads%22").json()
    assert [one["id"] for one in found["Resources"]] == [there["id"]]
    add = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": made["id"]}]}
    assert [one["value"] for one in company.patched(f"/Groups/{there['id']}", add)["members"]] == [made["id"]]
    assert HeldRole.objects.filter(role="lead").exists()
    assert "members" not in company.call("GET", f"/Groups/{there['id']}?excludedAttributes=members").json()
    remove = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": made["id"]}]}
    assert "members" not in company.patched(f"/Groups/{there['id']}", remove)
    assert not HeldRole.objects.filter(role="lead").exists()
