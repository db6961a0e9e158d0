"""Who gets it, and how much one person may ask for."""

from datetime import timedelta
from math import ceil

from access_requests import errors
from access_requests.policy import facts
from access_requests.policy.leave import Withheld, unfounded
from access_requests.policy.reports import HasReports
from portal.verbs import rejections
from portal.verbs.rejections import Rejection

QUOTA_SPAN = timedelta(hours=1)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def access_is_not_over(known: facts.HasEnd) -> Rejection | None:
    return Withheld(reason="expired") if known.ends_at <= known.now else None


def requester_is_enabled(known: facts.HasRequester) -> Rejection | None:
    return None if known.requester.is_active else rejections.PersonDisabled()


def submissions_within_the_hour(known: facts.HasSubmissions) -> Rejection | None:
    began, most = known.submissions.hour_began_at, known.submissions.allowed.hourly
    if began is None or (wait := began + QUOTA_SPAN - known.now) <= timedelta():
        return None
    return errors.TooManySubmissions(most=most, seconds=ceil(wait / SECOND), minutes=ceil(wait / MINUTE))


def requests_that_wait(known: facts.HasSubmissions) -> Rejection | None:
    most = known.submissions.allowed.pending
    return errors.TooManyPending(most=most) if known.submissions.pending >= most else None


def reports_are_written(known: HasReports) -> Rejection | None:
    late = next(iter(known.overdue_reports), None)
    return errors.WorkReportOverdue(elevation=late.code, due_on=late.due_on.isoformat(), url=late.url) if late else None


def more_time_is_asked_for_by_whom_it_is_for(known: facts.HasExtended) -> Rejection | None:
    return None if known.extended.is_own else errors.NotYours()


def only_open_access_is_prolonged(known: facts.HasExtended) -> Rejection | None:
    return None if known.extended.is_open else errors.ElevationOver(state=known.extended.status)


def a_change_is_prolonged_once_it_has_begun(known: facts.HasExtended) -> Rejection | None:
    return errors.NotInProductionYet() if known.extended.waits_for_start else None


def work_groups_are_in_the_catalogue(known: facts.HasRequester) -> Rejection | None:
    gone = next((group for group in known.work_groups if group.is_retired), None)
    return errors.CatalogueChanged(work_group=gone.name) if gone else None


def policies_stay(known: facts.HasRequester) -> Rejection | None:
    """A stricter policy that came meanwhile is not got round by a request from before."""
    moved = next((group for group in known.work_groups if not group.is_under_policy), None)
    return errors.CatalogueChanged(work_group=moved.name) if moved else None


def work_groups_are_open_to_the_requester(known: facts.HasRequester) -> Rejection | None:
    closed = next((group for group in known.work_groups if not group.is_open), None)
    return errors.MayNotRequest(work_group=closed.name) if closed else None


def requester_is_somebody_in_aws(known: facts.HasRequester) -> Rejection | None:
    lacks = next((group.lacks for group in known.work_groups if group.lacks), None)
    return lacks(person=known.requester.username) if lacks else None


def requester_is_the_same_in_aws(known: facts.HasPrincipal) -> Rejection | None:
    return Withheld(reason=f"{known.rebound}_rebound") if known.rebound else None


def decisions_found_it(known: facts.HasGrounds) -> Rejection | None:
    """A row in the database is a claim; decisions, the frozen policy and the trail are its proof."""
    reason = unfounded(known.grounds)
    return Withheld(reason=str(reason)) if reason else None


# What is published where one fact has another word


def requester_may_not(known: facts.HasRequester) -> Rejection:
    names = ", ".join(group.name for group in known.work_groups)
    return errors.RequesterMayNot(person=known.requester.username, work_group=names)


def longer_than_now_allowed(known: facts.HasRequester) -> Rejection:
    """The policy's longest time may be shorter than it was when this was asked for."""
    return errors.CatalogueChanged(work_group=", ".join(group.name for group in known.work_groups))


def retired(_known: facts.HasRequester) -> Rejection:
    return Withheld(reason="work_group_retired")
