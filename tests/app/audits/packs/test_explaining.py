"""Which findings explain which differences: those that are about the same, and none that only names the same."""

from collections.abc import Mapping

import pytest

from audits.evidence.population import Difference
from audits.kinds import KINDS, FindingKind
from audits.packs.gathering.explaining import EXPLAINS, Explaining

MEMBER = {"difference": "unexplained_member", "account": "jump", "thing": "ProdMemberWorkGroup", "name": "intruder"}


def explained(kind: FindingKind, key: Mapping[str, str], difference: Difference, *names: str) -> tuple[str, str]:
    finding = {"code": "F-1", "kind": str(kind), "key": key, "explained_by": "admin01"}
    return Explaining.of_findings([finding]).of(difference, *names)


@pytest.mark.parametrize(
    ("kind", "key", "difference", "names"),
    [
        (FindingKind.DRIFT, MEMBER, Difference.M_WITHOUT_T, ("ProdMemberWorkGroup", "intruder")),
        (FindingKind.DRIFT, MEMBER, Difference.M_WITHOUT_REMOVAL, ("ProdMemberWorkGroup", "intruder")),
        (FindingKind.END_OVERDUE, {"elevation": "E-1"}, Difference.M_WITHOUT_REMOVAL, ("E-1",)),
        (FindingKind.LOG_IN_AFTER_END, {"log_in": "L-1", "elevation": "E-1", "who": "x"}, Difference.L_WITHOUT_T, ("L-1",)),
        (FindingKind.TABLES_APART, {"table": "person", "subject": "member01"}, Difference.TABLES_DIFFER, ("person", "member01")),
        (FindingKind.CLOUDTRAIL_STOPPED, {"account": "1", "trail": "t"}, Difference.HOURS_NOT_COVERED, ("1",)),
    ],
)
def test_finding_about_the_same_explains(
    kind: FindingKind, key: Mapping[str, str], difference: Difference, names: tuple[str, ...]
) -> None:
    assert explained(kind, key, difference, *names) == ("F-1", "admin01")


@pytest.mark.parametrize(
    ("kind", "key", "difference", "names"),
    [
        # They name the same account, access or user, and are about something else.
        (FindingKind.ACCOUNT_UNREAD, {"account": "1"}, Difference.HOURS_NOT_COVERED, ("1",)),
        (FindingKind.CLOUDTRAIL_STOPPED, {"account": "2", "trail": "1"}, Difference.HOURS_NOT_COVERED, ("1",)),
        (FindingKind.WORK_REPORT_OVERDUE, {"elevation": "E-1", "person": "x"}, Difference.T_WITHOUT_M, ("E-1",)),
        (FindingKind.REPORTED_UNUSED, {"elevation": "E-1", "person": "x"}, Difference.M_WITHOUT_REMOVAL, ("E-1",)),
        (FindingKind.LOG_IN_AFTER_END, {"log_in": "L-1", "elevation": "E-1", "who": "x"}, Difference.T_WITHOUT_M, ("E-1",)),
        (FindingKind.DRIFT, {**MEMBER, "difference": "tag_edited"}, Difference.M_WITHOUT_T, ("ProdMemberWorkGroup", "intruder")),
        (FindingKind.DRIFT, MEMBER, Difference.M_WITHOUT_T, ("intruder", "ProdMemberWorkGroup")),
        (FindingKind.DRIFT, MEMBER, Difference.REMOVAL_WITHOUT_END, ("ProdMemberWorkGroup", "intruder")),
        (FindingKind.DRIFT, {**MEMBER, "thing": "", "name": ""}, Difference.M_WITHOUT_T, ("", "")),
        (FindingKind.END_OVERDUE, {"elevation": "E-2"}, Difference.M_WITHOUT_REMOVAL, ("E-1",)),
    ],
)
def test_finding_that_only_names_the_same_explains_nothing(
    kind: FindingKind, key: Mapping[str, str], difference: Difference, names: tuple[str, ...]
) -> None:
    assert explained(kind, key, difference, *names) == ("", "")


def test_fields_are_those_of_the_keys() -> None:
    for explained_by in EXPLAINS.values():
        for kind, fields in explained_by.items():
            assert set(fields) <= set(KINDS[kind].key)
