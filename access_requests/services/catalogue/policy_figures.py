"""The figures of a policy: times that fit together, and days for reports."""

from datetime import timedelta

from django.conf import settings

from access_requests.services.catalogue.kinds.policy import Policy
from access_requests.services.catalogue.mistakes import Mistakes
from access_requests.services.catalogue.state import Kind, State, path_of
from portal.iam.session_gate import LONGEST_SESSION

MOST_REPORT_DAYS = 60


def check(state: State, mistakes: Mistakes) -> None:
    longest = min(LONGEST_SESSION // timedelta(minutes=1), settings.LONGEST_ACCESS_MINUTES)
    for key, rule in state.policies.items():
        if rule.shortest < 1:
            mistakes.add(path_of(Kind.POLICY, key, "shortest"), "the shortest time is at least 1m")
        if rule.longest < rule.shortest:
            mistakes.add(path_of(Kind.POLICY, key, "longest"), "the longest time is shorter than the shortest")
        if rule.longest > longest:
            mistakes.add(path_of(Kind.POLICY, key, "longest"), f"the longest time that can be given is {longest} minutes")
        if not 1 <= rule.decision <= 30 * 24 * 60:
            mistakes.add(path_of(Kind.POLICY, key, "decision"), "the time for a decision is from 1m to 30d")
        if rule.factor_age and "passkey" not in rule.decide_by:
            mistakes.add(path_of(Kind.POLICY, key, "factor_age"), "no passkey decides here: name passkey in decide_by")
        _check_reports(key, rule, mistakes)


def _check_reports(key: str, rule: Policy, mistakes: Mistakes) -> None:
    if rule.report_days > MOST_REPORT_DAYS:
        mistakes.add(path_of(Kind.POLICY, key, "report_days"), f"a work report is due within {MOST_REPORT_DAYS} days at most")
    if rule.overdue_report_blocks and not rule.report_days:
        mistakes.add(path_of(Kind.POLICY, key, "overdue_report_blocks"), "no work report is wanted here: say report_days")
