"""What pages and reports call the parts of a pack."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audits.evidence import covering
from audits.evidence.population import Difference
from audits.evidence.sampling import Stratum

BROKEN_OFF = "broken_off"
PROBLEMS: Mapping[str, Promise] = {
    BROKEN_OFF: gettext_lazy("Workers broke off three times. Order it again; if it fails again, look at their log."),
}
STEPS: Mapping[str, Promise] = {
    "gather": gettext_lazy("population, differences and sample"),
    "stories": gettext_lazy("stories of the sample"),
    "sheets": gettext_lazy("sheets"),
    "reports": gettext_lazy("reports"),
    "export": gettext_lazy("export of the trail"),
}
DIFFERENCES: Mapping[str, Promise] = {
    Difference.HOURS_NOT_COVERED: gettext_lazy("times of which CloudTrail was not read"),
    Difference.M_WITHOUT_T: gettext_lazy("memberships given without an access"),
    Difference.T_WITHOUT_M: gettext_lazy("accesses without a membership in CloudTrail"),
    Difference.M_WITHOUT_REMOVAL: gettext_lazy("memberships that were not taken"),
    Difference.REMOVAL_WITHOUT_END: gettext_lazy("memberships taken without an end"),
    Difference.L_WITHOUT_T: gettext_lazy("log-ins without approval"),
    Difference.L_NOT_KNOWN: gettext_lazy("log-ins of which it is not known"),
    Difference.T_WITHOUT_L: gettext_lazy("accesses granted and never used"),
    Difference.T_NOT_KNOWN: gettext_lazy("accesses of which it is not known"),
    Difference.TABLES_DIFFER: gettext_lazy("rows that differ from the trail"),
}
STRATA: Mapping[str, Promise] = {
    Stratum.EMERGENCY: pgettext_lazy("stratum", "emergency"),
    Stratum.STOPPED: pgettext_lazy("stratum", "stopped, or recorded late"),
    Stratum.FAILED: pgettext_lazy("stratum", "failed in AWS"),
    Stratum.EXTENDED: pgettext_lazy("stratum", "extended"),
    Stratum.ORDINARY: pgettext_lazy("stratum", "ordinary"),
}
NOT_READ: Mapping[str, Promise] = {
    covering.NEVER: gettext_lazy("nothing was ever read"),
    covering.BEFORE: gettext_lazy("reading began later"),
    covering.BETWEEN: gettext_lazy("left out between"),
    covering.BEHIND: gettext_lazy("not read yet"),
    covering.STOPPED: gettext_lazy("the trail stood still"),
    covering.GAP: gettext_lazy("a gap was seen"),
}


def problem(word: str) -> str:
    return str(PROBLEMS.get(word, word))


def progress(step: str) -> str:
    """Return how far a pack is, after this step."""
    names = list(STEPS)
    done = names.index(step) + 1 if step in STEPS else 0
    if done == len(names):
        return _("the file is being put together")
    return _("step %(number)s of %(all)s: %(what)s") % {"number": done + 1, "all": len(names) + 1, "what": STEPS[names[done]]}


def differences(counts: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    """Return the kinds that there are, in the order in which a pack tells them."""
    return [(str(label), counts[kind]) for kind, label in DIFFERENCES.items() if counts.get(kind)]


def stratum(word: str) -> str:
    return str(STRATA.get(word, word))
