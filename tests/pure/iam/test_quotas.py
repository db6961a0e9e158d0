"""An account's own quotas, and what is refused before it is deployed."""

import pytest

from portal.iam.account_design import quotas, resources
from portal.iam.account_design.quotas import Quotas
from portal.iam.rails.packing import DoesNotFit, document

SMALL = document({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})


def test_what_a_summary_leaves_out_is_as_aws_documents_it() -> None:
    assert Quotas.of_summary({"Users": 5}) == Quotas()
    own = Quotas.of_summary({"AttachedPoliciesPerRoleQuota": 2, "PolicySizeQuota": 4_096, "AttachedPoliciesPerGroupQuota": 20})
    assert (own.rails_of_role, own.rails_of_group, own.managed_size, own.trust_size) == (1, 2, 4_096, 2_048)


@pytest.mark.parametrize(
    ("own", "says"),
    [
        (Quotas(managed_size=60), r"the policy Rail has \d+ characters; the account may have 60"),
        (Quotas(trust_size=60), "the trust of Reader has"),
        (Quotas(attached_to_role=1), "Reader has 2 managed policies; the account may have 1"),
        (Quotas(attached_to_group=1), "Readers has 2 managed policies"),
        (Quotas(role_size=100), r"Reader has inline \d+ characters"),
        (Quotas(group_size=60), "Readers has inline"),
    ],
)
def test_what_is_more_than_the_account_may_have_is_refused(own: Quotas, says: str) -> None:
    group = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "Readers", "ManagedPolicyArns": ["one", "two"]}}
    made = {
        **resources.managed_policy("Rail", "/", SMALL),
        **resources.role("Reader", trust=resources.trusting({"AWS": "111111111111"}), managed=["one", "two"]),
        **resources.role_policy("Reader", "Own", SMALL),
        **resources.role_policy("Reader", "Other", SMALL),
        "Readers": group,
        **resources.group_policy("Readers", "Own", SMALL),
    }
    quotas.check(made, Quotas())
    with pytest.raises(DoesNotFit, match=says):
        quotas.check(made, own)
