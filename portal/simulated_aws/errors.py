"""How this AWS says no."""

from typing import ClassVar

from moto.core.exceptions import ServiceException


class Refusal(ServiceException):
    """An error answer with AWS's own code.

    `status` is for the codes that no service model lists; for the others the model's own status is used.
    """

    status: ClassVar[int | None] = None


class InvalidClientTokenId(Refusal):
    code = "InvalidClientTokenId"
    message = "The security token included in the request is invalid."
    status = 403


class ExpiredToken(Refusal):
    code = "ExpiredToken"
    message = "The security token included in the request is expired"
    status = 403


class MissingAuthenticationToken(Refusal):
    code = "MissingAuthenticationToken"
    message = "Request is missing Authentication Token"
    status = 403


class AccessDenied(Refusal):
    code = "AccessDenied"
    status = 403

    def __init__(self, *, arn: str, action: str, resource: str) -> None:
        super().__init__(f"User: {arn} is not authorized to perform: {action} on resource: {resource}")


class InvalidAction(Refusal):
    code = "InvalidAction"
    status = 400


class NotSimulated(Refusal):
    """AWS has this action and we do not: 501, which clients don't retry."""

    code = "NotSimulated"
    status = 501


class ValidationError(Refusal):
    code = "ValidationError"
    status = 400


class InvalidInput(Refusal):
    code = "InvalidInput"


class LimitExceeded(Refusal):
    code = "LimitExceeded"


class EntityAlreadyExists(Refusal):
    code = "EntityAlreadyExists"


class NoSuchEntity(Refusal):
    code = "NoSuchEntity"


class DeleteConflict(Refusal):
    code = "DeleteConflict"
