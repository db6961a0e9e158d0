"""Django's admin shows, to administrators and auditors, and changes nothing."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.users.reading import ReadingAdmin
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def url_of(model: Any, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_nothing_is_registered_that_could_write() -> None:
    assert MODELS
    assert all(isinstance(shown, ReadingAdmin) for shown in admin.site._registry.values())


@pytest.mark.parametrize("who", ["admin01", "auditor01"])
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_administrators_and_auditors_see_rows_and_cannot_change_them(model: Any, who: str, cast: Cast, client: Client) -> None:
    client.force_login(getattr(cast, who))
    assert client.get(url_of(model, "changelist"), {"q": "x"}).status_code == 200
    assert client.get(url_of(model, "add")).status_code == 403
    row = model.objects.order_by("pk").first()
    if row is not None:
        page = client.get(url_of(model, "change", row.pk))
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert client.post(url_of(model, "change", row.pk), {}).status_code == 403
        assert client.post(url_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert model.objects.filter(pk=row.pk).exists()


def test_no_password_is_shown_not_even_its_hash(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin01)
    page = client.get(url_of(type(cast.member01), "change", cast.member01.pk))
    assert cast.member01.password.encode() not in page.content


@pytest.mark.parametrize("question", ["password__startswith", "password__contains", "username__startswith"])
def test_no_hash_is_told_letter_by_letter(question: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.auditor01)
    assert client.get(url_of(type(cast.member01), "changelist"), {question: "m"}).status_code == 400


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_filter_of_a_page_works(model: Any, cast: Cast, client: Client) -> None:
    client.force_login(cast.auditor01)
    page = client.get(url_of(model, "changelist"))
    links = {choice["query_string"] for spec in page.context["cl"].filter_specs for choice in spec.choices(page.context["cl"])}
    assert all(client.get(url_of(model, "changelist") + link).status_code == 200 for link in links)


@pytest.mark.parametrize("who", ["member01", "leader01"])
def test_others_are_refused(who: str, cast: Cast, client: Client) -> None:
    client.force_login(getattr(cast, who))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get(url_of(type(cast.member01), "changelist"), follow=True).status_code == 403


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
def test_nobody_gets_a_flag_of_djangos(flag: str, cast: Cast) -> None:
    setattr(cast.member02, flag, True)
    with pytest.raises(IntegrityError, match="users_without_flags_of_django"):
        cast.member02.save()


def test_strangers_are_sent_to_the_portals_own_log_in(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=/admin/"


def test_the_admin_has_no_log_in_of_its_own(cast: Cast, client: Client) -> None:
    answer = client.post("/admin/login/", {"username": "admin01", "password": "x"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=/admin/")


def test_who_is_logged_in_already_goes_on(cast: Cast, client: Client) -> None:
    client.force_login(cast.auditor01)
    assert client.get("/admin/login/?next=/admin/", follow=True).redirect_chain == [("/admin/", 302)]


@pytest.mark.parametrize(("page", "there"), [("password_change", "/accounts/password/change/"), ("logout", "/accounts/logout/")])
def test_passwords_and_log_out_are_the_portals_own(page: str, there: str, cast: Cast, client: Client) -> None:
    client.force_login(cast.admin01)
    assert client.get(f"/admin/{page}/").headers["Location"] == there


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_fields_have_japanese_names(model: Any) -> None:
    with translation.override("ja"):
        untold = [field.name for field in model._meta.fields if not field.primary_key and str(field.verbose_name).isascii()]
    assert untold == []


def test_raw_records_wear_the_houses_dress_and_lead_nowhere_else(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin01)
    client.cookies["django_language"] = "en"
    index = client.get("/admin/").content.decode()
    assert "<h1>Raw records</h1>" in index
    assert 'class="site-head' in index
    for url in ("/admin/", "/admin/users/user/", f"/admin/users/user/{cast.member01.pk}/change/"):
        page = client.get(url).content.decode()
        for nowhere in ("Recent actions", "View site", "Select ", "historylink", "Django"):
            assert nowhere not in page, (url, nowhere)
