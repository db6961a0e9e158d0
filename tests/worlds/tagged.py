"""The gated world whose member group is granted by a backend of the company's own: tests.stand_ins.by_tag."""

import pytest
from pytest_django import Settings

from access_requests.models import WorkGroup
from tests.stand_ins.by_tag.backend import key_of
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP

ALIAS, KEY = "tags", key_of(MEMBER_GROUP)


@pytest.fixture
def tagged(gated: Gated, settings: Settings) -> Gated:
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, ALIAS: {"BACKEND": "tests.stand_ins.by_tag.ByTagBackend"}}
    WorkGroup.objects.filter(name=MEMBER_GROUP).update(backend=ALIAS)
    return gated
