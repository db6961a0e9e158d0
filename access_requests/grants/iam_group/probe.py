"""Whether it could grant now: the groups, and what every grant reads about an IAM user."""

from collections.abc import Iterator, Mapping
from typing import Any

from access_requests.grants.health import wrong
from access_requests.grants.needs import Asked, Missing
from portal.aws.calls import is_missing
from portal.aws.errors import BackendError
from portal.aws.sessions import jump_iam
from portal.iam.fences import entry_fence_name


def probe(asked: Asked) -> Iterator[Missing]:
    yield from groups(asked)
    yield from people(asked)


def groups(asked: Asked) -> Iterator[Missing]:
    """Yield what is wrong with the IAM groups. One call each."""
    for owner in asked.owners:
        try:
            asked.aws.through(jump_iam()).call("get_group", GroupName=owner.group, MaxItems=1)
        except BackendError as error:
            yield wrong(owner.group, error, call="iam:GetGroup")


def people(asked: Asked) -> Iterator[Missing]:
    """Yield which reads about IAM users are denied. Four calls; that the user is gone is drift, and told as such."""
    if not asked.user_name:
        return
    iam = asked.aws.through(jump_iam())
    reads: Mapping[str, dict[str, Any]] = {
        "get_user": {"UserName": asked.user_name},
        "list_user_tags": {"UserName": asked.user_name},
        "get_user_policy": {"UserName": asked.user_name, "PolicyName": entry_fence_name("none")},
        "list_users": {"MaxItems": 1},
    }
    for method, parameters in reads.items():
        try:
            iam.call(method, **parameters)
        except BackendError as error:
            if not is_missing(error):
                yield wrong("", error, call=f"iam:{iam.client.meta.method_to_api_mapping[method]}")
