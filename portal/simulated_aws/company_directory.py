"""The company's Identity Center: its people, the one group that gives access to production by it, and the role behind that."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from portal.iam.account_design import rights
from portal.iam.rails import placing
from portal.simulated_aws.guard_rails import document
from portal.simulated_aws.world import DirectoryGroup, DirectoryUser, IdentityCenter, Role

REGION = "ap-northeast-1"
WORK_GROUP = "ProdIdentityCenterGroup"
PERMISSION_SET = "SekishoOperate"
# As Identity Center makes it from the permission set, in each account that the group is assigned to.
ROLE = f"AWSReservedSSO_{PERMISSION_SET}_0123456789abcdef"
ROLE_PATH = f"/aws-reserved/sso.amazonaws.com/{REGION}/"
INLINE_POLICY = "AwsSSOInlinePolicy"
_RAILS = "SekishoRails1"
_LONGEST_SESSION_SECONDS = 12 * 3_600
_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "member01": ("佐藤", "美咲"),
        "member02": ("鈴木", "健太"),
        "leader01": ("高橋", "直子"),
        "leader02": ("田中", "大輔"),
        "admin01": ("伊藤", "由紀"),
        "auditor01": ("渡辺", "誠"),
    }
)


def directory(people: Iterable[str], *, production: str) -> IdentityCenter:
    """Return the instance with these people; at rest nobody is in the work group, which leads to the account of production."""
    group = DirectoryGroup(
        name=WORK_GROUP, description="Production, by Identity Center", assignments=((production, PERMISSION_SET),)
    )
    return IdentityCenter(
        region=REGION,
        users=tuple(_user(name) for name in people),
        groups=(group,),
    )


def role(account_id: str) -> Role:
    """Return the role of the permission set: what members do there. Nobody gets into it but by Identity Center's SAML provider.

    It has neither gate nor boundary, which Identity Center would not let it have. A permission set has one inline policy, so
    that the documents are made one, and names the account's rails, which are there before it is assigned.
    """
    provider = f"arn:aws:iam::{account_id}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
    trust = document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        }
    )
    statements = [
        statement
        for policy in rights.inline("member", "production", account_id=account_id).values()
        for statement in _statements(policy)
    ]
    return Role(
        name=ROLE,
        path=ROLE_PATH,
        trust=trust,
        max_session_seconds=_LONGEST_SESSION_SECONDS,
        managed=(rights.READ_ONLY, f"arn:aws:iam::{account_id}:policy{placing.PATH}{_RAILS}"),
        inline={INLINE_POLICY: document(*statements)},
    )


def _statements(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(policy["Statement"])


def _user(name: str) -> DirectoryUser:
    family, given = _NAMES.get(name, (name, name))
    return DirectoryUser(name=name, given_name=given, family_name=family, email=f"{name}@example.com")
