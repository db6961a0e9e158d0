"""A history that is made up at random: what is beside its steps, and what must hold after each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count
from typing import Any, Self, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import strategies as st

from access_requests.services.catalogue import applying, current
from access_requests.services.catalogue import comparing as catalogue
from access_requests.services.comparison import comparing
from audits import could_do, personal
from audits.could_do import Question
from audits.models import TrailEntry
from audits.replay import fold, rights
from portal.users.models import User
from portal.verbs.actor import COMMAND
from portal.verbs.rejections import Rejection
from portal.verbs.run import run
from tests.worlds import meddling
from tests.worlds.cast import Cast, actor_of
from tests.worlds.clock import Clock
from tests.worlds.told import write_down
from tests.worlds.trouble import Away, away_at

PEOPLE = ("member01", "member02", "leader01", "newcomer", "hanako")
# Which of the statements that write the database refuses: none in most steps.
TROUBLE = st.sampled_from((0,) * 20 + tuple(range(1, 11)))
Step = tuple[str, dict[str, Any]]
Method = TypeVar("Method", bound=Callable[..., None])
# What a history is made of, each as likely as another.
STEPS: list[st.SearchStrategy[Step]] = []


def step(times: int = 1, **of: st.SearchStrategy[Any]) -> Callable[[Method], Method]:
    """Have a method be a step of histories, with what is drawn for it; so many `times` as likely as others."""

    def keep(method: Method) -> Method:
        STEPS.extend([st.tuples(st.just(method.__name__), st.fixed_dictionaries(of))] * times)
        return method

    return keep


class History:
    """Begins with the cast as an upgrade writes it down. All of it goes with the transaction that it lives in."""

    def __init__(self, cast: Cast, clock: Clock) -> None:
        self.cast, self.clock, self.numbers = cast, clock, count(1)
        self.groups = current.read().work_groups
        self.moments = [clock.now]

    @classmethod
    @contextmanager
    def begun(cls, cast: Cast, clock: Clock) -> Iterator[Self]:
        start, block = clock.now, transaction.atomic()
        block._from_testcase = True  # type: ignore[attr-defined]  # As TestCase does: steps ask for durable transactions.
        try:
            with block:
                write_down(now=start)
                yield cls(cast, clock)
                transaction.set_rollback(True)
        finally:
            clock.now = start

    def go_on(self, story: list[Step]) -> None:
        for number, (name, said) in enumerate(story):
            getattr(self, name)(**said)
            self.moments.append(self.clock.now)
            self.check_tables()
            self.check_rights(PEOPLE[number % len(PEOPLE)], self.moments[-1])
        for who in PEOPLE:
            for at in {self.moments[0], self.moments[len(story) // 2]}:
                self.check_rights(who, at)

    def check_tables(self) -> None:
        """The trail tells what the tables say."""
        found = comparing.compare(now=self.clock.now)
        assert found.differences == []
        assert found.untold == 0

    def check_rights(self, who: str, at: Any) -> None:
        """What somebody could do is what the fold of all of the trail tells."""
        state = fold(personal.shown(TrailEntry.objects.filter(at__lte=at).order_by("pk"), erased=""))
        found = could_do.then(person=who, at=at, question=Question.WAS)
        assert found.rights == rights.of(who, state, at=at)
        assert found.drift == rights.open_drift(state)

    @step(times=3, field=st.sampled_from(meddling.COMPARED))
    def meddle(self, field: str) -> None:
        """Somebody changes a field behind the portal's back, which one run finds; taken back, so that the history goes on."""
        with transaction.atomic():
            with suppress(IntegrityError), transaction.atomic():
                if meddling.change(field):
                    assert comparing.compare(now=self.clock.now).differences != [], field
            transaction.set_rollback(True)

    def load(self, section: str, key: str, after: Any, trouble: int) -> None:
        """Have the catalogue's file say this, and everything else as it is."""
        is_there = current.read()
        said = {name: dict(getattr(is_there, name)) for name in type(is_there).__dataclass_fields__}
        said[section].pop(key, None)
        said[section] |= {key: after} if after is not None else {}
        changes = catalogue.compare(is_there, type(is_there)(**said))
        self.attempt(lambda: applying.apply(changes, secrets={}, actor=COMMAND, now=self.clock.now), trouble)

    def do_with(self, who: str, verb: Callable[..., Any], trouble: int) -> None:
        if (person := User.objects.filter(username=who).first()) is not None:
            self.do(partial(verb, person=person), trouble)

    def do(self, verb: Callable[..., Any], trouble: int) -> None:
        self.attempt(lambda: verb(actor=actor_of(self.cast.admin01), now=self.clock.now), trouble)

    def attempt(self, verb: Callable[[], Any], trouble: int) -> None:
        with suppress(Rejection, ValidationError, Away), away_at(trouble):
            run(verb)
