"""python3-saml, told what is asked of it. The portal's own addresses are those of the settings, whatever host a browser names."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from portal.providers.provider import SamlProvider

SECURITY = {
    "wantAssertionsSigned": True,
    "rejectDeprecatedAlgorithm": True,
    "wantNameId": False,
    "wantAttributeStatement": False,
    "allowRepeatAttributeName": True,
    "requestedAuthnContext": False,
    # The machine of a demo has a host without a dot.
    "allowSingleLabelDomains": True,
    "metadataValidUntil": "",
    "metadataCacheDuration": "",
}


def entity_id(provider: SamlProvider) -> str:
    """Return who the portal is to this provider, which is where its metadata lies. Another provider knows it as another."""
    return settings.PORTAL_URL + reverse("provider-metadata", args=[provider.key])


def consumer(provider: SamlProvider) -> str:
    """Return the address to which responses come."""
    return settings.PORTAL_URL + reverse("provider-assertion", args=[provider.key])


def configuration(provider: SamlProvider) -> OneLogin_Saml2_Settings:
    ours = {
        "entityId": entity_id(provider),
        "assertionConsumerService": {"url": consumer(provider), "binding": Names.BINDING_HTTP_POST},
        "NameIDFormat": Names.NAMEID_UNSPECIFIED,
    }
    theirs = {
        "entityId": provider.entity_id,
        "singleSignOnService": {"url": provider.sso_url, "binding": Names.BINDING_HTTP_REDIRECT},
        "x509certMulti": {"signing": list(provider.certificates)},
    }
    return OneLogin_Saml2_Settings({"strict": True, "sp": ours, "idp": theirs, "security": SECURITY})


def arrived_at(provider: SamlProvider) -> dict[str, Any]:
    """Return the call by which a response comes, as python3-saml wants it described."""
    parts = urlsplit(consumer(provider))
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": "",
        "path_info": parts.path,
    }


def asking(provider: SamlProvider) -> tuple[str, str]:
    """Return the address that asks the provider for a log-in, and the id that its response must name."""
    auth = OneLogin_Saml2_Auth(arrived_at(provider), configuration(provider))
    address: str = auth.login(return_to="")
    return address, str(auth.get_last_request_id())


def metadata(provider: SamlProvider) -> str:
    """Return what the provider's administrators give it about the portal."""
    described = configuration(provider).get_sp_metadata()
    return described.decode() if isinstance(described, bytes) else str(described)
