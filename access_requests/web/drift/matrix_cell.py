"""One group against one role: what the catalogue says, what AWS really allows, who is in right now, and whether these agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from access_requests import wording
from access_requests.evaluation import ALLOWED, DENIED, UNKNOWN
from access_requests.models import Drift, Elevation, TargetRole
from access_requests.selectors.matrix import GroupCell
from access_requests.web import evidence

ALWAYS, ON_APPROVAL, NO = "always", "on_approval", "no"
# Why there is no evaluation of a cell, beside evaluation.NO_ROLE.
NO_GROUP, NOT_YET, BY_SIGN_IN = "no_group", "not_yet", "by_sign_in"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`catalogue` is one of the words above. `evaluated` is AWS's side as it was last evaluated, else `missing` says why not.

    `inside` are those who have access by this group right now; `drift` is the row about a disagreement, for who may see it.
    """

    role: TargetRole
    catalogue: str
    inside: Sequence[Elevation] = ()
    evaluated: GroupCell | None = None
    missing: str = NOT_YET
    drift: Drift | None = None

    @property
    def aws(self) -> str:
        return self.evaluated.aws if self.evaluated else self.missing

    @property
    def decided(self) -> str:
        """What decided, or why it is not known."""
        if self.evaluated is None:
            return ""
        return wording.untold(self.evaluated.why) if self.aws == UNKNOWN else evidence.shown(self.evaluated.by)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to say but no: the catalogue says so, and AWS, as far as it is known, nothing else."""
        return self.catalogue == NO and self.aws not in (ALLOWED, UNKNOWN) and not self.is_stale and not self.inside

    @property
    def is_unsure(self) -> bool:
        """Whether what AWS allows is not known, or is known of another state of the catalogue."""
        return self.aws != BY_SIGN_IN and (self.aws not in (ALLOWED, DENIED) or self.is_stale)

    @property
    def is_stale(self) -> bool:
        """Whether the catalogue said something else when AWS was evaluated: then the two are no longer compared."""
        return self.evaluated is not None and self.evaluated.catalogue != self._in_catalogue

    @property
    def disagrees(self) -> bool:
        wrong = DENIED if self._in_catalogue else ALLOWED
        return self.aws == wrong and not self.is_stale

    @property
    def _in_catalogue(self) -> bool:
        return self.catalogue != NO
