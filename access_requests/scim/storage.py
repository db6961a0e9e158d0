"""A provider's people and groups as scim2-server stores them: each write is a verb of people, with its entry of the trail."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, Union

from django.db import IntegrityError
from django.utils import timezone
from scim2_models import (
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
    UniquenessException,
)
from scim2_server.storage import ScimStorage, SearchPage

from access_requests.scim import kinds, narrowing
from access_requests.scim.kinds import Kind, Row
from access_requests.services.people import provisioning_errors
from portal.providers.provider import Provider
from portal.verbs import phrases, rejections
from portal.verbs.actor import Actor
from portal.verbs.run import act_as

T = TypeVar("T")


@dataclass(frozen=True)
class DirectoryStorage(ScimStorage):
    """One provider's, and nobody else's: what is another's is not found."""

    provider: Provider
    actor: Actor

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,  # noqa: ARG002  All is read in two queries.
    ) -> Resource[Any]:
        kind = kinds.of(resource_type)
        row = kind.rows(self.provider).filter(resource_id=resource_id).first()
        if row is None:
            raise NotFoundException
        return kind.shown(row)

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,  # noqa: ARG002  Pages go by index.
    ) -> SearchPage:
        start = search_request.start_index_0 or 0
        stop = None if search_request.count is None else start + search_request.count
        wanted = [kinds.of(resource_type) for resource_type in resource_types]
        if search_request.filter is None and len(wanted) == 1:
            rows = wanted[0].rows(self.provider)
            return SearchPage(rows.count(), list(map(wanted[0].shown, rows[start:stop])))
        found = [shown for kind in wanted for shown in self._found(kind, search_request.filter)]
        found = _matching(found, search_request.filter)
        return SearchPage(len(found), found[start:stop])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        kind = kinds.of(resource_type)
        add = partial(kind.add, self.provider, resource.model_copy(deep=True), self.actor)
        return self._written(kind, add)

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        kind = kinds.of(resource_type)

        def verb() -> Row:
            row = self._locked(kind, str(resource.id), expected_version)
            return kind.change(self.provider, row, resource.model_copy(deep=True), self.actor)

        return self._written(kind, verb)

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        kind = kinds.of(resource_type)

        def verb() -> None:
            row = self._locked(kind, resource_id, expected_version)
            kind.remove(self.provider, row, self.actor, timezone.now())

        self._act(verb)

    def _found(self, kind: Kind, asked: ScimFilter[Any] | None) -> Iterable[Resource[Any]]:
        return map(kind.shown, narrowing.narrowed(kind.rows(self.provider), kind.columns, asked))

    def _locked(self, kind: Kind, resource_id: str, expected_version: str | None) -> Row:
        row = kind.lock(self.provider, resource_id)
        if expected_version is not None and kinds.version(row) != expected_version:
            raise PreconditionFailedException
        return row

    def _written(self, kind: Kind, verb: Callable[[], Row]) -> Resource[Any]:
        return kind.shown(kind.rows(self.provider).get(pk=self._act(verb).pk))

    def _act(self, verb: Callable[[], T]) -> T:
        """Carry out a verb while the token is good, and say in SCIM's words what it is refused for."""
        try:
            return act_as(self.actor, verb)
        except rejections.NotFound as refusal:
            raise NotFoundException from refusal
        except rejections.Conflict as refusal:
            raise UniquenessException(detail=phrases.sentence(refusal)) from refusal
        except IntegrityError as error:
            # Another call said the same between our look and our write.
            raise UniquenessException(detail=provisioning_errors.UserNameTaken.sentence) from error


def _matching(found: list[Resource[Any]], asked: ScimFilter[Any] | None) -> list[Resource[Any]]:
    if asked is None or not found:
        return found
    if not asked.models:
        models = tuple(dict.fromkeys(map(type, found)))
        asked = ScimFilter[Union[models]](str(asked))  # type: ignore[valid-type]  # noqa: UP007  Known at run time only.
    return [one for one in found if asked.match(one)]
