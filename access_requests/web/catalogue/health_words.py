"""What is missing of a backend, as a sentence that says what an administrator is to do. The thing itself stands before it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests import problems
from access_requests.grants import health
from access_requests.grants.registry import words_of

SENTENCES: Mapping[str, Promise] = {
    health.SETTING_EMPTY: _("The setting is empty. Set it to the ARN of the role, for web and workers, and start them again."),
    health.ROLE_REFUSED: _(
        "AWS does not let the portal take on this role. Make the role if it is not there, and have its trust name the "
        "portal's identity in AWS."
    ),
    health.CALL_DENIED: _(
        "AWS denies this call to the portal. Give the role that makes it the policy that comes with the portal."
    ),
    health.GROUP_MISSING: _("The group is not there. Make it in AWS, or take the work group out of the catalogue."),
    health.BOUNDARY_MISSING: _(
        "The permissions boundary is not there, or is another one. Put SekishoWorkRoleBoundary on the role, or "
        "SekishoPersonBoundary on the user, in AWS. The last comparison found it: the page Drift has it, and who took it off."
    ),
    health.NO_SUCH_BACKEND: _(
        "The settings name no such backend. Add it to GRANT_BACKENDS, or give its work groups another one in the catalogue."
    ),
    "NoCredentialsError": _("The workers have no credentials for AWS. Give them a role, or a key in their environment."),
    "InvalidClientTokenId": _("AWS does not know the workers' credentials. Give them others."),
}


def to_do(problem: str, alias: str) -> str:
    """Return what is to be done about what this backend lacks; a problem that is met in grants too has the same words there."""
    return str(words_of(alias).to_do.get(problem) or SENTENCES.get(problem) or problems.sentence(problem))
