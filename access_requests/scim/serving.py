"""One call of a provider's directory, from the token that let it in to scim2-server's answer."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from scim2_models import PatchOp, ResourceType, SCIMException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService

from access_requests.models import ScimToken
from access_requests.scim import patches, schemas
from access_requests.scim.storage import DirectoryStorage
from access_requests.services.people.credentials import DirectoryToken
from portal.providers.provider import Provider
from portal.verbs.actor import Actor, Door


class _Service(ScimService):
    def read_patch(self, resource_type: ResourceType, body: bytes, content_type: str | None) -> "PatchOp[Any]":
        return super().read_patch(resource_type, patches.plain(body), content_type)


@dataclass(frozen=True)
class Directory:
    provider: Provider
    token: ScimToken

    def answer(self, asked: ScimRequest) -> ScimResponse:
        """Return SCIM's answer, its own errors among them. Raises a Rejection where a verb refuses for reasons of the portal."""
        with_groups = self.provider.scim is not None and bool(self.provider.scim.groups)
        service = _Service(schemas.description(with_groups=with_groups))
        handler = ScimHandler(service, DirectoryStorage(provider=self.provider, actor=self._actor()))
        try:
            return handler.handle(asked)
        except SCIMException as error:
            return service.error_response(error)

    def _actor(self) -> Actor:
        now = timezone.now().isoformat(timespec="seconds")
        proof = {
            "method": "scim-token",
            "at": now,
            "identity": f"scim:{self.token.code}",
        }
        credential = DirectoryToken(token_id=self.token.pk)
        return Actor(person=None, door=Door.DIRECTORY, credential=credential, provider=self.provider.key, proof=proof)
