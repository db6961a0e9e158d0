"""A comparison that is done, in the trail: workers make findings of what it found, and close those that it finds no more."""

import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import chain, groupby, zip_longest

from access_requests.services.comparison.comparing import Difference, Result, compare
from audits import trail
from audits.acts import Act
from audits.models import Checkpoint
from portal.verbs.run import run

ACTOR = "sekisho:auditor"
SUBJECT = "comparison"
# So many differences are named, of each kind in turn: no flood of one kind hides another. The command prints all.
MOST = 200


def compare_and_record(*, now: datetime) -> Result:
    """Compare and append what came of it, by a transaction of its own: while the comparison reads, nobody waits for it."""
    began = time.monotonic()
    result = compare(now=now)
    run(partial(_record, result, milliseconds=round((time.monotonic() - began) * 1000), now=now))
    return result


def _record(result: Result, *, milliseconds: int, now: datetime) -> None:
    newest = Checkpoint.objects.order_by("-pk").values_list("note", flat=True).first()
    data = {
        "through": result.through,
        # Origin, size and root, without the signatures.
        "checkpoint": newest.partition("\n\n")[0] if newest else None,
        "counts": {
            "things": result.things,
            "facts": result.facts,
            "untold": result.untold,
            "erased": result.erased,
        },
        "differences": len(result.differences),
        "apart": [
            {"kind": each.kind, "key": each.key, "what": each.what, "facts": list(each.facts)}
            for each in _in_turn(result.differences)[:MOST]
        ],
        "milliseconds": milliseconds,
    }
    trail.record(now=now, act=Act.COMPARISON_DONE, actor=ACTOR, subject=SUBJECT, data=data)


def _in_turn(differences: Sequence[Difference]) -> list[Difference]:
    kinds = [list(each) for _kind, each in groupby(differences, key=lambda difference: difference.kind)]
    return [one for one in chain.from_iterable(zip_longest(*kinds)) if one is not None]
