"""One look at all accounts, each in a transaction of its own: who dies anywhere goes on with the next round."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from audits.models import Look
from audits.permissions import auditing, declared, keeping, looking
from audits.permissions.declared import Target
from audits.permissions.looking import Seen
from portal.iam.rails.standing import Judge, Stands
from portal.verbs.run import run

# A policy that the evaluator cannot take: nothing of the account is known then.
NOT_EVALUATED = "not_evaluated"
logger = logging.getLogger(__name__)


def look(*, now: datetime) -> int:
    """Look at every account of the catalogue; return how many could be read."""
    targets, judge = declared.targets(), Judge(at=now)
    read = sum(_look(target, judge, now) for target in targets)
    known = [target.account for target in targets]
    for row in _newest(known):
        run(partial(keeping.forget, row, now=now))
    _audit(now)
    return read


def _audit(now: datetime) -> None:
    """Audit all accounts together. What cannot be audited leaves what the last audit found, and stops no look."""
    try:
        auditing.audit(now=now)
    except Exception:
        logger.exception("the permissions of the accounts cannot be audited together")


def _look(target: Target, judge: Judge, now: datetime) -> bool:
    seen = looking.look(target.account, target.role_arn, is_readable=target.is_readable)
    standings: Sequence[Stands] = ()
    if seen.account is not None:
        try:
            standings = list(judge.standings(seen.account, target.where))
        except Exception:
            logger.exception("the guard rails of %s cannot be evaluated", target.account)
            seen = Seen(problem=NOT_EVALUATED)
    run(partial(keeping.keep, target, seen, standings, now=now))
    return not seen.problem


def _newest(known: Sequence[str]) -> list[Look]:
    """Return the last look at each account that is in the catalogue no longer."""
    rows = Look.objects.exclude(account__in=known).order_by("account", "-since", "-id")
    return list({row.account: row for row in reversed(rows)}.values())
