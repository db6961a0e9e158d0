"""The change template of a work group, beside its runbooks.

templates   what a company may change in it      rendering   what it says, from the file of portal.aws
pinning     which versions may be run            publishing  making AWS have it, and the review by somebody else
"""

from access_requests.grants.change_manager.documents.change_documents import CHANGE_DOCUMENTS, ChangeDocuments
from access_requests.grants.change_manager.documents.pinning import Pinned, pinned_change
from access_requests.grants.change_manager.documents.rendering import template, template_name

__all__ = ["CHANGE_DOCUMENTS", "ChangeDocuments", "Pinned", "pinned_change", "template", "template_name"]
