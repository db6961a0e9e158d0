"""A profile by which the aws command takes on a role, while the access lasts and no longer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import botocore.configloader
import botocore.session
import pytest
from botocore.exceptions import ClientError

from access_requests.models import ApiClient, IamUserBinding, TargetRole, WorkGroup
from access_requests.services.elevations import gates
from tests.cli.terminal import Terminal
from tests.cli.test_commands import done, refused
from tests.stand_ins.aws import Aws
from tests.stand_ins.bots import SCOPES, make_client, token_of
from tests.worlds.cast import Cast, target_role
from tests.worlds.gated import Gated
from tests.worlds.jump import ended, granted
from tests.worlds.story import elevated, returned

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "sekisho-ProdMemberWorkGroup"
WRITE = ("aws-profile", "--write")


@dataclass(frozen=True, kw_only=True)
class Laptop:
    """The machine of member01, with an access key of the IAM user in the profile `jump`."""

    terminal: Terminal
    aws: Aws

    def as_role(self, profile: str = NAME) -> Any:
        """Return a client by the profile; botocore asks for the device's code as the aws command does."""
        session = botocore.session.Session(profile=profile)
        provider = session.get_component("credential_provider").get_provider("assume-role")
        provider._prompter = lambda _question: self.aws.person("member01").mfa_code
        return session.create_client("iam")

    def can_work(self, profile: str = NAME) -> bool:
        client = self.as_role(profile)
        try:
            client.get_role(RoleName="Prod_ReadOnlyRole")
        finally:
            client.close()
        return True


@pytest.fixture(autouse=True)
def device(cast: Cast) -> None:
    """A comparison with AWS has read which devices member01 has."""
    IamUserBinding.objects.filter(person=cast.member01).update(mfa_serials=["arn:aws:iam::111111111111:mfa/member01"])


@pytest.fixture
def laptop(member01: Terminal, gated: Gated, monkeypatch: pytest.MonkeyPatch) -> Iterator[Laptop]:
    # Sessions are as old as AWS's clock says, which is this machine's.
    gated.jump.clock.now = datetime.now(UTC).replace(microsecond=0)
    for role_id in list(gates.due(now=gated.jump.clock.now)):
        gates.refresh(role_id)
    key = gated.aws.person("member01").credentials.key
    keys = member01.home / ".aws" / "credentials"
    keys.parent.mkdir()
    keys.write_text(f"[jump]\naws_access_key_id = {key.id}\naws_secret_access_key = {key.secret}\n")
    for name, value in {**member01.variables(), "AWS_ENDPOINT_URL": gated.aws.endpoint_url}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    yield Laptop(terminal=member01, aws=gated.aws)
    gated.aws.set_clock()


def test_profile_opens_the_role_while_access_is_active_and_not_afterwards(laptop: Laptop, gated: Gated, cast: Cast) -> None:
    done(laptop.terminal.run(*WRITE, "ProdMemberWorkGroup"))
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        laptop.can_work()

    elevation = granted(elevated(cast.member01, cast.leader01, now=gated.jump.clock.now))
    said = done(laptop.terminal.run(*WRITE))
    assert said.out == f"aws --profile {NAME} sts get-caller-identity\n"
    assert said.err == ""
    assert laptop.can_work()
    live = laptop.as_role()
    live.get_role(RoleName="Prod_ReadOnlyRole")

    ended(returned(elevation, cast.member01, now=gated.jump.clock.now))
    with pytest.raises(ClientError, match="explicit deny"):
        live.get_role(RoleName="Prod_ReadOnlyRole")
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        laptop.can_work()
    live.close()
    refused(laptop.terminal.run(*WRITE), "no_access")


def test_profile_says_what_trust_policies_ask_for_and_lasts_as_long_as_the_access(
    laptop: Laptop, gated: Gated, cast: Cast
) -> None:
    granted(elevated(cast.member01, cast.leader01, now=gated.jump.clock.now))
    assert done(laptop.terminal.run("aws-profile")).out == (
        f"[profile {NAME}]\n"
        "role_arn = arn:aws:iam::444444444444:role/Prod_MemberRole\n"
        "source_profile = jump\n"
        "role_session_name = member01\n"
        "mfa_serial = arn:aws:iam::111111111111:mfa/member01\n"
        "duration_seconds = 1800\n"
        "region = ap-northeast-1\n"
    )
    assert not (laptop.terminal.home / ".aws" / "config").exists()


def test_wishes_go_before_what_the_portal_knows(member01: Terminal) -> None:
    ended = done(
        member01.run(
            "aws-profile", "ProdMemberWorkGroup", "--json", "--source-profile", "work", "--region", "eu-west-1",
            "--mfa", "arn:aws:iam::111111111111:mfa/phone",
        )
    )  # fmt: skip
    (profile,) = ended.json()["profiles"]
    assert (profile["source_profile"], profile["region"], profile["duration_seconds"]) == ("work", "eu-west-1", 14_400)
    assert profile["mfa_serial"] == "arn:aws:iam::111111111111:mfa/phone"
    assert "There is no profile work yet" in ended.err


def test_work_group_with_several_roles_has_a_profile_for_each(member01: Terminal, cast: Cast) -> None:
    second = target_role(cast.production, "Prod_LogRole")
    third = target_role(cast.jump, "Prod_LogRole")
    cast.prod_member.target_roles.add(second, third)
    made = done(member01.run("aws-profile", "ProdMemberWorkGroup", "--json")).json()["profiles"]
    assert {each["name"] for each in made} == {
        f"{NAME}/Prod_MemberRole", f"{NAME}/Prod_LogRole/444444444444", f"{NAME}/Prod_LogRole/111111111111"
    }  # fmt: skip


def test_no_two_roles_share_a_name_whatever_groups_are_called(member01: Terminal, cast: Cast) -> None:
    cast.prod_member.target_roles.add(target_role(cast.production, "Prod_LogRole"))
    for name, role in (
        ("ProdMemberWorkGroup-Prod_LogRole", "Prod_A"),
        ("ProdMemberWorkGroup-Prod_LogRole-444444444444", "Prod_B"),
    ):
        group = WorkGroup.objects.create(name=name, policy=cast.one_lead, everyone_may_request=True)
        group.target_roles.set([target_role(cast.production, role)])
        ApiClient.objects.get().work_groups.add(group)
    config = member01.home / "config"
    names = [group.name for group in WorkGroup.objects.filter(name__startswith="ProdMember")]
    made = done(member01.run(*WRITE, *names, "--config", str(config), "--json")).json()["profiles"]
    assert len({each["name"] for each in made}) == len({each["role_arn"] for each in made}) == len(made) == 4
    read = botocore.configloader.load_config(str(config))["profiles"]
    assert {name: profile["role_arn"] for name, profile in read.items()} == {each["name"]: each["role_arn"] for each in made}


def test_what_would_change_is_shown_and_not_done(member01: Terminal) -> None:
    config = member01.home / "elsewhere"
    config.write_text("[default]\nregion = eu-west-1\n")
    shown = done(member01.run("aws-profile", "ProdMemberWorkGroup", "--dry-run", "--config", str(config)))
    assert f"+[profile {NAME}]" in shown.out
    assert config.read_text() == "[default]\nregion = eu-west-1\n"
    done(member01.run(*WRITE, "ProdMemberWorkGroup", "--config", str(config)))
    again = done(member01.run(*WRITE, "ProdMemberWorkGroup", "--config", str(config)))
    assert again.err.startswith(f"{config} is up to date.\n")


def test_each_reason_why_there_is_no_profile(member01: Terminal, cast: Cast) -> None:
    refused(member01.run("aws-profile"), "no_access")
    refused(member01.run("aws-profile", "Administrators"), "unknown_work_group")
    TargetRole.objects.update(arn=None)
    refused(member01.run("aws-profile", "ProdMemberWorkGroup"), "identity_unread")
    TargetRole.objects.update(arn="arn:aws:iam::444444444444:role/Prod_MemberRole")
    IamUserBinding.objects.filter(person=cast.member01).update(mfa_serials=["arn:aws:iam::111111111111:u2f/user/member01/k"])
    refused(member01.run("aws-profile", "ProdMemberWorkGroup"), "no_mfa_device")
    IamUserBinding.objects.filter(person=cast.member01).update(mfa_serials=None)
    refused(member01.run("aws-profile", "ProdMemberWorkGroup"), "mfa_device_unread")
    IamUserBinding.objects.filter(person=cast.member01).delete()
    refused(member01.run("aws-profile", "ProdMemberWorkGroup"), "no_iam_user")
    cast.prod_member.backend = "identity_center"
    cast.prod_member.save()
    refused(member01.run("aws-profile", "ProdMemberWorkGroup"), "no_role")


def test_service_is_told_nobodys_device_and_says_so(terminal: Terminal, portal: str, cast: Cast) -> None:
    token, person = token_of(make_client("chatbot", cast), *SCOPES), "slack:U0MEMBER01"
    service = {"SEKISHO_PORTAL": portal, "SEKISHO_TOKEN": token, "SEKISHO_ON_BEHALF_OF": person}
    refused(terminal.run("aws-profile", "ProdMemberWorkGroup", **service), "mfa_device_not_told")
