"""The door with its faults: a call is delayed, its answer is held back, or it is answered as the world was before."""

from collections.abc import Callable
from urllib.parse import parse_qs

from moto.core.request import Request
from werkzeug.wrappers import Response

from portal.simulated_aws import clock, credentials, faults, history, object_calls
from portal.simulated_aws.gateway import one_at_a_time

Answer = Callable[[Request], Response]
_READS = ("Get", "List", "Describe", "IsMember", "Lookup", "Simulate")


def answer(request: Request, act: Answer) -> Response:
    """Return what the service answers, with the faults that this call has."""
    action = _action(request)
    if latency := faults.take(action, faults.LATENCY):
        faults.hold(latency)
    response = _acted(request, action, act)
    if timeout := faults.take(action, faults.TIMEOUT):
        faults.hold(timeout)
    return response


def _acted(request: Request, action: str, act: Answer) -> Response:
    if not faults.is_on(faults.STALE):
        return act(request)
    with one_at_a_time:
        if not action.startswith(_READS):
            history.note(until=clock.now())
            return act(request)
        stale = faults.take(action, faults.STALE)
        if stale is None:
            return act(request)
        with history.as_before(seconds=stale.seconds):
            return act(request)


def _action(request: Request) -> str:
    target = request.headers.get("X-Amz-Target")
    if target:
        return target.rpartition(".")[2]
    if credentials.service_of(request.headers) == "s3":
        return object_calls.read(request).action
    return parse_qs(request.get_data().decode(errors="replace")).get("Action", [""])[0]
