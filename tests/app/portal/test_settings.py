"""Production starts with all that it needs and nothing lax, or not at all."""

import os
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

GIVEN = {
    "SECRET_KEY": "k" * 50,
    "OIDC_PRIVATE_KEY": "a key",
    "FACTOR_KEY": "f" * 32,
    "ALLOWED_HOSTS": "portal.example.com",
    "PORTAL_URL": "https://portal.example.com",
    "DATABASE_URL": "postgresql://sekisho_app@postgres/sekisho",
    "BROKER_URL": "redis://redis:6379/0",
}
KEYS = ("SECRET_KEY", "OIDC_PRIVATE_KEY", "FACTOR_KEY")
LAX = {
    "DEBUG": "true",
    "SECRET_KEY": "short",
    "FACTOR_KEY": "f" * 31,
    "ALLOWED_HOSTS": "portal.example.com,*",
    "PORTAL_URL": "http://portal.example.com",
    "WEBHOOK_ALLOW_HTTP_TO_LOOPBACK": "true",
    "SLACK_API_URL": "http://slack.example.com/api",
}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    slack = (name for name in os.environ if name.startswith("SLACK_"))
    for name in ("DEBUG", "SECURE_SSL_REDIRECT", "SIGNS_WITH", "CACHE_URL", *slack, *(f"{name}_FILE" for name in GIVEN)):
        monkeypatch.delenv(name, raising=False)
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)


def production() -> dict[str, Any]:
    """Return production's settings by the environment as it is now: what they are built on is read anew."""
    sys.modules.pop("portal.settings.notices", None)
    return runpy.run_module("portal.settings.production")


def test_cookies_travel_by_tls_alone_and_no_script_reads_them() -> None:
    settings = production()
    for kind in ("SESSION", "CSRF"):
        assert settings[f"{kind}_COOKIE_SECURE"]
        assert settings[f"{kind}_COOKIE_HTTPONLY"]
        assert settings[f"{kind}_COOKIE_NAME"].startswith("__Host-")
    assert settings["SECURE_SSL_REDIRECT"]
    assert not settings["DEBUG"]


@pytest.mark.parametrize("name", sorted(GIVEN))
@pytest.mark.parametrize("value", ["", None], ids=["empty", "missing"])
def test_whatever_is_not_given_stops_the_start(name: str, value: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    with pytest.raises((ImproperlyConfigured, EnvError), match=name):
        production()


@pytest.mark.parametrize("name", sorted(LAX))
def test_laxness_stops_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, LAX[name])
    with pytest.raises(ImproperlyConfigured, match=name):
        production()


@pytest.mark.parametrize("name", ["SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_slacks_secret_may_be_left_out_and_is_never_empty(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert production()[name] == ""
    monkeypatch.setenv(name, "given")
    assert production()[name] == "given"
    monkeypatch.setenv(name, "")
    with pytest.raises(ImproperlyConfigured, match=f"{name} is missing"):
        production()


def test_key_that_was_replaced_is_named_beside_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert production()["SECRET_KEY_FALLBACKS"] == []
    (tmp_path / "before").write_text("b" * 50 + "\n")
    monkeypatch.setenv("SECRET_KEY_BEFORE_FILE", str(tmp_path / "before"))
    assert production()["SECRET_KEY_FALLBACKS"] == ["b" * 50]
    monkeypatch.delenv("SECRET_KEY_BEFORE_FILE")
    monkeypatch.setenv("SECRET_KEY_BEFORE", "")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_BEFORE"):
        production()


def test_secret_may_be_in_a_file_but_not_in_two_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret_key"
    file.write_text("f" * 50 + "\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(file))
    with pytest.raises(ImproperlyConfigured, match="both set"):
        production()
    monkeypatch.delenv("SECRET_KEY")
    assert production()["SECRET_KEY"] == "f" * 50


@pytest.mark.parametrize(("keys", "has"), [("", set()), ("SECRET_KEY", {"SECRET_KEY"}), (",".join(KEYS), {*KEYS})])
def test_what_signs_nothing_starts_without_keys(keys: str, has: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNS_WITH", keys)
    for name in set(KEYS) - has:
        monkeypatch.delenv(name)
    settings = production()
    kept = dict(zip(KEYS, (settings["SECRET_KEY"], settings["IDP_OIDC_PRIVATE_KEY"], settings["FACTOR_KEYS"]), strict=True))
    assert {name for name, value in kept.items() if value} == has


@pytest.mark.parametrize("name", KEYS)
def test_key_that_is_signed_with_must_be_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNS_WITH", name)
    monkeypatch.delenv(name)
    with pytest.raises(ImproperlyConfigured, match=name):
        production()


def test_key_of_factors_that_is_being_changed_opens_what_it_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTOR_KEY_BEFORE", "b" * 32)
    assert production()["FACTOR_KEYS"] == ["f" * 32, "b" * 32]
    monkeypatch.setenv("FACTOR_KEY_BEFORE", "b" * 31)
    with pytest.raises(ImproperlyConfigured, match="shorter than 32"):
        production()


def test_key_of_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNS_WITH", "SECRET_KEY,SEKRET_KEY")
    with pytest.raises(ImproperlyConfigured, match="names SEKRET_KEY"):
        production()


def test_address_of_the_cache_comes_from_a_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "cache_url"
    file.write_text("redis://:password@redis:6379/1")
    monkeypatch.setenv("CACHE_URL_FILE", str(file))
    assert production()["CACHES"]["calls"]["LOCATION"] == "redis://:password@redis:6379/1"
    monkeypatch.delenv("CACHE_URL_FILE")
    assert production()["CACHES"]["calls"]["LOCATION"] == GIVEN["BROKER_URL"]


OKTA = {"LOGIN_PROVIDERS": "okta", "LOGIN_OKTA_PRESET": "okta", "LOGIN_OKTA_ISSUER": "https://example.okta.com"}
WHOLE = {**OKTA, "LOGIN_OKTA_CLIENT_ID": "0oa1", "LOGIN_OKTA_CLIENT_SECRET": "told to nobody"}


def given(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    sys.modules.pop("portal.settings.login_providers", None)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_providers_come_from_the_environment_or_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, WHOLE)
    (by_environment,) = production()["LOGIN_PROVIDERS"]
    file = tmp_path / "providers.yaml"
    file.write_text("providers: {okta: {preset: okta, issuer: 'https://example.okta.com', client_id: 0oa1}}")
    monkeypatch.delenv("LOGIN_PROVIDERS")
    given(monkeypatch, {"LOGIN_PROVIDERS_FILE": str(file)})
    assert production()["LOGIN_PROVIDERS"] == (by_environment,)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({**WHOLE, "LOGIN_PROVIDERS_FILE": "/nowhere"}, "LOGIN_PROVIDERS_FILE and LOGIN_PROVIDERS are both set"),
        ({"LOGIN_PROVIDERS_FILE": "/nowhere"}, "LOGIN_PROVIDERS_FILE: .*nowhere"),
        ({**WHOLE, "LOGIN_OKTA_CLIENT_SECRET": ""}, "LOGIN_OKTA_CLIENT_SECRET is missing"),
        (OKTA | {"LOGIN_OKTA_CLIENT_SECRET": "x"}, "LOGIN_OKTA_CLIENT_ID"),
        ({"PASSWORD_LOGIN": "false"}, "PASSWORD_LOGIN is off and there is no provider"),
        ({**WHOLE, "PASSWORD_LOGIN": "false"}, "EMERGENCY_ACCOUNTS names nobody"),
    ],
)
def test_half_a_configuration_of_log_in_does_not_start(
    variables: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(monkeypatch, variables)
    with pytest.raises(ImproperlyConfigured, match=named):
        production()
