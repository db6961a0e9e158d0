"""botocore's JSON descriptions of services and endpoints, read once a process.

Each botocore Session would read its own, some 40 ms and 10 MB for the endpoints alone;
the portal has two for each role that it takes on.
"""

import threading
from functools import cache
from typing import Any, cast

import botocore.session
from botocore.loaders import Loader, create_loader


class SharedLoader(Loader):
    """A loader that sessions and threads may share.

    botocore fills its cache without a lock, and merges `sdk-extras` into what is cached: two threads would read a file twice, and
    could see it half merged. Clients load on after they are made, paginators at their first use.
    """

    def __init__(self, search_paths: list[str]) -> None:
        super().__init__(extra_search_paths=search_paths, include_default_search_paths=False)
        self._loading = threading.RLock()

    @property
    def search_paths(self) -> list[str]:
        """A copy: each boto3 Session appends the path of its resources, of which the portal uses none."""
        return list(self._search_paths)  # type: ignore[attr-defined]  # The stubs leave it out.

    def list_available_services(self, type_name: str) -> list[str]:
        with self._loading:
            return super().list_available_services(type_name)

    def determine_latest_version(self, service_name: str, type_name: str) -> str:
        with self._loading:
            return super().determine_latest_version(service_name, type_name)

    def list_api_versions(self, service_name: str, type_name: str) -> list[str]:
        with self._loading:
            return super().list_api_versions(service_name, type_name)

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        with self._loading:
            return super().load_service_model(service_name, type_name, api_version)

    def load_data_with_path(self, name: str) -> Any:
        with self._loading:
            return super().load_data_with_path(name)


def new_session() -> botocore.session.Session:
    """Return a session of its own, by the ordinary configuration, that reads no service model anew."""
    session = botocore.session.Session()
    session.register_component("data_loader", _loader(cast("str | None", session.get_config_variable("data_path"))))
    return session


@cache
def _loader(data_path: str | None) -> SharedLoader:
    """Return the loader of this search path. Made twice by two threads at once, it would only be read twice."""
    return SharedLoader(create_loader(data_path).search_paths)
