"""The library's own contract of a storage, over ours."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from scim2_models import ScimProvider
from scim2_server.testing import ScimStorageContract

from access_requests.models import ScimToken
from access_requests.scim import schemas
from access_requests.scim.storage import DirectoryStorage
from access_requests.services.people.credentials import DirectoryToken
from portal.verbs.actor import Actor, Door
from tests.worlds.providers import oidc

pytestmark = pytest.mark.django_db


class TestDirectoryStorage(ScimStorageContract):
    @pytest.fixture(autouse=True)
    def _as_the_door_reads(self) -> Iterator[None]:
        """What is not kept, such as how a directory calls a member, is dropped."""
        with schemas.POLICY:
            yield

    @pytest.fixture
    def provider(self) -> ScimProvider:
        return schemas.description(with_groups=True)

    @pytest.fixture
    def storage(self) -> DirectoryStorage:
        company = oidc(admits={}, scim={"subject": "externalId", "groups": "displayName"})
        now = timezone.now()
        token = ScimToken.objects.create(provider=company.key, digest="0" * 64, made_by="admin01", made_at=now)
        proof = {"method": "scim-token", "at": now.isoformat(), "identity": f"scim:{token.code}"}
        credential = DirectoryToken(token_id=token.pk)
        actor = Actor(person=None, door=Door.DIRECTORY, credential=credential, provider=company.key, proof=proof)
        return DirectoryStorage(provider=company, actor=actor)

    def search_users(self) -> list[dict[str, Any]]:
        """Those of the contract, by what the portal keeps."""
        kept = set(schemas.User.model_fields) | {"userName", "displayName"}
        return [{name: value for name, value in user.items() if name in kept} for user in super().search_users()]
