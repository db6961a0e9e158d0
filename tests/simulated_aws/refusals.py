"""Expecting AWS to say no."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError


@contextmanager
def refused(code: str, *, status: int, match: str | None = None) -> Iterator[None]:
    """Expect a refusal with AWS's code and HTTP status, its message matching the pattern if there is one."""
    with pytest.raises(ClientError, match=match) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
