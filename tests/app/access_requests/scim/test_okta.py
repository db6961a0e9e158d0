"""What Okta sends, as its documentation has it."""

from typing import Any

import pytest

from access_requests.models import ScimUser
from audits.models import TrailEntry
from portal.users.models import HeldRole, LinkedIdentity, User
from tests.app.access_requests.scim.conftest import Directory

pytestmark = pytest.mark.django_db
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


def hanako(**changes: Any) -> dict[str, Any]:
    return {
        "schemas": [CORE],
        "userName": "hanako@example.com",
        "name": {"givenName": "花子", "familyName": "山田"},
        "emails": [{"primary": True, "value": "hanako@example.com", "type": "work"}],
        "displayName": "山田 花子",
        "locale": "ja-JP",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
        **changes,
    }


def test_okta_looks_whether_there_is_somebody_before_it_makes_them(company: Directory) -> None:
    answer = company.call("GET", "/Users?filter=userName%20eq%20%22hanako%40example.com%22&startIndex=1&count=100")
    assert answer["Content-Type"] == "application/scim+json"
    assert (answer.json()["totalResults"], answer.json()["startIndex"]) == (0, 1)
    company.made("/Users", hanako())
    found = company.call("GET", "/Users?filter=userName%20eq%20%22HANAKO%40example.com%22&startIndex=1&count=100").json()
    assert [one["userName"] for one in found["Resources"]] == ["hanako@example.com"]


def test_whom_okta_makes_is_a_person_who_logs_in_by_the_subject_that_okta_gives(company: Directory) -> None:
    made = company.made("/Users", hanako())
    person = User.objects.get(username="hanako")
    assert (person.name, person.email, person.made_by) == ("山田 花子", "hanako@example.com", "login:company")
    assert not person.has_usable_password()
    link = LinkedIdentity.objects.get(person=person)
    assert (link.provider, link.external_id) == ("login:company", "00ujl29u0le5T6Aj10h7")
    assert made["meta"]["location"] == f"http://testserver/scim/v2/Users/{made['id']}"
    assert "password" not in made
    assert "locale" not in made
    assert "1mz050nq" not in str(ScimUser.objects.values().get())
    acts = TrailEntry.objects.filter(subject="person:hanako").order_by("pk").values_list("act", "actor")
    expected = ["person.added", "log_in.linked", "person.provisioned"]
    assert list(acts) == [(act, "provider:company") for act in expected]
    assert TrailEntry.objects.latest("pk").data["door"] == "directory"


def test_put_changes_names_and_address_and_never_the_username(company: Directory) -> None:
    made = company.made("/Users", hanako())
    email = [{"primary": True, "value": "sato@example.com", "type": "work"}]
    changed = hanako(id=made["id"], userName="sato@example.com", displayName="佐藤 花子", emails=email)
    answer = company.call("PUT", f"/Users/{made['id']}", changed)
    assert (answer.status_code, answer.json()["userName"]) == (200, "sato@example.com")
    person = User.objects.get(made_by="login:company")
    assert (person.username, person.name, person.email) == ("hanako", "佐藤 花子", "sato@example.com")


def test_okta_deactivates_and_reactivates_by_a_replace_without_path(company: Directory) -> None:
    made = company.made("/Users", hanako())
    off = company.patched(f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
    assert off["active"] is False
    assert not User.objects.get(username="hanako").is_active
    company.patched(f"/Users/{made['id']}", {"op": "replace", "value": {"active": True}})
    assert User.objects.get(username="hanako").is_active
    acts = TrailEntry.objects.filter(subject="person:hanako").order_by("pk").values_list("act", flat=True)
    assert list(acts)[3:] == ["person.disabled", "person.provisioned", "person.enabled", "person.provisioned"]


def test_groups_that_are_pushed_make_people_what_the_configuration_says(company: Directory) -> None:
    made = company.made("/Users", hanako())
    group = company.made("/Groups", {"displayName": "Leads", "members": [{"value": made["id"], "display": "hanako"}]})
    person = User.objects.get(username="hanako")
    assert list(HeldRole.objects.filter(person=person).values_list("role", "source")) == [("lead", "login:company")]
    renamed = {"op": "replace", "value": {"id": group["id"], "displayName": "Portal admins"}}
    company.patched(f"/Groups/{group['id']}", renamed)
    person.refresh_from_db()
    assert person.is_administrator
    out = {"op": "remove", "path": f'members[value eq "{made["id"]}"]'}
    company.patched(f"/Groups/{group['id']}", out)
    person.refresh_from_db()
    assert not person.is_administrator
    back = {"op": "add", "path": "members", "value": [{"value": made["id"], "display": "hanako@example.com"}]}
    company.patched(f"/Groups/{group['id']}", back)
    assert company.call("DELETE", f"/Groups/{group['id']}").status_code == 204
    person.refresh_from_db()
    assert not person.is_administrator
    assert TrailEntry.objects.filter(act="directory_group.changed").count() == 5
    assert TrailEntry.objects.filter(act="person.roles_changed", actor="provider:company").count() == 5
