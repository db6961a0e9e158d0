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
    "hennge-one": {"kind": "oidc", "name": "HENNGE One", "algorithms": ["RS256"]},
    "keycloak": {"kind": "oidc", "name": "Keycloak", "algorithms": ["RS256", "PS256", "ES256", "EdDSA"]},
    # Applications of one's own log in by SAML there.
    "iam-identity-center": {"kind": "saml", "name": "AWS IAM Identity Center"},
}
