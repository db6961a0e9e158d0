"""How the identity store says no."""

from portal.simulated_aws.errors import Refusal


class Conflict(Refusal):
    code = "ConflictException"
    Reason = "UNIQUENESS_CONSTRAINT_VIOLATION"


class NotFound(Refusal):
    """Nothing of that kind: GROUP, USER, GROUP_MEMBERSHIP or IDENTITY_STORE."""

    code = "ResourceNotFoundException"

    def __init__(self, kind: str) -> None:
        super().__init__(f"{kind} not found.")
        self.ResourceType = kind


class Invalid(Refusal):
    code = "ValidationException"
