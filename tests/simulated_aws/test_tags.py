"""Tags of users."""

import pytest

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws


def _tags(aws: Aws) -> dict[str, str]:
    tags = aws.admin_client("iam").list_user_tags(UserName="member01")["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}


def test_ttl_tag_is_written_overwritten_and_removed(aws: Aws) -> None:
    iam, key = aws.admin_client("iam"), "sekisho:ttl:ProdMemberWorkGroup"
    iam.tag_user(UserName="member01", Tags=[{"Key": key, "Value": "2026-11-23T20:00:00Z"}])
    iam.tag_user(UserName="member01", Tags=[{"Key": key, "Value": "2026-11-23T21:00:00Z"}])
    assert _tags(aws) == {key: "2026-11-23T21:00:00Z"}
    iam.untag_user(UserName="member01", TagKeys=[key])
    assert _tags(aws) == {}


def test_key_in_another_case_is_the_same_tag_and_keeps_its_first_spelling(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.tag_user(UserName="member01", Tags=[{"Key": "Department", "Value": "finance"}])
    iam.tag_user(UserName="member01", Tags=[{"Key": "DEPARTMENT", "Value": "hr"}])
    assert _tags(aws) == {"Department": "hr"}
    iam.untag_user(UserName="member01", TagKeys=["department"])
    assert _tags(aws) == {}


def test_removing_a_tag_that_is_not_there_is_no_error(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.tag_user(UserName="member01", Tags=[{"Key": "kept", "Value": ""}])
    iam.untag_user(UserName="member01", TagKeys=["nothing"])
    assert _tags(aws) == {"kept": ""}


def test_fifty_tags_fit_and_the_fifty_first_does_not(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.tag_user(UserName="member01", Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)])
    with refused("LimitExceeded", status=409, match="TagsPerUser: 50"):
        iam.tag_user(UserName="member01", Tags=[{"Key": "k50", "Value": ""}])
    iam.tag_user(UserName="member01", Tags=[{"Key": "k49", "Value": "overwritten"}])
    assert len(_tags(aws)) == 50
    assert _tags(aws)["k49"] == "overwritten"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((f"a{character}b", "") for character in ",;#!\t\n\0<"),
        ("k", "a,b"),
        ("k", "line\nbreak"),
        ("k", "\N{PILE OF POO}"),
        ("k" * 129, ""),
        ("k", "v" * 257),
    ],
)
def test_key_or_value_outside_the_character_set_or_length_is_refused(aws: Aws, key: str, value: str) -> None:
    with refused("ValidationError", status=400, match="failed to satisfy constraint"):
        aws.admin_client("iam").tag_user(UserName="member01", Tags=[{"Key": key, "Value": value}])
    assert _tags(aws) == {}


@pytest.mark.parametrize(("key", "value"), [("部署 カ_.:/=+-@", "経理\u3000部"), ("k" * 128, "v" * 256), ("k", "")])
def test_letters_of_any_script_and_the_longest_lengths_are_taken(aws: Aws, key: str, value: str) -> None:
    aws.admin_client("iam").tag_user(UserName="member01", Tags=[{"Key": key, "Value": value}])
    assert _tags(aws) == {key: value}


@pytest.mark.parametrize("key", ["aws:cloudformation:stack", "AWS:x"])
def test_keys_reserved_for_aws_are_refused(aws: Aws, key: str) -> None:
    with refused("InvalidInput", status=400):
        aws.admin_client("iam").tag_user(UserName="member01", Tags=[{"Key": key, "Value": ""}])


def test_one_call_cannot_give_a_key_twice(aws: Aws) -> None:
    tags = [{"Key": "k", "Value": "1"}, {"Key": "K", "Value": "2"}]
    with refused("InvalidInput", status=400, match="Duplicate tag keys"):
        aws.admin_client("iam").create_user(UserName="taro", Tags=tags)  # type: ignore[arg-type]
    with refused("NoSuchEntity", status=404):
        aws.admin_client("iam").get_user(UserName="taro")
