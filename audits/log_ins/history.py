"""What the trail told of roles, groups and people at each time: a log-in is judged by what was declared when it happened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from audits.cloudtrail.standing import Declared, Role, Standing, Timeline
from audits.models import TrailEntry
from audits.replay import State, ThingKind
from audits.replay.steps import STEPS

IDENTITIES = ("iam_user", "identity_center_user")
# A change of one of these may change who may take which roles.
OF_ROLES = (ThingKind.ACCOUNT, ThingKind.ROLE, ThingKind.STANDING_GROUP, ThingKind.WORK_GROUP)
# Group -> the roles that it leads to, as the catalogue calls them.
Groups = Mapping[str, tuple[str, ...]]


class History:
    """The state after each entry, and what of it is kept. `people`: id of a user in AWS -> whose it was last."""

    def __init__(self) -> None:
        self.state = State()
        self.people: dict[str, str] = {}
        self.portal_roles: set[str] = set()
        self._standing: list[tuple[datetime, Groups]] = []
        self._work: list[tuple[datetime, Groups]] = []
        self._declared: dict[str, list[tuple[datetime, Declared]]] = defaultdict(list)
        # A role as the catalogue calls it -> which one in AWS, or which ones after each other.
        self._roles: dict[str, set[Role]] = defaultdict(set)
        self._others: set[str] = set()

    @property
    def roles(self) -> frozenset[str]:
        """The ARNs of all roles that people take on, or took on once."""
        return frozenset({*(arn for roles in self._roles.values() for arn, _id in roles), *self._others} - {""})

    @property
    def standing(self) -> Standing:
        people = {person: Timeline(said) for person, said in self._declared.items()}
        return Standing(groups=self._in_aws(self._standing), people=people)

    @property
    def work_groups(self) -> Timeline[Mapping[str, frozenset[Role]]]:
        return self._in_aws(self._work)

    def follow(self, entry: TrailEntry) -> None:
        STEPS[entry.act](self.state, entry)
        kind, _colon, name = entry.subject.partition(":")
        if kind == ThingKind.PERSON:
            self._follow_person(name, entry.at)
        elif kind in OF_ROLES:
            self._follow_roles(entry.at)

    def _follow_person(self, name: str, at: datetime) -> None:
        person = self.state.of(ThingKind.PERSON).get(name, {})
        bound = [user["user_id"] for user in map(person.get, IDENTITIES) if isinstance(user, dict) and user.get("user_id")]
        self.people |= {str(user): name for user in bound}
        groups = frozenset(map(str, person.get("standing_groups", ())))
        said = Declared() if person.get("disabled") else Declared(groups=groups, users=frozenset(map(str, bound)))
        self._declared[name].append((at, said))

    def _follow_roles(self, at: datetime) -> None:
        accounts = self.state.of(ThingKind.ACCOUNT)
        for key, role in self.state.of(ThingKind.ROLE).items():
            self._roles[key].add((_arn(key, role, accounts), str(role.get("role_id") or "")))
        for account in accounts.values():
            self.portal_roles.add(str(account.get("gate_role_arn") or ""))
            # Roles that let others in on purpose, as far as their names make an ARN.
            self._others |= {
                f"arn:aws:iam::{account['id']}:role/{name}" for name in account.get("other_roles", ()) if account.get("id")
            }
        for steps, kind in ((self._standing, ThingKind.STANDING_GROUP), (self._work, ThingKind.WORK_GROUP)):
            groups = _groups(self.state, kind)
            if not steps or steps[-1][1] != groups:
                steps.append((at, groups))

    def _in_aws(self, steps: Sequence[tuple[datetime, Groups]]) -> Timeline[Mapping[str, frozenset[Role]]]:
        """Return the groups with the roles as AWS knows them: by their ids, where any was ever read of a role."""
        found = {key: {role for role in roles if role[1]} or roles for key, roles in self._roles.items()}
        return Timeline(
            (at, {name: frozenset(role for key in keys for role in found.get(key, ())) for name, keys in groups.items()})
            for at, groups in steps
        )


def _groups(state: State, kind: ThingKind) -> Groups:
    return {name: tuple(map(str, group.get("target_roles", ()))) for name, group in state.of(kind).items()}


def _arn(key: str, role: Mapping[str, Any], accounts: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the role's ARN as AWS has it; while nobody has read it, as its name makes it."""
    account, _, name = key.partition("/")
    number = accounts.get(account, {}).get("id")
    return str(role.get("arn") or (f"arn:aws:iam::{number}:role/{name}" if number else ""))
