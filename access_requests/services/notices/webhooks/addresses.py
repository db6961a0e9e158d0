"""Which addresses notices may go to: https, on the public internet.

What is typed is checked when it is typed, so that a mistake is seen; what counts is the check of `adapter.PublicAdapter` at the
moment of connecting, since a name may lead elsewhere by then.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES  # type: ignore[import-untyped]  # It ships no types.

from access_requests.services.notices.webhooks import webhook_errors

Address = IPv4Address | IPv6Address
LONGEST = 500
# All of IPv6 that is given out as addresses of the internet; what is not in it leads to IPv4 or to this network.
GLOBAL_V6 = ip_network("2000::/3")
# Public by its number, and yet a service of the machine's own cloud: Azure's WireServer hands out credentials.
OF_THE_CLOUD = frozenset({ip_address("168.63.129.16")})


def is_public(address: Address) -> bool:
    """Whether this is somebody's address on the internet. A mapped IPv4 address is what it maps."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if isinstance(address, IPv6Address) and address not in GLOBAL_V6:
        return False
    if address in OF_THE_CLOUD or any(address in network for network in EXTRA_BLOCKED_NET_RANGES):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def may_be_called(address: Address, *, port: int, tls: bool) -> bool:
    """Whether a notice may go there. Without TLS only where it never leaves the machine, and only where settings allow that."""
    if settings.WEBHOOK_ALLOW_HTTP_TO_LOOPBACK and address.is_loopback:
        named = settings.WEBHOOK_LOOPBACK_RECEIVERS
        return not named or f"{address}:{port}" in named
    return tls and is_public(address)


def parsed(url: str) -> SplitResult:
    """Return the parts of an address that can be called at all. Raises AddressUnusable."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise webhook_errors.AddressUnusable(field="url") from None
    schemes = {"https", "http"} if settings.WEBHOOK_ALLOW_HTTP_TO_LOOPBACK else {"https"}
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(' \\"<>^`{|}') and len(url) <= LONGEST
    is_bare = parts.username is None and parts.password is None and not parts.fragment
    if not (is_plain and is_bare and parts.scheme in schemes and parts.hostname and port != 0):
        raise webhook_errors.AddressUnusable(field="url")
    return parts


def check(url: str) -> None:
    """Raise AddressUnusable, AddressUnknown, AddressNotPublic: every address that the name has now is looked at."""
    parts = parsed(url)
    host, tls = str(parts.hostname), parts.scheme == "https"
    try:
        found = socket.getaddrinfo(host, parts.port or (443 if tls else 80), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise webhook_errors.AddressUnknown(field="url", host=host) from None
    for *_, place in found:
        address = ip_address(place[0])
        if not may_be_called(address, port=int(place[1]), tls=tls):
            raise webhook_errors.AddressNotPublic(field="url", host=host, address=str(address))
