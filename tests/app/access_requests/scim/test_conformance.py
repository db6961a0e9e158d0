"""What scim2-tester says of the door, as it runs behind all of the portal's middleware."""

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from tests.app.access_requests.scim.conftest import Directory
from tests.worlds.providers import oidc

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("subject", ["externalId", pytest.param("userName", marks=pytest.mark.exhaustive)])
def test_every_check_passes(settings: Settings, subject: str) -> None:
    provider = oidc(admits={}, scim={"subject": subject, "groups": "displayName"})
    settings.LOGIN_PROVIDERS = (provider,)
    headers = {"Authorization": f"Bearer {Directory(provider).secret}"}
    results = check_server(WSGISCIMClient(WSGIHandler(), "http://testserver/scim/v2", headers))
    assert {"/Users", "/Groups"} <= {str(result.resource_type and "/" + result.resource_type + "s") for result in results}
    assert len(results) > 50
    wrong = [(result.title, result.reason) for result in results if result.status in (Status.ERROR, Status.DEVIATION)]
    assert not wrong, "\n".join(map(str, wrong))
