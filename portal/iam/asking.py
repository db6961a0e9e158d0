"""A session of a role as nobody in particular, whose calls are asked about: with what the role's policies say of each. Pure."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import product, takewhile

from portal.iam import anybody, contexts
from portal.iam.conditions import Condition, request_values
from portal.iam.evaluation import Answer, evaluate
from portal.iam.matching import written
from portal.iam.principals import Call, Context, Policy, Principal, Role, account_of, partition_of
from portal.iam.questions import ANYTHING, Asked
from portal.iam.statements import Effect, Kind, Statement, statements
from portal.iam.truth import Unknown
from portal.iam.variables import Plain, Template, Text, Variable, resolve, template

REGION = "aws:RequestedRegion"
# Whoever calls chooses these. So many values of each are tried: with more, a "may" can only become "not known".
MOST_VALUES = 4
CHOSEN = (REGION, "iam:PassedToService")
OF_THE_THING = ("aws:ResourceTag/*", "aws:ResourceAccount")
OF_THE_SESSION = ("aws:PrincipalTag/*", "aws:SourceIdentity")


@dataclass(frozen=True, kw_only=True)
class Asker:
    """A session of the role, as nobody in particular, under which the calls are asked."""

    role: Role
    at: datetime

    @cached_property
    def session(self) -> Principal:
        return self.role.session(anybody.NAME)

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        return (*self.role.policies, *([self.role.boundary] if self.role.boundary else []))

    @cached_property
    def _read(self) -> tuple[Statement, ...]:
        read = (statement for policy in self.policies for statement in statements(policy, Kind.IDENTITY))
        return tuple(statement for statement in read if isinstance(statement, Statement))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The condition keys that the policies look at, in lower case."""
        return frozenset(str(getattr(condition, "key", "")) for statement in self._read for condition in statement.conditions)

    @cached_property
    def context(self) -> Context:
        """The keys of whatever call in such a session: what depends on the call, on its service and on its thing is unknown."""
        keys = contexts.of_session(
            role_arn=self.role.arn,
            role_id=self.role.role_id,
            session_name=anybody.NAME,
            issued_at=self.at,
            at=self.at,
            mfa=True,
            tags=self.role.tags,
        )
        return contexts.not_made_yet(keys, unread=(*OF_THE_THING, *contexts.BY_A_SERVICE, *OF_THE_SESSION))

    @cached_property
    def chosen(self) -> tuple[Context, ...]:
        """The same for a direct call in the role's own account, with each value that policies name for what a caller chooses."""
        direct = {"aws:ViaAWSService": "false", **dict.fromkeys(contexts.CALLED_VIA, ())}
        own: Context = {**self.context, **direct, "aws:ResourceAccount": account_of(self.role.arn)}
        named = [[{key: value} for value in self._named_values(key)] or [{}] for key in CHOSEN]
        return tuple({**own, **{key: value for one in chosen for key, value in one.items()}} for chosen in product(*named))

    def _named_values(self, key: str) -> list[str]:
        conditions = (condition for statement in self._read for condition in statement.conditions)
        of_key = (condition for condition in conditions if isinstance(condition, Condition) and condition.key == key.lower())
        values = (value for condition in of_key for value in condition.values)
        texts = (tuple(part for part in value if isinstance(part, Text)) for value in values if not isinstance(value, Unknown))
        return sorted({written(text) for text in texts} - {""})[:MOST_VALUES]

    def ask(self, asked: Asked, thing: str, context: Context) -> Answer:
        return evaluate(self.session, Call(action=asked.action, resource=thing, context=context))

    def ask_of_any(self, asked: Asked, thing: Plain) -> Answer:
        """Return the answer that holds for all that the text stands for, whatever its wildcards stand for."""
        return self.ask(asked, ANYTHING if asked.thing == ANYTHING else filled(thing, anybody.THING), self.context)

    def shape(self, asked: Asked) -> Plain:
        arn = self.role.arn
        return plain(asked.thing.format(partition=partition_of(arn), account=account_of(arn)))

    def named(self, asked: Asked) -> list[Plain]:
        """Return the things that policies name in statements about this call, as they write them."""
        of_call = (one for one in self._read if one.resources is not None and one.actions.match(asked.action))
        return [thing for statement in of_call for thing in self._things(statement) if thing is not None]

    def allowed(self, asked: Asked) -> list[Plain] | None:
        """Return on what the role's policies allow this call, boundary and denies apart; None where they name no things."""
        things: list[Plain | None] = []
        for policy in self.role.policies:
            for statement in statements(policy, Kind.IDENTITY):
                if not isinstance(statement, Statement):
                    things.append(None)
                elif Effect.ALLOW in statement.effects and statement.actions.match(asked.action):
                    things += self._things(statement) if statement.resources and not statement.resources.negated else [None]
        known = [thing for thing in things if thing is not None]
        return known if len(known) == len(things) else None

    def _things(self, statement: Statement) -> list[Plain | None]:
        templates = statement.resources.templates if statement.resources else ()
        resolved = (one if isinstance(one, Unknown) else resolve(one, request_values(self.context)) for one in templates)
        return [one if isinstance(one, tuple) else None for one in resolved]


def is_plain(parts: Template) -> bool:
    return all(isinstance(part, Text) for part in parts)


def plain(text: str) -> Plain:
    """Return the parts of a text without variables."""
    parts = template(text, variables=False)
    return () if isinstance(parts, Unknown) else tuple(part for part in parts if not isinstance(part, Variable))


def filled(parts: Plain, filling: str) -> str:
    """Return the text with this in the place of each wildcard."""
    return "".join(part.text if isinstance(part, Text) else filling for part in parts)


def beginning(parts: Plain) -> str:
    """Return what comes before the first wildcard."""
    return written(tuple(takewhile(lambda part: isinstance(part, Text), parts)))
