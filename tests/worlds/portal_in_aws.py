"""The portal before the simulated AWS's company, by its own key and the roles of the settings."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from portal.aws import sessions
from tests.stand_ins.aws import Aws


@pytest.fixture
def portal_in_aws(aws: Aws, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    settings.AWS_ENDPOINT_URL = aws.endpoint_url
    for name, value in aws.portal_env.items():
        monkeypatch.setenv(name, value)
    sessions.forget()
    yield aws
    sessions.forget()
