"""What a request may say of the change beside reason and ticket: each field once, in the order in which approvers read them.

Pages, cards, change requests in AWS and the verbs go through DETAILS. A new field also needs its column (`models.request`), a new
version of the snapshot, and its place in the API's bodies and answers, on which programs rely by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Detail:
    """`heading` is what a change request in AWS calls it, in both languages. `rows`: how high its field on the form is."""

    name: str
    label: Promise
    heading: str
    limit: int = 8000
    rows: int = 2
    help_text: Promise | str = ""


DETAILS = (
    Detail(name="impact", label=_("Impact"), heading="作業影響 / Impact"),
    Detail(name="plan", label=_("Plan of work"), heading="作業計画 / Plan", rows=3),
    Detail(
        name="way_back", label=_("Way back"), heading="戻し計画 / Way back", help_text=_("How you undo it when it goes wrong.")
    ),
)
NAMES = tuple(detail.name for detail in DETAILS)


def of(request: object) -> Mapping[str, str]:
    """Return name -> text of a request or of what is asked for, in the order of DETAILS."""
    return {name: getattr(request, name) for name in NAMES}
