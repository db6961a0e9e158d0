"""What the system checks say of log-ins."""

from datetime import datetime
from typing import Any

import pytest

from access_requests.services.people import arriving
from portal.accounts.checks import roles_have_their_provider
from tests.worlds.cast import Cast
from tests.worlds.providers import arrival, oidc


@pytest.mark.django_db
def test_roles_whose_provider_is_configured_no_more_are_told(cast: Cast, now: datetime, settings: Any) -> None:
    provider = oidc(roles={"lead": ["leads"]})
    arriving.arrive(arrival=arrival(provider, groups=frozenset({"leads"})), now=now)
    (warning,) = roles_have_their_provider()
    assert (warning.id, warning.msg) == ("log_in.W001", "1 roles were given by login:company, which is configured no more.")
    settings.LOGIN_PROVIDERS = (provider,)
    assert roles_have_their_provider() == []
