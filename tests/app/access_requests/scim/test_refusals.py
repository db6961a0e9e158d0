"""What the door refuses, each as an error of SCIM, and changes nothing by."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access_requests.models import ScimGroup, ScimUser
from access_requests.services.people import administering, arriving, scim_tokens
from access_requests.services.people.person_errors import DisabledByProvider
from audits.models import TrailEntry
from portal.users.models import LinkedIdentity, User
from portal.verbs.run import run
from tests.app.access_requests.scim.conftest import Directory
from tests.worlds.cast import Cast, actor_of
from tests.worlds.providers import arrival

pytestmark = pytest.mark.django_db
PATHS = ("/Users", "/Groups", "/ServiceProviderConfig", "/Schemas", "/ResourceTypes", "/Users/.search", "/Bulk", "/Me", "/", "")


def user(name: str = "hanako@example.com", **changes: Any) -> dict[str, Any]:
    return {"userName": name, "externalId": f"of-{name}", "emails": [{"value": name}], **changes}


def error(answer: Any) -> tuple[int, str | None]:
    """Return what is refused, having looked that it is an error of SCIM which nobody keeps."""
    assert answer["Content-Type"] == "application/scim+json"
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert (body["status"], bool(body["detail"])) == (str(answer.status_code), True)
    return answer.status_code, body.get("scimType")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic c2NpbTpzY2lt", "Bearer a b", "Bearer \u3042"])
def test_without_a_good_token_nothing_is_said(company: Directory, path: str, header: str | None) -> None:
    headers = {"Authorization": header.encode().decode("latin-1")} if header is not None else {}
    answer = Client().get(f"/scim/v2{path}", headers=headers)
    assert error(answer) == (401, None)
    assert answer["WWW-Authenticate"] == 'Bearer realm="SCIM"'


def test_session_of_an_administrator_is_no_token(company: Directory, cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.admin01)
    assert error(browser.get("/scim/v2/Users")) == (401, None)


def test_revoked_token_is_refused_while_another_is_good(company: Directory, cast: Cast) -> None:
    made = run(lambda: scim_tokens.make(provider=company.provider, actor=actor_of(cast.admin01), now=timezone.now()))
    run(lambda: scim_tokens.revoke(token=company.token, actor=actor_of(cast.admin01), now=timezone.now()))
    assert error(company.call("POST", "/Users", user())) == (401, None)
    assert not ScimUser.objects.exists()
    other = Client(headers={"Authorization": f"Bearer {made.secret}"})
    assert other.get("/scim/v2/Users").status_code == 200


def test_token_that_is_revoked_while_a_call_is_on_its_way_writes_nothing(
    company: Directory, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def revoked(*_args: Any, **_options: Any) -> None:
        type(company.token).objects.update(revoked_at=timezone.now())

    monkeypatch.setattr("access_requests.scim.reading.check", revoked)
    assert error(company.call("POST", "/Users", user())) == (401, None)
    assert not ScimUser.objects.exists()


def test_provider_that_provisions_no_more_is_refused(company: Directory, settings: Settings) -> None:
    settings.LOGIN_PROVIDERS = (company.provider.model_copy(update={"scim": None}),)
    assert error(company.call("GET", "/Users")) == (401, None)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("kind", ["Users", "Groups"])
def test_another_providers_people_and_groups_are_not_there(
    directories: tuple[Directory, Directory], settings: Settings, method: str, kind: str
) -> None:
    company, partner = directories
    both = partner.provider.model_copy(update={"scim": company.provider.scim})
    settings.LOGIN_PROVIDERS = (company.provider, both)
    body = user() if kind == "Users" else {"displayName": "Leads"}
    made = company.made(f"/{kind}", body)
    said = {"PUT": user("taken@example.com", displayName="Taken"), "PATCH": _patch({"displayName": "Taken"})}.get(method)
    assert error(partner.call(method, f"/{kind}/{made['id']}", said)) == (404, None)
    assert partner.call("GET", f"/{kind}").json()["totalResults"] == 0
    assert partner.call("GET", f'/{kind}?filter=id eq "{made["id"]}"').json()["totalResults"] == 0
    assert company.call("GET", f"/{kind}/{made['id']}").json() == made


def test_members_are_of_the_same_directory(directories: tuple[Directory, Directory]) -> None:
    company, partner = directories
    theirs = partner.made("/Users", {"userName": "jiro@example.com"})
    group = {"displayName": "Portal admins", "members": [{"value": theirs["id"]}]}
    assert error(company.call("POST", "/Groups", group)) == (400, "invalidValue")
    assert not ScimGroup.objects.exists()
    assert not User.objects.filter(is_administrator=True).exists()


def test_where_groups_mean_nothing_they_are_not_offered(partner: Directory) -> None:
    assert error(partner.call("GET", "/Groups")) == (404, None)
    assert [one["name"] for one in partner.call("GET", "/ResourceTypes").json()["Resources"]] == ["User"]


def test_provisioned_first_and_logged_in_later_is_the_same_person(company: Directory) -> None:
    """And the groups that came by SCIM say what they are, not those of the log-in."""
    made = company.made("/Users", user())
    company.made("/Groups", {"displayName": "Leads", "members": [{"value": made["id"]}]})
    says = {"subject": "of-hanako@example.com", "groups": frozenset({"Portal admins"})}
    person = run(lambda: arriving.arrive(arrival=arrival(company.provider, **says), now=timezone.now()))
    assert (person.username, person.is_administrator) == ("hanako", False)
    assert [row.role for row in person.held_roles.all()] == ["lead"]


def test_logged_in_first_and_provisioned_later_is_the_same_person(company: Directory) -> None:
    person = run(lambda: arriving.arrive(arrival=arrival(company.provider), now=timezone.now()))
    made = company.made("/Users", user(externalId="subject-of-hanako"))
    company.patched(f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
    person.refresh_from_db()
    assert not person.is_active


def test_last_administrator_is_shut_out_and_home_pages_say_so(company: Directory, cast: Cast) -> None:
    LinkedIdentity.objects.create(
        person=cast.admin01, provider="login:company", external_id="of-admin", verified_at=timezone.now()
    )
    made = company.made("/Users", user("admin01@example.com", externalId="of-admin"))
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(cast.auditor01)
    assert "Nobody administers the portal." not in browser.get("/").content.decode()
    company.patched(f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
    assert "Nobody administers the portal." in browser.get("/").content.decode()


@pytest.mark.parametrize("subject", ["of-admin", "admin01@example.com"])
def test_administrator_of_the_portal_is_not_taken_over(company: Directory, cast: Cast, subject: str, settings: Settings) -> None:
    """Not by address, though addresses are matched; nor by their username, which no directory says."""
    settings.LOGIN_PROVIDERS = (company.provider.model_copy(update={"match_by_email": True}),)
    said = user("admin01@example.com", externalId=subject, active=False)
    assert error(company.call("POST", "/Users", said)) == (409, "uniqueness")
    cast.admin01.refresh_from_db()
    assert cast.admin01.is_active
    assert not LinkedIdentity.objects.filter(provider="login:company").exists()


def test_emergency_account_is_neither_matched_nor_shut_out(company: Directory, cast: Cast, settings: Settings) -> None:
    settings.EMERGENCY_ACCOUNTS = ["member01"]
    settings.LOGIN_PROVIDERS = (company.provider.model_copy(update={"match_by_email": True}),)
    assert error(company.call("POST", "/Users", user("member01@example.com"))) == (409, "uniqueness")
    LinkedIdentity.objects.create(
        person=cast.member01, provider="login:company", external_id="of-member01", verified_at=timezone.now()
    )
    made = company.made("/Users", user("member01@example.com", externalId="of-member01"))
    assert error(company.call("PATCH", f"/Users/{made['id']}", _patch({"active": False}))) == (403, None)
    assert error(company.call("DELETE", f"/Users/{made['id']}")) == (403, None)
    cast.member01.refresh_from_db()
    assert cast.member01.is_active


def test_person_whom_others_made_keeps_name_and_address(company: Directory, cast: Cast, settings: Settings) -> None:
    settings.LOGIN_PROVIDERS = (company.provider.model_copy(update={"match_by_email": True}),)
    made = company.made("/Users", user("member01@example.com", displayName="Somebody else"))
    cast.member01.refresh_from_db()
    assert (cast.member01.name, cast.member01.email) == ("佐藤 美咲", "member01@example.com")
    company.patched(f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
    cast.member01.refresh_from_db()
    assert not cast.member01.is_active


def test_whom_an_administrator_disabled_no_directory_lets_in(company: Directory, cast: Cast) -> None:
    made = company.made("/Users", user())
    person = User.objects.get(username="hanako")
    admin = actor_of(cast.admin01)
    run(lambda: administering.disable(person=person, actor=admin, now=timezone.now()))
    company.patched(f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
    with pytest.raises(DisabledByProvider):
        run(lambda: administering.enable(person=person, actor=admin, now=timezone.now()))
    company.patched(f"/Users/{made['id']}", {"op": "replace", "value": {"active": True}})
    person.refresh_from_db()
    assert not person.is_active
    run(lambda: administering.enable(person=person, actor=admin, now=timezone.now()))


def test_whom_two_directories_shut_out_both_let_in(directories: tuple[Directory, Directory], settings: Settings) -> None:
    company, partner = directories
    matching = partner.provider.model_copy(update={"match_by_email": True})
    settings.LOGIN_PROVIDERS = (company.provider, matching)
    of_company = company.made("/Users", user())["id"]
    of_partner = partner.made("/Users", user())["id"]
    person = User.objects.get(username="hanako")
    company.patched(f"/Users/{of_company}", {"op": "replace", "value": {"active": False}})
    partner.patched(f"/Users/{of_partner}", {"op": "replace", "value": {"active": False}})
    company.patched(f"/Users/{of_company}", {"op": "replace", "value": {"active": True}})
    person.refresh_from_db()
    assert not person.is_active
    partner.patched(f"/Users/{of_partner}", {"op": "replace", "value": {"active": True}})
    person.refresh_from_db()
    assert person.is_active


def test_deleted_is_disabled_and_not_found_and_its_subject_lets_nobody_in(company: Directory, cast: Cast) -> None:
    made = company.made("/Users", user())
    assert company.call("DELETE", f"/Users/{made['id']}").status_code == 204
    assert not User.objects.get(username="hanako").is_active
    for method in ("GET", "DELETE"):
        assert error(company.call(method, f"/Users/{made['id']}")) == (404, None)
    assert company.call("GET", "/Users").json()["totalResults"] == 0
    assert error(company.call("POST", "/Users", user())) == (403, None)
    person = User.objects.get(made_by="login:company")
    run(lambda: administering.enable(person=person, actor=actor_of(cast.admin01), now=timezone.now()))


def test_write_over_what_changed_meanwhile_is_refused(company: Directory) -> None:
    made = company.made("/Users", user())
    path, stale = f"/Users/{made['id']}", made["meta"]["version"]
    current = company.patched(path, {"op": "replace", "value": {"displayName": "Hanako"}})["meta"]["version"]
    body = _patch({"active": False})
    assert error(company.call("PATCH", path, body, **{"If-Match": stale})) == (412, None)
    assert error(company.call("DELETE", path, **{"If-Match": stale})) == (412, None)
    assert company.call("GET", path, **{"If-None-Match": current}).status_code == 304
    assert company.call("PATCH", path, body, **{"If-Match": current}).status_code == 204


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"userName": NaN}', 400),
        (b'{"userName": "a", "userName": "b"}', 400),
        (b'{"userName": "a", "username": "b"}', 400),
        (b"[" * 100_000, 400),
        (b'{"userName": "a\xff"}', 400),
        (b'{"userName": "a\\u0000"}', 400),
        (b'{"userName": "a\\ud800"}', 400),
        (b'{"userName": "a\\u202eb"}', 400),
        (b'{"userName": "  "}', 400),
        (b'{"userName": ["a"]}', 400),
        (b'{"userName": "a", "active": "perhaps"}', 400),
        (b'{"displayName": "nobody"}', 400),
        (json.dumps({"userName": "a" * 256}).encode(), 400),
        (json.dumps({"userName": "a", "displayName": "n" * 300}).encode(), 400),
        (json.dumps({"userName": "a", "emails": [{"value": "a@example.com"}] * 21}).encode(), 400),
        (b'{"userName": "' + b"a" * 300_000 + b'"}', 413),
    ],
)
def test_body_that_cannot_be_used_is_refused(company: Directory, body: bytes, status: int) -> None:
    assert error(company.call("POST", "/Users", body))[0] == status
    assert not ScimUser.objects.exists()
    assert not TrailEntry.objects.exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("filter=userName", 400),
        ("filter=userName%20eq%20%22a%00%22", 400),
        ("filter=nothing%20eq%20%22a%22", 400),
        ("filter=a&filter=b", 400),
        ("filter=" + "(" * 3000, 400),
        ("startIndex=one", 400),
        ("count=-1", 200),
        ("sortBy=userName", 501),
        ("filter=" + "a" * 5000, 400),
    ],
)
def test_query_that_cannot_be_used_is_refused(company: Directory, query: str, status: int) -> None:
    assert company.call("GET", f"/Users?{query}").status_code == status


@pytest.mark.parametrize(("method", "path", "status"), [("POST", "/Bulk", 501), ("GET", "/Me", 501), ("GET", "/Nothing", 404)])
def test_what_is_not_offered(company: Directory, method: str, path: str, status: int) -> None:
    body: Any = {"Operations": []} if method == "POST" else None
    assert error(company.call(method, path, body)) == (status, None)
    assert company.call("GET", "/ServiceProviderConfig").json()["bulk"]["supported"] is False


def test_elsewhere_below_scim_there_is_nothing(company: Directory) -> None:
    assert error(Client().get("/scim/v1/Users")) == (404, None)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_other_media_are_refused(company: Directory, content_type: str) -> None:
    answer = company.client.generic("POST", "/scim/v2/Users", json.dumps(user()), content_type)
    assert error(answer) == (415, None)


def test_too_many_calls_are_told_when_to_come_again(company: Directory, settings: Settings) -> None:
    settings.API_CLIENT_CALLS_PER_MINUTE = 0
    answer = company.call("GET", "/Users")
    assert error(answer) == (429, None)
    assert 0 < int(answer["Retry-After"]) <= 61


def test_address_of_another_domain_is_refused(company: Directory) -> None:
    assert error(company.call("POST", "/Users", user("hanako@elsewhere.com"))) == (403, None)
    made = company.made("/Users", user())
    moved = {"op": "replace", "path": "emails", "value": [{"value": "hanako@elsewhere.com"}]}
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [moved]}
    assert error(company.call("PATCH", f"/Users/{made['id']}", body)) == (403, None)


def test_name_and_subject_are_one_persons(company: Directory) -> None:
    company.made("/Users", user())
    assert error(company.call("POST", "/Users", user("HANAKO@example.com", externalId="other"))) == (409, "uniqueness")
    taro = user("taro@example.com", externalId="of-hanako@example.com")
    assert error(company.call("POST", "/Users", taro)) == (409, "uniqueness")


def test_group_of_a_name_that_is_there_is_refused(company: Directory) -> None:
    company.made("/Groups", {"displayName": "Portal admins"})
    assert error(company.call("POST", "/Groups", {"displayName": "PORTAL ADMINS"})) == (409, "uniqueness")


def _patch(value: dict[str, Any]) -> dict[str, Any]:
    operations = [{"op": "replace", "value": value}]
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations}
