"""The runbooks and change templates of work groups that Systems Manager grants: one set of documents a group.

naming      what they are called               rendering   what they say, from the files of portal.aws
reading     what AWS has                       templates   what a company may change in a change template
pinning     which versions may be run          publishing  making AWS have them, and the review of templates
"""

from access_requests.grants.documents.naming import (
    BY_RUNBOOK,
    CHANGE_MANAGER,
    SSM_AUTOMATION,
    Owner,
    is_nameable,
    name,
    template_name,
)
from access_requests.grants.documents.pinning import Difference, Pinned, differences, pinned_change, pinned_runbook
from access_requests.grants.documents.publishing import Published, State, each_published, publish, review
from access_requests.grants.documents.rendering import runbook, template

__all__ = [
    "BY_RUNBOOK",
    "CHANGE_MANAGER",
    "SSM_AUTOMATION",
    "Difference",
    "Owner",
    "Pinned",
    "Published",
    "State",
    "differences",
    "each_published",
    "is_nameable",
    "name",
    "pinned_change",
    "pinned_runbook",
    "publish",
    "review",
    "runbook",
    "template",
    "template_name",
]
