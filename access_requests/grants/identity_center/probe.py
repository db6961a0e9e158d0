"""Whether it could grant now: the one identity store, and the groups in it."""

from collections.abc import Iterator

from django.conf import settings

from access_requests.grants.health import GROUP_MISSING, wrong
from access_requests.grants.identity_center.needs import DIRECTORY
from access_requests.grants.identity_center.store import Store
from access_requests.grants.needs import Asked, Missing
from portal.aws.errors import BackendError


def probe(asked: Asked) -> Iterator[Missing]:
    """Yield whether there is not the one Identity Center, and which groups it lacks. One call, and one for each group."""
    if DIRECTORY not in asked.usable:
        return
    try:
        store = Store.found(asked.aws)
    except BackendError as error:
        yield wrong(settings.AWS_IDENTITY_CENTER_REGION, error, call="sso:ListInstances")
        return
    for owner in asked.owners:
        try:
            if store.group_id(owner.group) is None:
                yield Missing(what=owner.group, problem=GROUP_MISSING)
        except BackendError as error:
            yield wrong(owner.group, error, call="identitystore:GetGroupId")
