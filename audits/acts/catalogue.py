"""Data of changes of the catalogue, and of the documents that work groups have in AWS."""

from typing import ClassVar

from audits.acts.shape import Done, Settings, Shape


class Account(Shape):
    id: str
    name: str
    kind: str
    gate_role: str
    gate_role_arn: str
    regions: list[str]
    other_roles: list[str]


class Role(Shape):
    level: str
    policies: list[str] | None
    arn: str | None
    role_id: str | None


class RoleIdentity(Shape):
    """Which role in AWS it is, as a worker read it."""

    arn: str | None
    role_id: str | None


class StandingGroup(Shape):
    target_roles: list[str]
    description: str
    description_ja: str = ""


class PolicyLevel(Shape):
    approvals: int
    approvers: list[str]


class ApprovalPolicy(Settings):
    """Times in minutes."""

    shortest: int
    longest: int
    decision: int
    levels: list[PolicyLevel]
    decide_by: list[str]
    same_client_may_decide: bool
    slack_channel: str


class WorkGroupInFile(Shape):
    policy: str
    target_roles: list[str]
    requesters: list[str] | str
    description: str
    description_ja: str = ""
    backend: str
    drift: str
    session: int | None


class InspectionPlan(Shape):
    """Days as `2026-11-05`."""

    inspectors: list[str]
    since: str
    signed_within: int
    country: str
    days_off: list[str]


InCatalogue = Account | Role | RoleIdentity | StandingGroup | ApprovalPolicy | WorkGroupInFile | InspectionPlan


class OfCatalogue(Done):
    about: ClassVar = ("account:", "role:", "standing_group:", "policy:", "work_group:", "inspection_plan:")


class CatalogueAdded(OfCatalogue):
    before: None
    after: InCatalogue


class CatalogueChanged(OfCatalogue):
    before: InCatalogue
    after: InCatalogue


class CatalogueRetired(OfCatalogue):
    before: InCatalogue
    after: None


class DocumentVersion(Shape):
    version: str


class PublishedVersion(DocumentVersion):
    state: str
    work_group: str


class DocumentPublished(Done):
    about: ClassVar = ("document:",)

    before: DocumentVersion | None
    after: PublishedVersion
