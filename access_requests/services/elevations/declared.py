"""The policy of a work group as the catalogue's own entries have it: what an approval's entry says of it is a claim as well."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from access_requests.policy.leave import Level, Policy
from audits.acts import Act
from audits.models import TrailEntry

ACTS = (Act.CATALOGUE_ADDED, Act.CATALOGUE_CHANGED, Act.CATALOGUE_RETIRED)
# A decision may have read the policy before a load of the catalogue that committed first.
MAY_CROSS = timedelta(minutes=1)

Trail = Mapping[str, Sequence[TrailEntry]]


def subjects(work_group: str, policy: str) -> tuple[str, str]:
    return f"work_group:{work_group}", f"policy:{policy}"


def policies(trail: Trail, work_group: str, policy: str, approval: TrailEntry) -> tuple[Policy, ...] | None:
    """Return the policy as it was declared when the approval was given: none where the group had another one.

    Twice where it changed in that minute. None where no entry declares the group, or its policy: then nothing is known here.
    """
    group, rule = subjects(work_group, policy)
    groups = list(_as_it_was(trail.get(group, ()), approval))
    if not groups:
        return None
    if all(after is None or after["policy"] != policy for after in groups):
        return ()
    rules = list(_as_it_was(trail.get(rule, ()), approval))
    return tuple(_declared(after) for after in rules if after is not None) if rules else None


def _as_it_was(entries: Sequence[TrailEntry], approval: TrailEntry) -> Iterator[Mapping[str, Any] | None]:
    """Yield what the last entry before the approval says; and the one before that, where the last is of the same minute."""
    for entry in reversed([entry for entry in entries if entry.pk < approval.pk]):
        yield entry.data["after"]
        if approval.at - entry.at > MAY_CROSS:
            return


def _declared(after: Mapping[str, Any]) -> Policy:
    levels = enumerate(after["levels"], start=1)
    return Policy(
        ways=frozenset(after["decide_by"]),
        levels=tuple(
            Level(number=number, approvals=level["approvals"], approvers=frozenset(level["approvers"]))
            for number, level in levels
        ),
        # Entries of before there were passkeys say nothing of it.
        factor_age=timedelta(minutes=after.get("factor_age", 0)),
    )
