"""Access that was approved and not granted: why, and who does what about it, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_requests import problems
from access_requests.models import Elevation
from access_requests.policy.leave import Unfounded
from audits.acts import reasons

_ASK_AGAIN = _("When an administrator has put that right, ask again with the same contents.")
_IN_THE_CATALOGUE = _("The catalogue file decides that: an administrator changes it there. Then ask again.")
_IF_NEEDED = _("Ask again if it is still needed.")
_FORGED = _("An administrator must find out who wrote to the database before anybody asks again.")
# By the reason for which the elevation ended.
REMEDIES: Mapping[str, Promise] = {
    "expired": _("Ask again for another time. If it happens again, an administrator looks at workers and backends."),
    "person_disabled": _IN_THE_CATALOGUE,
    "requester_may_not": _IN_THE_CATALOGUE,
    "work_group_retired": _IN_THE_CATALOGUE,
    "iam_user_rebound": _IF_NEEDED,
    "identity_center_user_rebound": _IF_NEEDED,
    "change_rejected": _IF_NEEDED,
    "execution_cancelled": _IF_NEEDED,
    "change_timed_out": _IF_NEEDED,
    "calendar_override_rejected": _IF_NEEDED,
    **dict.fromkeys(Unfounded, _FORGED),
}
# What AWS said says more than these.
FROM_AWS = frozenset({"expired", "grant_refused"})


@dataclass(frozen=True, kw_only=True)
class NotGranted:
    elevation: Elevation

    @property
    def cause(self) -> str:
        reason, problem = self.elevation.stop_reason, self.elevation.problem_at_end
        if problem and reason in FROM_AWS:
            return problems.at_the_end(problem)
        return gettext("%(reason)s.") % {"reason": capfirst(reasons.stopped(reason))}

    @property
    def remedy(self) -> str:
        return str(REMEDIES.get(self.elevation.stop_reason, _ASK_AGAIN))
