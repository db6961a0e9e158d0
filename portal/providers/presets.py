"""What is the same at every customer of a provider: docs/login.md says for each what to enter there."""

from collections.abc import Mapping
from typing import Any

PRESETS: Mapping[str, Mapping[str, Any]] = {
    # Google says no groups by OpenID Connect; `hd` is the organisation of Workspace, absent for private accounts.
    "google-workspace": {
        "kind": "oidc",
        "name": "Google Workspace",
        "issuer": "https://accounts.google.com",
        "algorithms": ["RS256"],
        "claims": {"tenant": "hd", "groups": ""},
        # It asks nobody to log in once more, and does not say when somebody did.
        "confirms": False,
    },
    # Its addresses are not proven to be anybody's own: no `email_verified`, and people can change `email` in some tenants.
    "microsoft-entra": {
        "kind": "oidc",
        "name": "Microsoft Entra",
        "algorithms": ["RS256"],
        "claims": {"tenant": "tid"},
        "username": "opaque",
    },
    "okta": {
        "kind": "oidc",
        "name": "Okta",
        "algorithms": ["RS256"],
        "scopes": ["openid", "profile", "email", "groups"],
    },
    "hennge-one": {"kind": "oidc", "name": "HENNGE One", "algorithms": ["RS256", "ES256"]},
    "keycloak": {"kind": "oidc", "name": "Keycloak", "algorithms": ["RS256", "PS256", "ES256", "EdDSA"]},
    # By its names for claims; who somebody is for good is their object's id, since a NameID there may be an address.
    "microsoft-entra-saml": {
        "kind": "saml",
        "name": "Microsoft Entra",
        "claims": {
            "email": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
            "name": "http://schemas.microsoft.com/identity/claims/displayname",
            "tenant": "http://schemas.microsoft.com/identity/claims/tenantid",
            "groups": "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
        },
        "subject": "http://schemas.microsoft.com/identity/claims/objectidentifier",
        "username": "opaque",
    },
    # Applications of one's own log in by SAML there.
    "iam-identity-center": {"kind": "saml", "name": "AWS IAM Identity Center"},
}
