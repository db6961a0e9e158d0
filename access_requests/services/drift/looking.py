"""Looking at AWS: one read of the Jump account, of each account in which the portal has a role, and of each group elsewhere."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from access_requests.grants.registry import backend_of, with_own_members
from access_requests.grants.session_gate import text
from access_requests.lifecycle import UNSETTLED
from access_requests.models import AccountKind, AwsAccount, Elevation, IamUserBinding, RoleGate, WorkGroup
from access_requests.services.drift.difference import Problem
from access_requests.services.record import bindings
from portal.aws import inventory
from portal.aws.calls import AwsClient, is_missing
from portal.aws.errors import BackendError
from portal.aws.sessions import iam_of, jump_iam
from portal.iam.account import Account, User
from portal.iam.session_gate import SESSION_GATE_NAME

logger = logging.getLogger(__name__)
PEOPLE_AT_ONCE = 200
# Called before each call to AWS: says that the comparison still runs.
Alive = Callable[[], None]
Shown = TypeVar("Shown")


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What AWS showed; accounts by their key. `jump` is None where it could not be read, and then nothing there is known."""

    at: datetime
    jump: Account | None
    targets: Mapping[str, Account]
    # Work group that is kept elsewhere -> UserIds of its members, None where there is no such group; without those not read.
    members: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def failed(self) -> Mapping[str, str]:
        """Accounts that could not be read this time, and why."""
        return {problem.account: problem.problem for problem in self.problems if not problem.thing}


def look(alive: Alive) -> Sight:
    """Read every account once, whoever is in production. One that cannot be read stops none of the others."""
    at = timezone.now()
    jump_row = AwsAccount.objects.get(kind=AccountKind.JUMP)
    jump = _read(client_of("", alive), jump_row, kinds=inventory.PEOPLE)
    rows = AwsAccount.objects.exclude(gate_role_arn="").exclude(pk=jump_row.pk).order_by("key")
    read = {row.key: _read(client_of(row.gate_role_arn, alive), row, kinds=inventory.ROLES) for row in rows}
    problems = [Problem(account=key, problem=found.problem) for key, found in read.items() if isinstance(found, BackendError)]
    if isinstance(jump, BackendError):
        problems.insert(0, Problem(account=jump_row.key, problem=jump.problem))
    members = _own_members(client_of("", alive))
    problems += [
        Problem(account=jump_row.key, thing=group, problem=found.problem)
        for group, found in members.items()
        if isinstance(found, BackendError)
    ]
    return Sight(
        at=at,
        jump=None if isinstance(jump, BackendError) else jump,
        targets={key: found for key, found in read.items() if isinstance(found, Account)},
        members={group: found for group, found in members.items() if not isinstance(found, BackendError)},
        problems=tuple(problems),
    )


def _own_members(aws: AwsClient) -> Mapping[str, frozenset[str] | BackendError | None]:
    """Read the members of each work group that no IAM group has. One that cannot be read stops none of the others."""
    groups = WorkGroup.objects.filter(retired_at=None, backend__in=with_own_members()).order_by("name")
    return {group.name: _members(aws, group) for group in groups}


def _members(aws: AwsClient, group: WorkGroup) -> frozenset[str] | BackendError | None:
    return _or_error(group.name, aws, lambda: backend_of(group.backend).members(group.name, aws))


def client_of(role_arn: str, alive: Alive = lambda: None) -> AwsClient:
    """Return a client that holds no lease: for reads, and for writes that are about no person."""
    client = iam_of(role_arn) if role_arn else jump_iam()
    return AwsClient(client=client, before_each=alive, clock=timezone.now)


def keep_sizes(sight: Sight) -> None:
    """Keep how much of each gated role's room for inline policies the other policies take."""
    for gate in RoleGate.objects.select_related("role__account"):
        target = sight.targets.get(gate.role.account.key)
        role = target.role_details(gate.role.name) if target else None
        if role is None:
            continue
        others = [document for name, document in role.inline.items() if name != SESSION_GATE_NAME]
        size = sum(len("".join(text(document).split())) for document in others)
        if size != gate.others_size:
            RoleGate.objects.filter(pk=gate.pk).update(others_size=size)


def keep_credentials(jump: Account, alive: Alive) -> list[Problem]:
    """Write down which access keys and MFA devices people have; return what could not be read.

    Two calls a person, since no read of the account has them: GetAccountAuthorizationDetails knows none, and a credential report
    is up to four hours old. Who has access comes first, then who was asked longest ago. IAM is asked by the name that the bound
    user has now: the old one may be somebody else's.
    """
    aws, now = client_of("", alive), timezone.now()
    inside = Exists(Elevation.objects.filter(person=OuterRef("person"), status__in=UNSETTLED))
    rows = IamUserBinding.objects.filter(person__is_active=True).order_by(
        ~inside, F("credentials_read_at").asc(nulls_first=True), "pk"
    )
    refused: dict[str, str] = {}
    for binding in rows[:PEOPLE_AT_ONCE]:
        if user := jump.user_by_id(binding.user_id):
            serials = _asked("mfa_serials", inventory.mfa_serials, user, aws, refused)
            keys = _asked("access_keys", inventory.access_keys, user, aws, refused)
            binding.mfa_serials = binding.mfa_serials if serials is None else serials
            binding.access_keys = binding.access_keys if keys is None else keys
            binding.credentials_read_at = now
            bindings.keep_credentials(binding)
    return [Problem(account=_jump_key(), thing=what, problem=problem) for what, problem in refused.items()]


def _asked(what: str, read: Callable[..., list[str]], user: User, aws: AwsClient, refused: dict[str, str]) -> list[str] | None:
    """Return what AWS shows of the user, or None. A call that was refused for one person is not made for the others."""
    if what in refused:
        return None
    try:
        return read(aws, user_name=user.name)
    except BackendError as error:
        logger.info("%s of %s: %s", what, user.name, error)
        if not is_missing(error):
            refused[what] = error.problem
        return None


def _jump_key() -> str:
    return AwsAccount.objects.values_list("key", flat=True).get(kind=AccountKind.JUMP)


def _read(aws: AwsClient, row: AwsAccount, *, kinds: Iterable[str]) -> Account | BackendError:
    return _or_error(row.key, aws, lambda: inventory.read(aws, account_id=row.account_id, kinds=kinds))


def _or_error(what: str, aws: AwsClient, look: Callable[[], Shown]) -> Shown | BackendError:
    """Return what AWS shows, or why it cannot be looked at: the error becomes a problem of the comparison, which goes on."""
    try:
        return look()
    except BackendError as error:
        logger.warning("%s cannot be looked at: %s", what, error)
        return error
    except Exception as error:
        # The answer is not as AWS documents it. Everything else is compared all the same.
        logger.exception("%s cannot be read: %s", what, [asdict(call) for call in aws.calls])
        return BackendError("unreadable", str(error))
