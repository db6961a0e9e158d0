"""Reporting what was done with one's access, and answering that: `audits.reports`, behind what doors and texts must be."""

from datetime import datetime

from django.conf import settings

from access_requests import errors
from access_requests.models import ApiClient, ApprovalPolicy, Elevation
from access_requests.policy import texts
from access_requests.policy.proofs import Guarded
from access_requests.services.record import proving
from audits.models import WorkReport
from audits.reports import answering, report_errors
from portal.verbs.actor import Actor, Door


def report(*, elevation: Elevation, done: str, deviation: str, is_unused: bool, actor: Actor, now: datetime) -> WorkReport:
    """Write one's report. Raises what `answering.write` does, TooLong, ControlCharacters."""
    said = {name: texts.clean(name, text, required=False) for name, text in (("done", done), ("deviation", deviation))}
    return answering.write(elevation=elevation.code, **said, is_unused=is_unused, actor=actor, now=now)


def confirm(*, elevation: Elevation, comment: str, seen: int | None, actor: Actor, now: datetime) -> WorkReport:
    """Confirm somebody's. Raises what `answering.confirm` does, DecideInBrowser, FactorMissing, StepUpNeeded."""
    comment = texts.clean("comment", comment, required=False)
    confirmed = answering.confirm(elevation=elevation.code, comment=comment, seen=seen, actor=actor, now=now)
    _check_hand(elevation, confirmed, actor, now)
    return confirmed


def ask_back(*, elevation: Elevation, comment: str, seen: int | None, actor: Actor, now: datetime) -> WorkReport:
    """Ask for more. Raises what `answering.ask_back` does, DecideInBrowser, FactorMissing, StepUpNeeded."""
    comment = texts.clean("comment", comment, required=False)
    asked = answering.ask_back(elevation=elevation.code, comment=comment, seen=seen, actor=actor, now=now)
    _check_hand(elevation, asked, actor, now)
    return asked


def _check_hand(elevation: Elevation, written: WorkReport, actor: Actor, now: datetime) -> None:
    """Refuse an answer that the door may not carry, as a decision on the request would be; the transaction is undone then.

    Last, so that nobody is asked for a proof for what would be refused all the same.
    """
    policy = ApprovalPolicy.objects.get(work_groups=elevation.work_group_id)
    if actor.door != Door.BROWSER and actor.door not in policy.decide_by:
        raise errors.DecideInBrowser(url=f"{settings.PORTAL_URL}/elevations/{elevation.code}/report/")
    if actor.by_service and not _is_anothers(written, actor, same_client_may=policy.same_client_may_decide):
        raise report_errors.OwnReport
    proving.check(actor, Guarded.REPORT, now=now)


def _is_anothers(written: WorkReport, actor: Actor, *, same_client_may: bool) -> bool:
    """Whether the service that carries the answer is nobody's who reported, and carried no report unless the policy lets it."""
    if written.client == actor.client and not same_client_may:
        return False
    return not ApiClient.objects.filter(key=actor.client, owners__username=written.person).exists()
