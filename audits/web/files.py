"""Files that an auditor takes home: never kept on the way."""

from collections.abc import Iterable

from django.http import HttpResponse, StreamingHttpResponse


def file(content: str, *, name: str, kind: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers=_headers(name))


def streamed(parts: Iterable[bytes], *, name: str, kind: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(parts, content_type=kind, headers=_headers(name))


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
