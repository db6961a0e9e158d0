"""System checks of log-ins: roles whose provider is gone; of SAML the libraries that read XML, and certificates that are over."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's names.
from django.db import DatabaseError
from django.db.models import Count

from portal.providers.provider import SamlProvider
from portal.users.models import HeldRole

SOON = timedelta(days=30)


def _providers() -> list[SamlProvider]:
    return [one for one in settings.LOGIN_PROVIDERS if isinstance(one, SamlProvider)]


@register(Tags.security, deploy=True)
def roles_have_their_provider(**_kwargs: Any) -> list[CheckMessage]:
    """A role that a provider gave is taken by that provider alone: one that is configured no more takes nothing."""
    known = [HeldRole.HERE, *(provider.identity for provider in settings.LOGIN_PROVIDERS)]
    try:
        left = HeldRole.objects.exclude(source__in=known).order_by("source").values_list("source").annotate(Count("pk"))
        found = list(left)
    except DatabaseError:
        return []
    hint = "Disable these people, or configure the provider again: it takes the roles at the next log-in of each."
    gone = "{} roles were given by {}, which is configured no more."
    return [Warning(gone.format(n, source), hint=hint, id="log_in.W001") for source, n in found]


@register(Tags.security)
def libraries_of_xml_fit(**_kwargs: Any) -> list[CheckMessage]:
    """Documents of lxml are read by xmlsec as they lie in memory, where another libxml2 would read something else."""
    if not _providers():
        return []
    try:
        import xmlsec  # noqa: PLC0415  Only where SAML is used.
        from lxml import etree  # noqa: PLC0415
    except Exception as error:  # noqa: BLE001  What xmlsec raises here is of a class that it does not let anybody import.
        return [_unfit(str(error))]
    ours, theirs = xmlsec.get_libxml_version(), etree.LIBXML_VERSION
    return [] if ours == theirs else [_unfit(f"xmlsec has libxml2 {_dotted(ours)}, and lxml has {_dotted(theirs)}")]


def _unfit(why: str) -> CheckMessage:
    hint = "Install both as the lock files have them, as wheels: pip install --only-binary lxml,xmlsec."
    return Error(f"lxml and xmlsec do not fit together, so nobody logs in by SAML: {why}.", hint=hint, id="log_in.E001")


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


@register(Tags.security)
def certificates_of_saml_last(**_kwargs: Any) -> list[CheckMessage]:
    """The certificate is trusted because it is named, also after its time; that it is over says that another one is coming."""
    return [
        Warning(
            f"{provider.name}: the certificate that ends on {ends:%Y-%m-%d} ends soon or has ended.",
            hint=f"Give the provider's next one beside it, as providers.{provider.key}.certificates.",
            id="log_in.W002",
        )
        for provider in _providers()
        for ends in provider.ends
        if ends < datetime.now(UTC) + SOON
    ]
