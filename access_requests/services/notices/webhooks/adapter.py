"""Where a call may connect to, and that it ends: what requests-hardened and requests leave open."""

import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from requests import PreparedRequest
from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]  # It ships no types.
from requests_hardened.ip_filter_adapter import IPFilterAdapter  # type: ignore[import-untyped]  # It ships no types.
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from access_requests.services.notices.webhooks import addresses
from portal import time_limit


class CappedConnection(HTTPConnection):
    """A connection of a call that is made within `time_limit.at_most`."""

    def _new_conn(self) -> socket.socket:
        limit = time_limit.current()
        made = super()._new_conn()
        limit.watch(made)
        return made


class CappedTlsConnection(CappedConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = CappedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = CappedTlsConnection


class PublicAdapter(IPFilterAdapter):  # type: ignore[misc]  # Of no type, says mypy.
    """Connects to the address that was checked, and to public ones only.

    The library resolves the name once and pins what it found. Its own list lets pass what IPv6 has for IPv4 and for sites
    (::127.0.0.1, fec0::/10), and http to anywhere; so the pinned address is looked at once more, by our rule.
    """

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def build_connection_pool_key_attributes(
        self,
        request: PreparedRequest,
        verify: bool | str,  # noqa: FBT001  requests' signature.
        cert: str | tuple[str, str] | None = None,
    ) -> tuple[dict[str, Any], Mapping[str, Any]]:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        pinned = ip_address(host["host"].strip("[]"))
        tls = host["scheme"] == "https"
        if not addresses.may_be_called(pinned, port=host["port"] or (443 if tls else 80), tls=tls):
            raise InvalidIPAddress(pinned)
        return host, pool
