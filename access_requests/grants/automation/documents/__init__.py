"""The runbooks of a work group: one document for each purpose.

naming   what they are called    rendering  what they say, from the files of portal.aws: their steps
reading  what AWS has            pinning    which versions may be run
publishing  making AWS have them
"""

from access_requests.grants.automation.documents.naming import is_document_name, name
from access_requests.grants.automation.documents.pinning import difference, differences, pinned_runbook
from access_requests.grants.automation.documents.publishing import publish, put
from access_requests.grants.automation.documents.reading import Held, held
from access_requests.grants.automation.documents.rendering import Content, filled, runbook, setting, source
from access_requests.grants.automation.documents.runbooks import RUNBOOKS, Runbooks

__all__ = [
    "RUNBOOKS",
    "Content",
    "Held",
    "Runbooks",
    "difference",
    "differences",
    "filled",
    "held",
    "is_document_name",
    "name",
    "pinned_runbook",
    "publish",
    "put",
    "runbook",
    "setting",
    "source",
]
