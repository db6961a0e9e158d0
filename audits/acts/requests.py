"""Data of what happens to a request."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from audits.acts.automation import EndedInAws, Execution
from audits.acts.shape import Call, Done, Moment, Proof, Settings, Shape


class Level(Shape):
    number: int
    approvals: int
    approvers: list[str]


class Policy(Settings):
    key: str
    shortest_minutes: int
    longest_minutes: int
    decision_minutes: int
    decide_by: list[str]
    same_client_may_decide: bool
    levels: list[Level]


class AwsUser(Shape):
    """Of IAM or of Identity Center, by name and by the id that a user of the same name made later does not have."""

    name: str
    user_id: str


class WorkGroup(Shape):
    name: str
    backend: str
    target_roles: list[str]


class Request(Shape):
    """A request without its long texts, which `digest` covers; its policy as it was at this moment.

    Of a request that a newer release took, an older one that runs beside it tells what that asks for as well.
    """

    model_config = ConfigDict(extra="allow")

    code: str
    status: str
    requester: str
    iam_user: AwsUser | None
    identity_center_user: AwsUser | None = None
    work_groups: list[WorkGroup]
    change_ticket: str
    asked_starts_at: Moment | None
    asked_ends_at: Moment | None
    duration_minutes: int | None
    extends: str | None
    revises: str | None
    policy: Policy
    digest: str
    submitted_at: Moment
    decide_until: Moment
    settled_at: Moment | None
    # As approval fixed them.
    starts_at: Moment | None
    ends_at: Moment | None


class RequestWithTexts(Request):
    reason: str
    impact: str
    plan: str
    way_back: str


class SignedDocument(Shape):
    """What a passkey signed: its challenge is the SHA-256 of this in RFC 8785. `policy_version` is that of `request.policy`."""

    request: str
    digest: str
    policy_version: str
    verdict: str
    person: str
    nonce: str
    issued: str


class Assertion(Shape):
    """A passkey's signature of a decision, as WebAuthn has it, in base64url."""

    credential_id: str
    authenticator_data: str
    client_data: str
    signature: str
    document: SignedDocument


class Decision(Shape):
    """One approver's yes or no. `seen` is the digest of what they saw."""

    approver: str
    verdict: str
    level: int
    comment: str
    proof: Proof
    door: str
    client: str
    seen: str
    # Where a passkey of the approver's signed it.
    assertion: Assertion | None = None


class OfRequest(Done):
    about: ClassVar = ("R-",)

    request: Request


class Submitted(Done):
    about: ClassVar = ("R-",)

    to: str
    request: RequestWithTexts


class ApprovalGiven(OfRequest):
    since: ClassVar = 5

    decision: Decision


class RequestSettled(OfRequest):
    from_: str = Field(alias="from")
    to: str


class Approved(RequestSettled):
    """`elevations` are those that the approval makes; of an extension, the one that it prolongs."""

    since: ClassVar = 5

    decision: Decision
    elevations: list[str]


class Refused(RequestSettled):
    """Somebody's decision; or, where nobody decided here, what happened in AWS."""

    since: ClassVar = 5

    decision: Decision | None = None
    in_aws: EndedInAws | None = None


class Withdrawn(RequestSettled):
    """`reason`: why it was withdrawn where it was not the requester who did, such as `person_disabled`."""

    since: ClassVar = 4

    reason: str | None = None


class Lapsed(RequestSettled):
    in_aws: EndedInAws | None = None


class ChangeAttemptFailed(OfRequest):
    problem: str
    work_group: str
    calls: list[Call]


class RequestExecutionSeen(OfRequest):
    execution: Execution
    calls: list[Call] = []
