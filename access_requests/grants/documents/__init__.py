"""The documents in Systems Manager by which AWS gives and takes: runbooks, and change templates. Files below portal/aws/runbooks.

rendering   what they are to say, for one work group      reading      what AWS has, and whether it is that
                                                          publishing   writing and reviewing them
"""

from access_requests.grants.documents.publishing import Published, publish, review
from access_requests.grants.documents.reading import Pinned, pinned_change, pinned_runbook, problems
from access_requests.grants.documents.rendering import (
    BY_RUNBOOK,
    CHANGE_MANAGER,
    SSM_AUTOMATION,
    Owner,
    fits_document_name,
    name,
    template_name,
)

__all__ = [
    "BY_RUNBOOK",
    "CHANGE_MANAGER",
    "SSM_AUTOMATION",
    "Owner",
    "Pinned",
    "Published",
    "fits_document_name",
    "name",
    "pinned_change",
    "pinned_runbook",
    "problems",
    "publish",
    "review",
    "template_name",
]
