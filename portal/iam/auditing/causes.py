"""One thing that is too much, told by its cause."""

from dataclasses import dataclass, field

Path = tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Excess:
    """`who` carries it: "group MemberGroup", "role X", "bucket arn:…". `what` is an action, whom it lets in, or where it leads.

    `statement` of `policy` is the cause. `path` has, for each step from `start`, how, by whom, to whom and with which call.
    `hidden_by` is the level of the organisation that alone keeps it from having effect.
    """

    rule: str
    account: str = ""
    who: str = ""
    policy: str = ""
    statement: str = ""
    what: str = ""
    start: str = ""
    path: Path = field(default=())
    hidden_by: str = ""

    @property
    def cause(self) -> tuple[str, str, str]:
        """What two of them share that one change mends."""
        return self.account, self.policy, self.statement

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What tells it apart from others, whatever it is about."""
        return self.account, self.rule, self.who, self.policy, self.statement
