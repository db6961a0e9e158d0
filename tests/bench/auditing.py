"""One audit of made-up accounts, in a process of its own: prints seconds, megabytes, and what was found."""

import json
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

from portal.iam.account import Account
from portal.iam.auditing.company import Company, Site
from portal.iam.auditing.excess import excess
from portal.iam.rails.rail import Place
from portal.iam.rails.standing import Judge, Where
from tests.worlds.designed import AT, Designed, designed, document

Page = dict[str, Any]
# So many sets of policies are there, of which each principal has one; a third of them are users.
SETS, OF_USERS = 200, 3


def main(accounts: int, principals: int, *, alike: bool) -> dict[str, float]:
    company = _company(accounts, principals, alike=alike)
    began = time.perf_counter()
    judge = Judge(at=AT)
    standings = sum(1 for site in company.sites.values() for _one in judge.standings(site.account, site.where))
    found = len(excess(company))
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": round(seconds, 2), "megabytes": round(memory, 1), "standings": standings, "excess": found}


def _company(accounts: int, principals: int, *, alike: bool) -> Company:
    made = designed()
    sites = [_site(made, number, principals, alike=alike) for number in range(accounts)]
    return Company(sites={site.id: site for site in sites}, at=AT, work_roles=made.work_roles, led_to=made.led_to)


def _site(made: Designed, number: int, principals: int, *, alike: bool) -> Site:
    """Return an account with the groups and rails of the Jump account, and with users and roles of its own."""
    account = f"{800_000_000_000 + number}"
    whole: Page = json.loads(json.dumps(made.pages["jump"]).replace("111111111111", account))
    users = principals // OF_USERS
    whole["UserDetailList"] = [_user(account, index, alike=alike) for index in range(users)]
    whole["RoleDetailList"] += [_role(account, index, alike=alike) for index in range(principals - users)]
    where = Where(key=f"account-{number}", kind="jump", place=Place(account=account))
    return Site(account=Account.parsed(account, [whole]), where=where)


def _user(account: str, index: int, *, alike: bool) -> Page:
    groups = ("LeaderGroup", "MemberGroup", "AuditorGroup")
    return {
        "UserName": f"user{index}", "UserId": f"AIDA{index}", "Arn": f"arn:aws:iam::{account}:user/user{index}",
        "GroupList": [groups[index % len(groups)]], "UserPolicyList": [_policy(index, alike=alike)],
    }  # fmt: skip


def _role(account: str, index: int, *, alike: bool) -> Page:
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    mfa = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    return {
        "RoleName": f"role{index}", "RoleId": f"AROA{index}", "Arn": f"arn:aws:iam::{account}:role/role{index}",
        "AssumeRolePolicyDocument": document({**trust, **mfa}), "RolePolicyList": [_policy(index, alike=alike)],
    }  # fmt: skip


def _policy(index: int, *, alike: bool) -> Page:
    number = index % SETS if alike else next(NUMBERS)
    return {"PolicyName": "Own", "PolicyDocument": document(*_statements(number))}


def _statements(number: int) -> Iterator[Page]:
    yield {"Sid": "Read", "Effect": "Allow", "Action": ["s3:List*", "ec2:Describe*"], "Resource": f"arn:aws:s3:::bucket-{number}"}
    yield {"Sid": "Queues", "Effect": "Allow", "Action": ["sqs:Send*", "sqs:Receive*"], "Resource": "*"}
    yield {"Sid": "Keep", "Effect": "Deny", "Action": "s3:Delete*", "Resource": f"arn:aws:s3:::bucket-{number}/*"}


NUMBERS = iter(range(10_000_000))

if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]), alike=sys.argv[3] == "alike")))
