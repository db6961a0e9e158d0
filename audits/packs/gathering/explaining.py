"""Who explained a difference: the finding that is about the same, and whoever accepted or closed it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audits.evidence.population import Difference
from audits.kinds import FindingKind

# Fields of a kind's key, each with the value that it must have; None where the difference names it, in this order.
Fields = Mapping[str, str | None]
_PUT_IN: Fields = {"difference": "unexplained_member", "thing": None, "name": None}
_TAKEN_OUT: Fields = {"difference": "member_missing", "thing": None, "name": None}
_ACCOUNT, _LOG_IN, _ACCESS, _ROW = ({"account": None}, {"log_in": None}, {"elevation": None}, {"table": None, "subject": None})
_OF_LOG_INS = {FindingKind.LOG_IN_WITHOUT_APPROVAL: _LOG_IN, FindingKind.LOG_IN_AFTER_END: _LOG_IN}
# Kind of difference -> the kinds of findings that are about the same. A finding of another kind explains none, whatever it names.
EXPLAINS: Mapping[Difference, Mapping[FindingKind, Fields]] = {
    Difference.HOURS_NOT_COVERED: {
        FindingKind.CLOUDTRAIL_STOPPED: _ACCOUNT,
        FindingKind.CLOUDTRAIL_GAP: _ACCOUNT,
        FindingKind.CLOUDTRAIL_MISSING: _ACCOUNT,
        FindingKind.CLOUDTRAIL_FAULT: _ACCOUNT,
    },
    Difference.M_WITHOUT_T: {FindingKind.DRIFT: _PUT_IN},
    Difference.T_WITHOUT_M: {FindingKind.ROW_FORGED: _ACCESS},
    Difference.M_WITHOUT_REMOVAL: {FindingKind.DRIFT: _PUT_IN, FindingKind.END_OVERDUE: _ACCESS},
    Difference.REMOVAL_WITHOUT_END: {FindingKind.DRIFT: _TAKEN_OUT},
    Difference.L_WITHOUT_T: _OF_LOG_INS,
    Difference.L_NOT_KNOWN: _OF_LOG_INS,
    Difference.TABLES_DIFFER: {FindingKind.TABLES_APART: _ROW},
}


@dataclass(kw_only=True)
class Explaining:
    """Findings by the difference that each may explain, and what it must name."""

    about: dict[tuple[Difference, tuple[str, ...]], list[Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of_findings(cls, findings: Iterable[Mapping[str, Any]]) -> "Explaining":
        made = cls()
        for finding in findings:
            for difference, explained_by in EXPLAINS.items():
                fields, key = explained_by.get(finding["kind"]), finding["key"]
                if fields is not None and all(value in (None, key[name]) for name, value in fields.items()):
                    made.about[difference, tuple(key[name] for name, value in fields.items() if value is None)].append(finding)
        return made

    def of(self, difference: Difference, *names: str) -> tuple[str, str]:
        """Return the finding's code, and who accepted or closed it; empty where there is none, or nobody has."""
        there = self.about.get((difference, names), ()) if all(names) else ()
        answered = [each for each in there if each["explained_by"]]
        for finding in (*answered, *there):
            return finding["code"], finding["explained_by"]
        return "", ""
