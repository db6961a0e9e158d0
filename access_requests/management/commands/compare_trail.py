"""`manage.py compare_trail`: rebuilds each thing from the trail and compares it with its row."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from access_requests.services.comparison import recording

APART = 1


class Command(BaseCommand):
    help = (
        "Rebuilds state from the trail and compares it with the tables. Exit 1 where they differ: each difference is a finding."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        result = recording.compare_and_record(now=timezone.now())
        for each in result.differences:
            facts = f": {', '.join(each.facts)}" if each.facts else ""
            self.stdout.write(f"{each.what} {each.kind} {each.key}{facts}")
        self.stdout.write(
            f"{result.things} rows, {result.facts} facts, entries up to {result.through}; differences: {len(result.differences)}"
            f" (no entry tells {result.untold} facts, of {result.erased} the text was erased)"
        )
        if result.differences:
            sys.exit(APART)
