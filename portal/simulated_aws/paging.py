"""Lists in pages, for the actions that moto answers whole.

A marker names the last item that was given, so that what comes or goes meanwhile makes no other item be skipped.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from portal.simulated_aws.errors import Refusal, ValidationError

Item = TypeVar("Item")

# moto pages ListRoles, ListPolicies, ListRoleTags, ListPolicyTags and ListAttached*Policies itself.
_LISTS = {
    "GetGroup": "Users",
    "ListAccessKeys": "AccessKeyMetadata",
    "ListGroupPolicies": "PolicyNames",
    "ListGroups": "Groups",
    "ListGroupsForUser": "Groups",
    "ListInstanceProfiles": "InstanceProfiles",
    "ListPolicyVersions": "Versions",
    "ListRolePolicies": "PolicyNames",
    "ListUserPolicies": "PolicyNames",
    "ListUserTags": "Tags",
    "ListUsers": "Users",
}
_DEFAULT = 100


def page(*, action: str, result: Mapping[str, Any], parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answer with the one page of its list that was asked for. Raises ValidationError for a bad marker."""
    if action not in _LISTS:
        return result
    items = sorted(result[_LISTS[action]], key=_key)
    if "Marker" in parameters:
        after = _decoded(parameters["Marker"])
        items = [item for item in items if _key(item) > after]
    size = int(parameters.get("MaxItems", _DEFAULT))
    answer = {**result, _LISTS[action]: items[:size], "IsTruncated": len(items) > size}
    if len(items) > size:
        answer["Marker"] = base64.b64encode(_key(items[size - 1]).encode()).decode()
    return answer


def cut(items: Sequence[Item], *, marker: str | None, size: int, refusal: Refusal) -> tuple[Sequence[Item], str | None]:
    """Return a page of what nobody changes between two pages, and the marker of the next. Raises the refusal for a bad one."""
    try:
        first = int(base64.b64decode(marker, validate=True)) if marker else 0
    except ValueError as error:
        raise refusal from error
    after = first + size
    return items[first:after], base64.b64encode(str(after).encode()).decode() if len(items) > after else None


def _key(item: Any) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, Mapping):
        return str(item["Key"])
    return str(getattr(item, "name", None) or getattr(item, "access_key_id", None) or item.version_id)


def _decoded(marker: str) -> str:
    try:
        return base64.b64decode(marker, validate=True).decode()
    except ValueError as error:
        message = "Invalid Marker."
        raise ValidationError(message) from error
