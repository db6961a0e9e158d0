"""What an auditor takes home from the browser: the story of a request, the keys that it is checked by, and what checks it."""

from pathlib import Path

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from audits import verify
from audits.exporting import reading, stories
from audits.exporting.reading import NothingSealed
from audits.web.files import file
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest


@require_safe
@for_readers
def story(_request: PageRequest, code: str) -> HttpResponse:
    """Answer the file that `verify.py --story` checks. Not there while nothing of the request is sealed."""
    try:
        lines = stories.lines(code)
    except NothingSealed as nothing:
        raise Http404 from nothing
    if not lines:
        raise Http404
    return file("".join(f"{line}\n" for line in lines), name=f"{code}.story.jsonl", kind="application/jsonl")


@require_safe
@for_readers
def keys(_request: PageRequest) -> HttpResponse:
    """Answer the log's public keys, as an export has them."""
    try:
        text = reading.newest().text("keys.json")
    except NothingSealed as nothing:
        raise Http404 from nothing
    return file(text, name="keys.json", kind="application/json")


@require_safe
@for_readers
def verifier(_request: PageRequest) -> HttpResponse:
    """Answer verify.py, as it lies in every export. Auditors rather keep the one of an earlier visit."""
    return file(Path(verify.__file__).read_text(encoding="utf-8"), name="verify.py", kind="text/x-python")
