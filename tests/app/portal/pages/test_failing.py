from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, path

handler500 = "portal.pages.failing.server_error"


def crash(request: HttpRequest) -> HttpResponse:
    raise ValueError("a secret of the code")


def lose_the_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("FATAL: too many connections for role sekisho_app")


def here(name: str, view: Callable[[HttpRequest], HttpResponse]) -> URLPattern:
    view.login_required = False  # type: ignore[attr-defined]  # What login_not_required sets; these views answer nothing.
    return path(name, view)


urlpatterns = [here("crash", crash), here("no-database", lose_the_database)]


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_without_its_database_the_portal_says_that_it_is_not_available_and_when_to_come_back() -> None:
    response = Client(raise_request_exception=False).get("/no-database")
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "sekisho_app" not in response.content.decode()


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_a_crash_tells_nobody_what_broke() -> None:
    response = Client(raise_request_exception=False).get("/crash")
    assert response.status_code == 500
    assert "a secret of the code" not in response.content.decode()
