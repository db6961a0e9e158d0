"""A provider of log-in, as it is configured: how it proves people, whom it may bring, and what they are by what it says."""

from abc import ABC, abstractmethod
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

# The name of an identity at a provider, in `users.LinkedIdentity`, and of what made a person or gave a role.
PREFIX = "login:"
SHORTEST_RSA_KEY = 2048


class Role(StrEnum):
    """What somebody is in the portal. What leads and engineers may is for the catalogue to say."""

    ENGINEER = "engineer"
    LEAD = "lead"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Strict(BaseModel):
    """An object without a field that is not named here, and without a value of another type."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def _https(address: str) -> str:
    """Return the address. Plain http is for this machine alone: what stands between could answer for the provider."""
    if urlsplit(address).query:
        raise ValueError("give an address such as https://login.example.com, without query and user")
    return _page(address)


def _page(address: str) -> str:
    """Return the address of a page, which may have a query."""
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.fragment:
        raise ValueError("give an address such as https://login.example.com, without user")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")):
        raise ValueError("the address does not begin with https://")
    return address


def _certificate(text: str) -> str:
    """Return the certificate, whose key is one that a signature may rely on. When it expires is for `check` to say."""
    found = x509.load_pem_x509_certificates(text.encode())
    if len(found) != 1:
        raise ValueError("give one certificate in each entry")
    key = found[0].public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) and not (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= SHORTEST_RSA_KEY
    ):
        raise ValueError("the key is neither RSA of 2048 bits or more nor an elliptic curve")
    return text.strip()


Address = Annotated[str, AfterValidator(_https)]
Page = Annotated[str, AfterValidator(_page)]
Certificate = Annotated[str, AfterValidator(_certificate)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Words = Annotated[tuple[Word, ...], Field(strict=False)]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class Admits(Strict):
    """Whom the provider may bring: each list that is given must hold, at every log-in. With none nobody new is let in."""

    domains: Annotated[tuple[Domain, ...], Field(strict=False)] = ()
    tenants: Words = ()
    groups: Words = ()

    @property
    def somebody_new(self) -> bool:
        return bool(self.domains or self.tenants or self.groups)


class Roles(Strict):
    """Role -> groups that make somebody that. A role without groups is none of this provider's business."""

    engineer: Words = ()
    lead: Words = ()
    auditor: Words = ()
    administrator: Words = ()

    def governed(self) -> frozenset[Role]:
        """Return the roles that the provider gives and takes away."""
        return frozenset(role for role in Role if getattr(self, role))

    def of(self, groups: frozenset[str]) -> frozenset[Role]:
        return frozenset(role for role in Role if groups.intersection(getattr(self, role)))


class Claims(Strict):
    """Under which names the provider says things. Empty: it does not say that."""

    email: str = "email"
    name: str = "name"
    tenant: str = ""
    groups: str = "groups"


class ProvesFactor(Strict):
    """By which of its words the provider says that it asked for a second factor; then the portal asks for none of its own.

    `amr`: methods of OpenID Connect (RFC 8176), one of which is enough. `acr`: classes, which SAML calls AuthnContextClassRef.
    """

    amr: Words = ()
    acr: Words = ()

    @property
    def is_configured(self) -> bool:
        return bool(self.amr or self.acr)

    def by(self, *, acr: str, amr: frozenset[str] = frozenset()) -> bool:
        return acr in self.acr or bool(amr.intersection(self.amr))


class Scim(Strict):
    """Provisioning by the same provider. Its tokens are made and revoked in the portal.

    `subject`: which attribute of a SCIM user is the subject of their log-in. `groups`: by which attribute `roles` names groups
    that come by SCIM; they then say what somebody is, and the claim does not. Empty: no groups come by SCIM.
    """

    subject: Literal["externalId", "userName"]
    groups: Literal["", "displayName", "externalId"] = ""


class Provider(Strict, ABC):
    """What all kinds have. `name` is what its button says; `trusts_email`: that an address is somebody's own goes without saying.

    `username` is by which rule somebody new is named: by the part of their address before the @, or by nothing of theirs.
    """

    kind: ClassVar[str]

    key: Key
    preset: str = ""
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    admits: Admits = Admits()
    roles: Roles = Roles()
    claims: Claims = Claims()
    match_by_email: bool = False
    trusts_email: bool = False
    username: Literal["email", "opaque"] = "email"
    factor: ProvesFactor = ProvesFactor()
    scim: Scim | None = None

    @property
    def identity(self) -> str:
        """Return the provider of its people's identities, and the source of what it says of them."""
        return PREFIX + self.key

    @property
    @abstractmethod
    def origins(self) -> frozenset[str]:
        """Return the origins to which a browser is sent for a log-in."""

    @model_validator(mode="after")
    def _fits_together(self) -> "Provider":
        by_scim = self.scim is not None and bool(self.scim.groups)
        if by_scim and self.admits.groups:
            raise ValueError("scim.groups is set: whom the directory provisions is admitted; leave admits.groups out")
        needs_groups = bool(self.admits.groups or (self.roles.governed() and not by_scim))
        if needs_groups and not self.claims.groups:
            raise ValueError("groups are asked for, and claims.groups is empty: this provider says none")
        if self.admits.tenants and not self.claims.tenant:
            raise ValueError("tenants are asked for, and claims.tenant is empty: this provider says none")
        return self


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class OidcProvider(Provider):
    """`authorization_origins`: where people are sent, if not to the issuer. `max_age`: how old a log-in may be, in seconds.

    `confirms`: whether it lets people prove themselves again, now, and says when they did.
    """

    kind: ClassVar[str] = "oidc"

    issuer: Address
    client_id: Word
    client_secret: SecretStr
    scopes: Words = ("openid", "profile", "email")
    algorithms: Annotated[tuple[Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"], ...],
                          Field(strict=False, min_length=1)] = ("RS256", "PS256", "ES256", "EdDSA")  # fmt: skip
    authorization_origins: Annotated[tuple[Address, ...], Field(strict=False)] = ()
    max_age: Annotated[int, Field(ge=0, le=86400)] | None = None
    userinfo: bool = True
    confirms: bool = True

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(map(_origin, self.authorization_origins or (self.issuer,)))

    @model_validator(mode="after")
    def _asks_for_openid(self) -> "OidcProvider":
        if "openid" not in self.scopes:
            raise ValueError("scopes lacks openid, without which there is no ID token")
        return self


class SamlProvider(Provider):
    """`certificates`: what it signs with, as PEM; two while one is being changed.

    `subject`: the attribute that names somebody for good, where the NameID does not. `authorization_origins`: where people are
    sent on from `sso_url`. `idp_initiated`: whether a log-in may begin there, without one having been asked for here.
    """

    kind: ClassVar[str] = "saml"

    entity_id: Word
    sso_url: Page
    certificates: Annotated[tuple[Certificate, ...], Field(strict=False, min_length=1, max_length=2)]
    subject: str = ""
    authorization_origins: Annotated[tuple[Address, ...], Field(strict=False)] = ()
    idp_initiated: bool = False

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(map(_origin, (self.sso_url, *self.authorization_origins)))

    @property
    def ends(self) -> list[datetime]:
        """Return when each certificate ends."""
        return [x509.load_pem_x509_certificate(one.encode()).not_valid_after_utc for one in self.certificates]

    @model_validator(mode="after")
    def _says_classes_alone(self) -> "SamlProvider":
        if self.factor.amr:
            raise ValueError("factor.amr is set, and SAML says no methods: name its AuthnContextClassRef as factor.acr")
        return self

    @model_validator(mode="after")
    def _knows_whose_addresses(self) -> "SamlProvider":
        if (self.admits.domains or self.match_by_email) and not self.trusts_email:
            raise ValueError(
                "an address decides, and SAML says of none that it is somebody's own: set trusts_email, or let groups decide"
            )
        return self


KINDS: dict[str, type[Provider]] = {kind.kind: kind for kind in (OidcProvider, SamlProvider)}


def kind_of(value: Any) -> type[Provider]:
    """Return the kind of this name. Raises ValueError for what is none."""
    if value not in KINDS:
        raise ValueError(f"the kind is one of {', '.join(KINDS)}")
    return KINDS[value]
