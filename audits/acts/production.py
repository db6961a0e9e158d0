"""Data of log-ins to production, as CloudTrail proves them, and of what CloudTrail itself is seen to be."""

from datetime import date
from typing import ClassVar

from audits.acts.shape import Done, Moment, PersonalText, Shape


class Exemption(Shape):
    owner: str
    until: date
    why: str


class ProvingEvent(Shape):
    """An event of CloudTrail: `sha256` is of it as JSON with sorted names and no spaces; `place` is its file, or `lookup`."""

    id: str
    name: str
    account: str
    region: str
    at: Moment
    sha256: str
    place: str


class ProductionLogIn(Shape):
    """`account` is AWS's number, `role` an ARN. `mfa` is null where AWS does not say. `reason` says why a class is not known.

    `principal` is who AWS says it was; `person` whose that is, empty of a stranger. `elevation` is the access that gave leave.
    """

    code: str
    way: str
    account: str
    role: str
    session: str
    person: str
    principal: str
    principal_id: str
    mfa: bool | None
    began_at: Moment
    until: Moment | None
    refused: bool
    kind: str
    reason: str
    elevation: str
    exemption: Exemption | None


class LogInSeen(Done):
    """`events` are those that came now. `late`: all of its day had been read for a day already."""

    about: ClassVar = ("L-",)
    since: ClassVar = 5

    log_in: ProductionLogIn
    events: list[ProvingEvent]
    late: bool
    address: PersonalText
    user_agent: PersonalText


class LogInChanged(LogInSeen):
    before: ProductionLogIn


class UseTold(Done):
    """Whether an access was used. `log_ins` were by its leave; `before` is empty where nothing was told yet."""

    about: ClassVar = ("E-",)
    since: ClassVar = 5

    elevation: str
    person: str
    use: str
    reason: str
    log_ins: int
    before: str


class OfCloudTrail(Done):
    """`account` is AWS's number. `trail` is a trail's name or ARN, `remark` what else is known: a fault, an error, a file."""

    about: ClassVar = ("cloudtrail:",)
    since: ClassVar = 5

    account: str
    region: str
    trail: str
    remark: str
    by: str
    event: ProvingEvent | None
