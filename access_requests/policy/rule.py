"""What a rule is."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from access_requests.policy.situations import Place
from portal.verbs.rejections import Rejection

F = TypeVar("F")


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[F]):
    """One rule of who may do what and when, over the facts F, and the situations in which it holds.

    A situation that lacks a fact of F is no `type[F]`, so that mypy refuses to have the rule asked there. `said` makes the
    refusal that is published for a situation where it is another than that of `refuses`.
    """

    refuses: Callable[[F], Rejection | None]
    at: Collection[type[F]]
    said: Mapping[type[F], Callable[[F], Rejection]] = field(default_factory=dict)

    @property
    def places(self) -> frozenset[Place]:
        return frozenset(place for place in Place if any(getattr(kind, "place", None) == place for kind in self.at))

    def refusal(self, situation: F) -> Rejection | None:
        refused = self.refuses(situation)
        said = self.said.get(type(situation))
        if refused is None or said is None:
            return refused
        published = said(situation)
        published.__cause__ = refused
        return published
