"""People's texts as HTML, with what they hide made seen."""

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from portal.pages import unseen


def visible(text: object) -> SafeString:
    """Return the text as HTML, with what hides named in a <mark>."""
    plain = str(text)
    if unseen.hides_nothing(plain):
        return escape(plain)
    parts = (f"<mark>{unseen.name(sign)}</mark>" if mark else escape(sign) for sign, mark in unseen.signs(plain))
    return mark_safe("".join(parts))  # noqa: S308  Each part is escaped or made here.
