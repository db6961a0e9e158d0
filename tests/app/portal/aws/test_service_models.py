"""What botocore knows of services is read once a process, however many sessions and threads ask at once."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import UnknownServiceError
from botocore.loaders import ExtrasProcessor, JSONFileLoader, create_loader
from pytest_django import Settings

from portal.aws import service_models, sessions
from portal.aws.service_models import SharedLoader, new_session
from tests.stand_ins.aws import Aws
from tests.stand_ins.aws_proxy import AwsProxy

# What portal.aws.sessions hands out clients of.
SERVICES = ("cloudtrail", "iam", "identitystore", "ssm", "sso-admin", "sts")
TYPES = ("service-2", "paginators-1", "endpoint-rule-set-1")
THREADS = 12


class CountingFiles(JSONFileLoader):
    """Counts how often each file is read."""

    def __init__(self) -> None:
        self.read: Counter[str] = Counter()

    def load_file(self, file_path: str) -> object:
        found = super().load_file(file_path)
        if found is not None:
            self.read[file_path] += 1
        return found


@pytest.fixture
def files() -> CountingFiles:
    return CountingFiles()


@pytest.fixture
def cold(files: CountingFiles) -> SharedLoader:
    loader = SharedLoader(create_loader().search_paths)
    loader.file_loader = files
    return loader


@pytest.fixture
def cold_process(cold: SharedLoader, monkeypatch: pytest.MonkeyPatch) -> SharedLoader:
    """A process in which no session has read anything yet."""
    monkeypatch.setattr(service_models, "_loader", lambda _data_path: cold)
    return cold


def _all_at_once(do: Callable[[int], object]) -> list[object]:
    barrier = threading.Barrier(THREADS)

    def begin(number: int) -> object:
        barrier.wait(30)
        return do(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_twelve_threads_on_a_cold_loader_read_each_file_once(cold: SharedLoader, files: CountingFiles) -> None:
    found = _all_at_once(lambda number: cold.load_service_model(SERVICES[number % 2], "service-2"))
    assert {id(model) for model in found} == {id(cold.load_service_model(service, "service-2")) for service in SERVICES[:2]}
    assert set(files.read.values()) == {1}


def test_twelve_sessions_make_their_clients_and_paginators_of_one_reading(
    cold_process: SharedLoader, files: CountingFiles, aws: Aws
) -> None:
    def users(number: int) -> int:
        keys = aws.portal_env
        session = boto3.Session(
            region_name=keys["AWS_DEFAULT_REGION"],
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
            botocore_session=new_session(),
        )
        client = session.client("iam", endpoint_url=aws.endpoint_url)
        found = sum(len(page["Users"]) for page in client.get_paginator("list_users").paginate())
        client.close()
        return found

    assert len(set(_all_at_once(users))) == 1
    assert set(files.read.values()) == {1}


def test_sessions_leave_no_search_path_behind(cold_process: SharedLoader) -> None:
    before = cold_process.search_paths
    for _ in range(3):
        boto3.Session(botocore_session=new_session())
    assert cold_process.search_paths == before


def test_service_that_there_is_not_is_said_to_be_unknown(cold: SharedLoader) -> None:
    with pytest.raises(UnknownServiceError):
        cold.load_service_model("sekisho", "service-2")


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_in_use_has_extras_which_botocore_merges_into_what_sessions_share(
    cold: SharedLoader, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    merged: list[object] = []
    monkeypatch.setattr(ExtrasProcessor, "_process", lambda _self, _model, extras: merged.append(extras))
    for kind in TYPES:
        cold.load_service_model(service, kind)
    assert merged == []
    cold.load_service_model("accessanalyzer", "paginators-1")
    assert merged, "botocore merges extras elsewhere now"


def test_first_calls_of_twelve_threads_in_a_role_renew_it_once(
    cold_process: SharedLoader, files: CountingFiles, proxy: AwsProxy, settings: Settings
) -> None:
    settings.AWS_JUMP_ROLE_ARN = "arn:aws:iam::111111111111:role/SekishoPortalRole"
    _all_at_once(lambda _number: sessions.jump_iam().get_user(UserName="member01"))
    assert proxy.count("AssumeRole") == 1
    assert set(files.read.values()) == {1}
