"""One read of an account's IAM, as it is kept: without what changes by itself, and in one order, so that the same is the same."""

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from portal.aws import inventory
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendError
from portal.aws.sessions import iam_of, jump_iam
from portal.iam.account import Account

# The portal has no role there.
NO_ROLE = "no_role"
_NAMES = ("UserName", "GroupName", "RoleName", "PolicyName", "Arn", "PolicyArn", "Key", "VersionId", "InstanceProfileName")
# When somebody last used it: no right of anybody's.
_BY_ITSELF = ("RoleLastUsed", "AttachmentCount", "PermissionsBoundaryUsageCount")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An account as AWS showed it, or why it could not be read."""

    account: Account | None = None
    content: bytes = b""
    problem: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest() if self.content else ""

    @property
    def compressed(self) -> bytes:
        return zlib.compress(self.content, level=9)


def look(account_id: str, role_arn: str, *, is_readable: bool) -> Seen:
    """Read the account. One call for every 1,000 users, groups, roles and policies."""
    if not is_readable:
        return Seen(problem=NO_ROLE)
    aws = AwsClient.without_lease(iam_of(role_arn) if role_arn else jump_iam())
    try:
        pages, account = inventory.read_whole(aws, account_id=account_id)
    except BackendError as error:
        return Seen(problem=error.problem)
    return Seen(account=account, content=canonical(pages))


def canonical(pages: list[dict[str, Any]]) -> bytes:
    """Return what pages of one listing say, in one order."""
    whole: dict[str, list[Any]] = {}
    for page in pages:
        for part, listed in page.items():
            whole.setdefault(part, []).extend(listed)
    return json.dumps(_ordered(whole), sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False).encode()


def read_back(compressed: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(zlib.decompress(compressed))
    return found


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _ordered(one) for key, one in value.items() if key not in _BY_ITSELF}
    if isinstance(value, list):
        return (
            sorted(map(_ordered, value), key=_by_name)
            if all(isinstance(one, dict) and _has_name(one) for one in value)
            else value
        )
    return value


def _has_name(one: dict[str, Any]) -> bool:
    return any(name in one for name in _NAMES)


def _by_name(one: dict[str, Any]) -> str:
    return json.dumps([one.get(name) for name in _NAMES])
