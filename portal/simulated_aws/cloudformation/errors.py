"""How CloudFormation says no."""

from portal.simulated_aws.errors import Refusal


class AlreadyExists(Refusal):
    code = "AlreadyExistsException"
    status = 400


class InsufficientCapabilities(Refusal):
    code = "InsufficientCapabilitiesException"
    status = 400


class ChangeSetNotFound(Refusal):
    code = "ChangeSetNotFound"
    message = "ChangeSet [{name}] does not exist"
    status = 404


class InvalidChangeSetStatus(Refusal):
    code = "InvalidChangeSetStatus"
    status = 400


class Failed(Exception):
    """A resource could not be made, changed or deleted; the message is the reason that its event gives."""


class Forgotten(Exception):
    """There is no such stack any more: the world was built anew."""
