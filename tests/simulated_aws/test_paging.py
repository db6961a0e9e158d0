"""Lists that come in pages of a hundred."""

import pytest

from portal.simulated_aws.world import Account, Group, User, World
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import ADMIN_KEY, Aws

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
PEOPLE = 250
CROWD = World(
    accounts=(
        Account(
            id="111111111111",
            name="jump",
            groups=(Group(name="crowd"), *(Group(name=f"g{number}", path="/work/") for number in range(120))),
            users=(
                User(name="administrator", managed=(ADMINISTRATOR,), keys=(ADMIN_KEY,)),
                *(User(name=f"u{number:03}", groups=("crowd",)) for number in range(PEOPLE)),
            ),
        ),
    )
)


def test_group_of_250_comes_in_three_pages_with_nobody_missing_or_doubled(aws: Aws) -> None:
    aws.rebuild(CROWD)
    pages = list(aws.admin_client("iam").get_paginator("get_group").paginate(GroupName="crowd"))
    assert [len(page["Users"]) for page in pages] == [100, 100, 50]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert len({user["UserName"] for page in pages for user in page["Users"]}) == PEOPLE
    assert {page["Group"]["GroupName"] for page in pages} == {"crowd"}


def test_first_page_of_users_is_not_all_of_them(aws: Aws) -> None:
    aws.rebuild(CROWD)
    iam = aws.admin_client("iam")
    assert len(iam.list_users()["Users"]) == 100
    assert len([user for page in iam.get_paginator("list_users").paginate() for user in page["Users"]]) == PEOPLE + 1


def test_person_who_leaves_between_two_pages_makes_nobody_be_skipped(aws: Aws) -> None:
    aws.rebuild(CROWD)
    iam = aws.admin_client("iam")
    first = iam.get_group(GroupName="crowd", MaxItems=10)
    iam.remove_user_from_group(GroupName="crowd", UserName=first["Users"][0]["UserName"])
    second = iam.get_group(GroupName="crowd", MaxItems=10, Marker=first["Marker"])
    assert [user["UserName"] for user in second["Users"]] == [f"u{number:03}" for number in range(10, 20)]


def test_groups_tags_and_policies_of_a_user_come_in_pages(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.tag_user(UserName="leader01", Tags=[{"Key": f"k{number}", "Value": ""} for number in range(5)])
    tags = iam.get_paginator("list_user_tags").paginate(UserName="leader01", PaginationConfig={"PageSize": 2})
    assert [len(page["Tags"]) for page in tags] == [2, 2, 1]
    groups = iam.get_paginator("list_groups_for_user").paginate(UserName="leader01", PaginationConfig={"PageSize": 1})
    names = [group["GroupName"] for page in groups for group in page["Groups"]]
    assert names == ["ChangeApprovalGroup", "LeaderGroup"]
    policies = iam.get_paginator("list_group_policies").paginate(GroupName="MemberGroup", PaginationConfig={"PageSize": 1})
    assert [name for page in policies for name in page["PolicyNames"]] == ["OwnCredentials", "SwitchRole"]


def test_groups_can_be_listed_by_path_and_roles_come_in_pages(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    work = iam.list_groups(PathPrefix="/sekisho/work/")["Groups"]
    assert [group["GroupName"] for group in work] == [
        f"Prod{level}WorkGroup" for level in ("Automation", "Change", "Leader", "Member")
    ]
    roles = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 1}))
    assert {role["RoleName"] for page in roles for role in page["Roles"]} >= {
        "OrganizationAccountAccessRole",
        "SekishoPortalRole",
    }


def test_page_of_more_than_a_thousand_is_refused(aws: Aws) -> None:
    with refused("ValidationError", status=400, match="maxItems"):
        aws.admin_client("iam").list_users(MaxItems=1_001)


@pytest.mark.parametrize("marker", ["!", "/w==", "bm9ib2R5!"])
def test_marker_that_was_never_given_is_refused(aws: Aws, marker: str) -> None:
    with refused("ValidationError", status=400, match="Invalid Marker"):
        aws.admin_client("iam").list_users(Marker=marker)
