"""Denies that never hold, or not for everybody."""

import re
from collections.abc import Iterator
from datetime import datetime

from portal.iam.checks import never
from portal.iam.checks.bodies import Body, is_untold
from portal.iam.checks.remarks import Remark

MFA = "aws:multifactorauthpresent"
OBJECTS = re.compile(r"s3:(Get|Put|Delete|Restore|Abort\w*|List\w*)?\w*Object\w*\*?", re.IGNORECASE)
# About a bucket, though objects are in their names.
OF_BUCKETS = re.compile(r"s3:\w*(ObjectLockConfiguration|ListBucket\w*)", re.IGNORECASE)
BUCKET = re.compile(r"arn:[^:]*:s3:::[^/*]+")


def denied(body: Body, *, now: datetime) -> Iterator[Remark]:
    if not body.denies:
        return
    for given, why in dict(never.reasons(body.conditions, now=now)).items():
        yield body.remark("deny-never-holds", given.place, why=why)
    yield from _on_buckets(body)
    yield from _without_key(body)


def _on_buckets(body: Body) -> Iterator[Remark]:
    """Yield a Deny of objects that names buckets alone."""
    objects = [one for one in body.actions if OBJECTS.fullmatch(one.text) and not OF_BUCKETS.fullmatch(one.text)]
    buckets = [one for one in body.resources if BUCKET.fullmatch(one.text) and not is_untold(one.text)]
    if objects and len(objects) == len(body.actions) and body.resources and len(buckets) == len(body.resources):
        why = f"{objects[0].text} is about objects, and {buckets[0].text} is a bucket"
        yield body.remark("deny-never-holds", buckets[0].place, why=why)


def _without_key(body: Body) -> Iterator[Remark]:
    for one in body.conditions:
        if one.key == MFA and one.operator == "Bool" and set(one.values) == {"false"}:
            yield body.remark("deny-misses-keys", one.place)
