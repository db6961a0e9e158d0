"""Whether this process can serve: for load balancers, containers and whoever waits for a start."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  Django's signature.
    """Answer 200 when the database answers, else 503. Open to everybody, so it says no more than that."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("the database does not answer")
        problem = {"type": "about:blank", "title": "Service Unavailable", "status": 503, "code": "unavailable"}
        return JsonResponse(problem, status=503, content_type="application/problem+json")
    return JsonResponse({"status": "ok"})
