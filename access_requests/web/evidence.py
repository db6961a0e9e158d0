"""The statement that decided an evaluation, in the reader's language. Evaluations keep it as `group NAME: POLICY (#1)`."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests import wording

# The names of IAM hold no space and no colon; a policy without a Sid is named by its statement's number.
NAMED = re.compile(r"(?P<kind>(?:boundary of )?(?:user|role)|group) (?P<name>[^\s:]+): (?P<policy>.+) \((?P<statement>[^()]+)\)")
WHERE: Mapping[str, Promise] = {
    "group": _("group %(name)s: %(policy)s (%(statement)s)"),
    "user": _("user %(name)s: %(policy)s (%(statement)s)"),
    "role": _("role %(name)s: %(policy)s (%(statement)s)"),
    "boundary of user": _("boundary of the user %(name)s: %(policy)s (%(statement)s)"),
    "boundary of role": _("boundary of the role %(name)s: %(policy)s (%(statement)s)"),
}


# One that no statement of allows it is kept without any.
BOUNDARY = re.compile(r"boundary of (?P<kind>user|role) (?P<name>[^\s:]+): (?P<policy>.+)")
BOUNDARIES: Mapping[str, Promise] = {
    "user": _("the boundary %(policy)s of the user %(name)s"),
    "role": _("the boundary %(policy)s of the role %(name)s"),
}


def boundary(name: str) -> str:
    """Return which boundary it is that allows nothing of what was asked."""
    found = BOUNDARY.fullmatch(name)
    return str(BOUNDARIES[found["kind"]]) % found.groupdict() if found else name


def shown(by: str) -> str:
    """Return what decided: words for what is no policy, else where the policy stands and which statement it is."""
    if found := NAMED.fullmatch(by):
        return str(WHERE[found["kind"]]) % found.groupdict()
    return str(wording.DECIDED.get(by, by))
