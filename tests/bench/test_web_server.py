"""web_server: the same list by the portal's worker and by gunicorn's own, whose threads wait for clients."""

import pytest

from tests.bench.measuring import Server, in_turns, report_p50
from tests.bench.test_pages import program
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_web_server(cast: Cast, portal: Server, portal_by_gthread: Server) -> None:
    reader = program(portal, cast, "reader")
    headers = {**reader.headers, "X-On-Behalf-Of": "slack:U0AUDITOR01"}
    lists = [server.calls_as(headers) for server in (portal, portal_by_gthread)]
    ours, floor = in_turns(*(lambda server=server: server.get("/api/v1/requests") for server in lists))
    report_p50("web_server", ours, floor, against="the same list by gunicorn's gthread", target=1.05)
    ours, floor = in_turns(*(lambda server=server: server.get("/healthz") for server in (portal, portal_by_gthread)))
    report_p50("web_server_health", ours, floor, against="/healthz by gunicorn's gthread", target=1.1)
