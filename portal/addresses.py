"""Where a call comes from: one answer for pages, the log-in and programs."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """Return where the call comes from: who spoke to us or, behind trusted proxies, whom the first of these saw.

    Counted from the right: what stands further left was written by the caller.
    """
    proxies = settings.TRUSTED_PROXY_COUNT
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if proxies else [request.META.get("REMOTE_ADDR", "")]
    try:
        address = ip_address(seen[-max(proxies, 1)].strip())
    except (IndexError, ValueError):
        return None
    return getattr(address, "ipv4_mapped", None) or address
