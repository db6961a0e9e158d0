"""How this AWS says no."""

from moto.core.exceptions import ServiceException


class Refusal(ServiceException):
    """An error answer with AWS's own code.

    `status` is for the codes that no service model lists; for the others the model's own status is used.
    """

    status: int | None = None


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


class InvalidAuthenticationCode(Refusal):
    code = "InvalidAuthenticationCode"
    message = "Authentication code for device is not valid."
    status = 403


class InvalidAction(Refusal):
    code = "InvalidAction"
    status = 400


class NotSimulated(Refusal):
    """AWS has this action and we do not: 501, which clients don't retry."""

    code = "NotSimulated"
    status = 501


class Throttling(Refusal):
    code = "Throttling"
    status = 400


class ServerFault(Refusal):
    """AWS's own failure, which clients try again."""

    def __init__(self, code: str, message: str, *, status: int = 500) -> None:
        super().__init__(code, message)
        self.status = status


class SerializationError(Refusal):
    code = "SerializationException"
    status = 400


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


class DoesNotExist(Refusal):
    code = "DoesNotExistException"


class InvalidFilterKey(Refusal):
    code = "InvalidFilterKey"


class InvalidNextToken(Refusal):
    """`InvalidNextTokenException` of CloudTrail; Systems Manager's has the shorter code."""

    code = "InvalidNextToken"


class InvalidLookupAttributes(Refusal):
    code = "InvalidLookupAttributesException"


class InvalidTimeRange(Refusal):
    code = "InvalidTimeRangeException"


# The JSON protocol has names of its own for what the query protocol says in another way.
_IN_JSON = {
    "AccessDenied": "AccessDeniedException",
    "ExpiredToken": "ExpiredTokenException",
    "InvalidClientTokenId": "UnrecognizedClientException",
    "Throttling": "ThrottlingException",
    "ValidationError": "ValidationException",
}


def named_in_json(error: ServiceException) -> ServiceException:
    """Return the error as services that speak JSON call it."""
    name = _IN_JSON.get(error.code)
    return error if name is None else Refusal(name, error.message)
