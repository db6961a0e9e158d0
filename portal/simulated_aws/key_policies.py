"""The policy that AWS gives to each new key, and the only one here: it leaves the key to IAM of its account."""

from portal.iam.evaluation import KEY
from portal.iam.principals import Call, Called, Policy, Principal, account_of

_DELEGATES = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}


def of(principal: Principal, call: Call) -> Called | None:
    """Return the key that the call is about; None where it is about no key."""
    if not KEY.fullmatch(call.resource):
        return None
    # A pattern of keys, as simulations have, is about those of the caller's own account.
    written = account_of(call.resource)
    account = written if written.isdigit() else principal.account_id
    document = {"Version": "2012-10-17", "Statement": [{**_DELEGATES, "Principal": {"AWS": account}}]}
    return Called(account_id=account, policy=Policy(name="key policy", document=document))
