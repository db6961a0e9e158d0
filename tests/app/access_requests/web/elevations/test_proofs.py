"""Pages say of each decision by which door it came and what it rests on."""

from dataclasses import replace
from typing import Any

import pytest

from portal.verbs.actor import Door
from tests.app.access_requests.web.conftest import Browse
from tests.worlds.cast import Cast, actor_of
from tests.worlds.clock import Clock
from tests.worlds.story import approved, submitted

AT = {"at": "2026-11-23T04:59:00Z"}


@pytest.mark.parametrize(
    ("door", "client", "proof", "said"),
    [
        (Door.BROWSER, "", {"method": "password", **AT}, "(leader01): browser, proven by password"),
        (Door.BROWSER, "", {"method": "passkey", **AT}, "(leader01): browser, proven by passkey"),
        (Door.BROWSER, "", {}, "(leader01): browser<"),
        (Door.CHAT, "", {"method": "slack-signature", **AT}, "(leader01): chat, proven by Slack signature"),
        (Door.CHAT, "", {"method": "slack-socket", **AT}, "Slack, over the connection that the portal opened"),
        (Door.CLIENT, "chatbot", {"method": "client-assertion", **AT}, "through the API client chatbot, which named the person"),
    ],
)
def test_proof_of_an_approval_is_said(
    cast: Cast, browse: Browse, clock: Clock, door: Door, client: str, proof: dict[str, Any], said: str
) -> None:
    request = submitted(cast.member01, now=clock.now)
    approved(request, replace(actor_of(cast.leader01, door=door, client=client), proof=proof), now=clock.now)
    assert said in browse(cast.member01).get(f"/requests/{request.code}/").content.decode()
