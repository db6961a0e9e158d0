"""Data of things as they were when the trail began to tell the whole of them: one entry a row, written by the upgrade.

Facts are those that the fold of the trail (`audits.replay`) has of each, by its names.
"""

from typing import ClassVar

from audits.acts.catalogue import Account, ApprovalPolicy, Role, StandingGroup, WorkGroupInFile
from audits.acts.directories import DirectoryGroup, MarkedScimToken, Provided
from audits.acts.drifts import Drift
from audits.acts.elevations import Elevation
from audits.acts.people import Link
from audits.acts.programs import MarkedClient, MarkedToken, Webhook
from audits.acts.requests import AwsUser, Decision, Policy, WorkGroup
from audits.acts.shape import Data, Moment, PersonalText, Proof, Shape


class DecisionOfThen(Decision):
    decided_at: Moment
    nonce: str | None = None


class RequestOfThen(Shape):
    """`policy` is its key, and `submitted_policy` what that said when the request was submitted."""

    code: str
    status: str
    requester: str
    policy: str
    submitted_policy: Policy
    iam_user: AwsUser | None
    identity_center_user: AwsUser | None = None
    work_groups: list[WorkGroup]
    reason: str
    change_ticket: str
    impact: str
    plan: str
    way_back: str
    asked_starts_at: Moment | None
    asked_ends_at: Moment | None
    duration_minutes: int | None
    extends: str | None
    revises: str | None
    digest: str
    submitted_at: Moment
    decide_until: Moment
    settled_at: Moment | None
    starts_at: Moment | None
    ends_at: Moment | None
    door: str
    client: str
    decisions: list[DecisionOfThen]


class RequestBaseline(Data):
    about: ClassVar = ("R-",)
    since: ClassVar = 5

    after: RequestOfThen


class ElevationBaseline(Data):
    about: ClassVar = ("E-",)
    since: ClassVar = 5

    after: Elevation


class PolicyOfThen(ApprovalPolicy):
    retired_at: Moment | None


class WorkGroupOfThen(WorkGroupInFile):
    retired_at: Moment | None


class CatalogueBaseline(Data):
    about: ClassVar = ("account:", "role:", "standing_group:", "policy:", "work_group:")
    since: ClassVar = 5

    after: Account | Role | StandingGroup | PolicyOfThen | WorkGroupOfThen


class PersonOfThen(Shape):
    """`password` is the mark of what is stored in its place."""

    name: PersonalText
    email: PersonalText
    disabled: bool
    disabled_by: str
    made_by: str
    iam_user: AwsUser | None
    iam_user_bound_at: Moment | None
    identity_center_user: AwsUser | None
    identity_center_user_bound_at: Moment | None
    links: list[Link]
    roles: dict[str, list[str]]
    standing_groups: list[str]
    password: str


class PersonBaseline(Data):
    """`cleared` are flags of Django's that the person had, by which the portal lets nobody do anything, and that went."""

    about: ClassVar = ("person:",)
    since: ClassVar = 5

    after: PersonOfThen
    cleared: list[str] = []


class ProvidedOfThen(Provided):
    person: str
    deleted_at: Moment | None


class ProvidedBaseline(Data):
    about: ClassVar = ("provided:",)
    since: ClassVar = 5

    after: ProvidedOfThen


class DirectoryGroupBaseline(Data):
    about: ClassVar = ("directory_group:",)
    since: ClassVar = 5

    after: DirectoryGroup


class ScimTokenOfThen(MarkedScimToken):
    revoked_at: Moment | None


class ScimTokenBaseline(Data):
    about: ClassVar = ("scim_token:",)
    since: ClassVar = 5

    after: ScimTokenOfThen


class ClientOfThen(MarkedClient):
    secret: None = None
    retired_at: Moment | None


class ClientBaseline(Data):
    about: ClassVar = ("client:",)
    since: ClassVar = 5

    after: ClientOfThen


class TokenOfThen(MarkedToken):
    proof: Proof


class TokenBaseline(Data):
    about: ClassVar = ("token:",)
    since: ClassVar = 5

    after: TokenOfThen


class WebhookOfThen(Webhook):
    made_by: str
    made_at: Moment
    mark: str
    previous_mark: str | None
    previous_until: Moment | None


class WebhookBaseline(Data):
    about: ClassVar = ("webhook:",)
    since: ClassVar = 5

    after: WebhookOfThen


class DriftBaseline(Data):
    about: ClassVar = ("D-",)
    since: ClassVar = 5

    after: Drift
