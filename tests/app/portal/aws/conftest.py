"""The workers' way to AWS leads through a proxy here."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from portal.aws import sessions
from tests.stand_ins.aws import PORTAL_KEY, Aws
from tests.stand_ins.aws_proxy import AwsProxy


@pytest.fixture
def proxy(aws: Aws, aws_proxy: AwsProxy, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsProxy]:
    settings.AWS_ENDPOINT_URL = aws_proxy.url
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", PORTAL_KEY.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", PORTAL_KEY.secret)
    sessions.forget()
    yield aws_proxy
    sessions.forget()
