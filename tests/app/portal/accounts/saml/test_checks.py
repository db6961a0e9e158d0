"""What `check` says of SAML before anybody logs in by it."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import xmlsec

from portal.accounts.checks import certificates_of_saml_last, libraries_of_xml_fit
from tests.stand_ins.certificates import certificate, rsa_key
from tests.worlds.providers import oidc, saml

KEY = rsa_key("the company's")


def ids(messages: Any) -> list[str]:
    return [one.id for one in messages]


def test_libraries_as_they_are_installed_fit(settings: Any) -> None:
    settings.LOGIN_PROVIDERS = (saml(),)
    assert libraries_of_xml_fit() == []


def test_other_libxml2_is_told_where_saml_is_used(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmlsec, "get_libxml_version", lambda: (2, 9, 14))
    settings.LOGIN_PROVIDERS = (oidc(),)
    assert libraries_of_xml_fit() == []
    settings.LOGIN_PROVIDERS = (saml(),)
    (found,) = libraries_of_xml_fit()
    assert (found.id, "2.9.14" in found.msg) == ("log_in.E001", True)


def test_library_that_does_not_load_is_told(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.LOGIN_PROVIDERS = (saml(),)
    monkeypatch.setitem(sys.modules, "xmlsec", None)
    assert ids(libraries_of_xml_fit()) == ["log_in.E001"]


@pytest.mark.parametrize(("days", "told"), [(-1, ["log_in.W002"]), (29, ["log_in.W002"]), (31, [])])
def test_certificate_that_ends_soon_is_told(settings: Any, days: int, told: list[str]) -> None:
    ends = datetime.now(UTC) + timedelta(days=days)
    settings.LOGIN_PROVIDERS = (saml(certificates=[certificate(KEY, ends=ends)]),)
    assert ids(certificates_of_saml_last()) == told
