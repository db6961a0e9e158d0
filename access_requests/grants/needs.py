"""What must be there before a backend can grant: roles that settings name, and what a probe of them is told and finds."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings

from portal.aws.calls import AwsClient
from portal.aws.sessions import ssm_of


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A work group that a backend grants. `roles` are the sorted names of its target roles."""

    group: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """A role that `setting` names, and the file of portal/aws/policies that says what it must be allowed.

    `role` is its name where the account design makes it. Without a setting it is the portal's own identity in the Jump account.

    `service` is the service of AWS that alone takes it on, if that is not the portal, and `source` the ARNs of what it acts for
    then, `{account}` being the Jump account; `is_optional` is one that people may do without.
    """

    policy: str
    setting: str = ""
    role: str = ""
    service: str | None = None
    source: str = ""
    is_optional: bool = False

    @property
    def arn(self) -> str:
        return str(getattr(settings, self.setting))


@dataclass(frozen=True, kw_only=True)
class Needs:
    permissions: Sequence[Permissions] = ()

    @property
    def roles(self) -> Sequence[Permissions]:
        """The roles that have a setting of their own."""
        return [one for one in self.permissions if one.setting]

    def empty(self) -> Iterator[str]:
        """Yield the settings that name no role and must."""
        return (one.setting for one in self.roles if not one.arn and not one.is_optional)


@dataclass(frozen=True, kw_only=True)
class Missing:
    """What there is to do something about: which thing, a short stable word for what is wrong, and what AWS said."""

    what: str
    problem: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a probe is about: the work groups, an IAM user whom people act as, if any, and which roles can be taken on."""

    owners: Sequence[Owner]
    aws: AwsClient
    user_name: str = ""
    usable: Collection[str] = ()

    def ssm(self, setting: str) -> AwsClient:
        """Return Systems Manager as the role of this setting sees it."""
        return self.aws.through(ssm_of(str(getattr(settings, setting)), settings.AWS_REGION))
