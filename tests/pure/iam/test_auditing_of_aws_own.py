"""Every policy that AWS manages, carried by a role of production and by a group: audited without a crash, alike each time."""

from itertools import islice

import pytest

from portal.iam.auditing.answering import Asked, of_everybody
from portal.iam.auditing.excess import excess
from tests.worlds.designed import designed
from tests.worlds.managed_policies import managed_policies

STRIDE, AT_ONCE = 40, 20
WHICH = [0, *(pytest.param(first, marks=pytest.mark.exhaustive) for first in range(1, STRIDE))]
KNOWN = {"administrator", "escalation", "not-action-allow", "pass-role-anywhere", "policy-versions", "wildcard-action"}


@pytest.mark.parametrize("first", WHICH)
def test_each_policy_of_aws_is_audited(first: int) -> None:
    found = managed_policies()[first::STRIDE]
    for start in range(0, len(found), AT_ONCE):
        made = designed()
        reader, group = made.role("development", "Dev_ReadOnlyRole"), made.group("MemberGroup")
        for policy in islice(found, start, start + AT_ONCE):
            for carrier in (reader, group):
                made.put(carrier, policy.name, *_statements(policy.document["Statement"]))
        company = made.company()
        told = excess(company)
        assert told == excess(company)
        assert {one.rule for one in told} <= KNOWN | {"way-to-administrator", "standing-access"}
        assert of_everybody(company, Asked(action="s3:GetObject", resource="arn:aws:s3:::orders/1"), {})


def _statements(found: object) -> list[dict[str, object]]:
    return found if isinstance(found, list) else [found]  # type: ignore[list-item]  # one statement
