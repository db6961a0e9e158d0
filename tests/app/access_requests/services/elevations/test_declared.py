"""What the catalogue's own entries say of a policy when an approval was given."""

from datetime import UTC, datetime, timedelta

from access_requests.services.elevations import declared
from audits.models import TrailEntry

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
RULE = {"levels": [{"approvals": 1, "approvers": ["leader01"]}], "decide_by": ["browser"]}


def entry(number: int, after: object) -> TrailEntry:
    return TrailEntry(pk=number, at=NOW + number * timedelta(hours=1), data={"after": after})


APPROVAL = entry(9, None)
GROUP = {"work_group:Prod": [entry(1, {"policy": "one-lead"})]}


def test_policy_is_as_its_last_entry_before_has_it() -> None:
    trail = {**GROUP, "policy:one-lead": [entry(2, RULE), entry(10, {**RULE, "decide_by": ["chat"]})]}
    (found,) = declared.policies(trail, "Prod", "one-lead", APPROVAL) or ()
    assert (set(found.ways), set(found.levels[0].approvers)) == ({"browser"}, {"leader01"})


def test_group_that_has_another_policy_has_none_of_this_name() -> None:
    assert declared.policies(GROUP, "Prod", "lenient", APPROVAL) == ()


def test_where_no_entry_says_what_the_policy_is_nothing_is_known_and_nobody_is_shut_out() -> None:
    assert declared.policies({}, "Prod", "one-lead", APPROVAL) is None
    assert declared.policies(GROUP, "Prod", "one-lead", APPROVAL) is None
