"""Data of changes of API clients, of people's own tokens, and of webhooks."""

from typing import ClassVar

from pydantic import Field

from audits.acts.shape import Done, Moment, PersonalText, Shape


class Client(Shape):
    """`people` are usernames, or "everyone"; `secret` says whether there is one, and no more."""

    client_id: str
    name: str
    kind: str
    kept_in: str
    scopes: list[str]
    people: list[str] | str
    work_groups: list[str]
    source_addresses: list[str]
    may_name_by_email: bool
    owners: list[str]
    secret: str | None


class MarkedClient(Client):
    """`mark` tells the stored hash of the secret from another, and nothing of the secret; null where there is none."""

    mark: str | None


class TokensEnded(Shape):
    """`own` are people's own tokens by their codes, those that were never collected too; `of_service` the others by number."""

    own: list[str]
    of_service: list[int]


class ClientWithTokens(MarkedClient):
    """`tokens_ended`: so many tokens that were good ended by the change; `ended` are all that it deleted."""

    tokens_ended: int | None = None
    ended: TokensEnded | None = None
    revoked: bool | None = None


class OfClient(Done):
    about: ClassVar = ("client:",)
    since: ClassVar = 5


class ClientAdded(OfClient):
    before: None
    after: MarkedClient


class ClientChanged(OfClient):
    before: Client
    after: ClientWithTokens


class Token(Shape):
    person: str
    client: str
    scopes: list[str]
    asked_from: PersonalText
    allowed_at: Moment
    expires_at: Moment | None


class MarkedToken(Token):
    """`mark` tells what is stored of the token from another, before it is collected of the code that collects it."""

    mark: str


class TokenAsked(MarkedToken):
    asked_at: Moment | None


class TokenCollectedFrom(MarkedToken):
    collected_from: PersonalText


class RefusedToken(Shape):
    client: str
    scopes: list[str]
    asked_from: PersonalText
    asked_at: Moment | None


class OfToken(Done):
    about: ClassVar = ("token:",)
    since: ClassVar = 5


class TokenAllowed(OfToken):
    before: None
    after: TokenAsked


class TokenDenied(OfClient):
    since: ClassVar = 3

    before: None
    after: RefusedToken


class TokenCollected(OfToken):
    before: None
    after: TokenCollectedFrom


class TokenRevoked(OfToken):
    since: ClassVar = 3

    before: Token
    after: None


class Webhook(Shape):
    """Without its secret and its whole address, which by itself opens some receivers."""

    name: str
    place: str
    url_sha256: str
    acts: list[str]
    work_groups: list[str]
    language: str
    with_details: bool
    enabled: bool
    disabled_because: str


class PreviousSecret(Shape):
    previous_until: Moment


class OfWebhook(Done):
    about: ClassVar = ("webhook:",)


class WebhookAdded(OfWebhook):
    """`mark` tells the sealed secret from another, and nothing of the secret."""

    since: ClassVar = 5

    before: None
    after: Webhook
    mark: str


class WebhookChanged(OfWebhook):
    before: Webhook
    after: Webhook


class WebhookRotated(OfWebhook):
    since: ClassVar = 5

    before: None
    after: PreviousSecret
    mark: str


class WebhookDeleted(OfWebhook):
    before: Webhook
    after: None


class Repeated(Shape):
    """`as` is the new delivery's code."""

    channel: str
    target: str
    act: str
    about: str
    as_: str = Field(alias="as")


class DeliveryRepeated(Done):
    about: ClassVar = ("delivery:",)

    before: None
    after: Repeated
