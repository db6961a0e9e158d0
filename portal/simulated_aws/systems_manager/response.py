"""Systems Manager as a service: each of the classes here answers some of its calls."""

from portal.simulated_aws.session_manager import SessionManagerResponse
from portal.simulated_aws.systems_manager.change_calls import ChangeCalls
from portal.simulated_aws.systems_manager.document_calls import DocumentCalls


class SystemsManagerResponse(ChangeCalls, DocumentCalls, SessionManagerResponse):
    """One service, several concepts."""
