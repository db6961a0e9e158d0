"""Log-ins of which nobody knows by whose leave they were, once all that could tell of them should have come: findings."""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q

from audits.cloudtrail.classes import SETTLED
from audits.findings import of_log_ins, raising
from audits.findings.identity import code_of
from audits.kinds import FindingKind
from audits.models import Finding, LogIn, LogInClass
from portal.verbs.run import run

KIND = FindingKind.LOG_IN_WITHOUT_APPROVAL
# Log-ins of so many days, or told of otherwise in so many, are looked through for what stayed unknown.
LATELY = timedelta(days=7)
BATCH = 500
# A role that Identity Center made, while somebody had leave for it: nothing ever says whose the log-in was.
NEVER_KNOWN = ("not_tied",)


def tell(*, now: datetime) -> None:
    """Raise what stayed unknown for a day, each once: a person closes it. Two queries, and a finding for each."""
    lately = Q(began_at__gte=now - SETTLED - LATELY) | Q(changed_at__gte=now - LATELY)
    rows = LogIn.objects.filter(lately, kind=LogInClass.UNKNOWN, began_at__lt=now - SETTLED).exclude(reason__in=NEVER_KNOWN)
    found = {
        code_of(KIND, key): (row, key) for row in rows.order_by("-began_at", "-pk")[:BATCH] for key in (of_log_ins.key_of(row),)
    }
    known = set(Finding.objects.filter(code__in=found).values_list("code", flat=True)) if found else set()
    for row, key in (found[code] for code in found.keys() - known):
        by = {row.person} - {""}
        run(partial(raising.raise_finding, kind=KIND, key=key, evidence=[row.entry_id], caused_by=by, now=now))
