"""What somebody may do to a thing: at rest and during an access, by themselves and through the roles that they take on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from portal.iam.auditing.company import Company, Site
from portal.iam.auditing.identities import Identity, Person, Session, at_rest, call, in_groups, somebody
from portal.iam.auditing.reaching import Reach
from portal.iam.auditing.steps import How, Step
from portal.iam.evaluation import Answer, Decision, evaluate
from portal.iam.principals import Role
from portal.iam.switch import session_gate_of

BY_SWITCH = (How.SWITCH, How.CHAIN)


class When(StrEnum):
    AT_REST = "at_rest"
    DURING = "during"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One action on one thing: an ARN, or * for an action that is about no thing in particular."""

    action: str
    resource: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """The answer for somebody: by themselves, or as the role at the end of the path. `group` is the work group of an access.

    `is_shut`: a session gate refuses everything to whoever is not let in, whatever the answer would be.
    """

    who: str
    name: str
    when: When
    answer: Answer
    role: str = ""
    group: str = ""
    path: tuple[Step, ...] = ()
    is_shut: bool = False

    @property
    def is_open(self) -> bool:
        return self.answer.allowed and not self.is_shut


@dataclass(slots=True)
class Asker:
    """Answers of roles are kept: whoever takes one on may do the same there."""

    company: Company
    asked: Asked
    reach: Reach = field(init=False)
    kept: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reach = Reach(self.company)

    def of_person(self, person: Person, work_groups: Collection[str]) -> Iterator[Told]:
        """Yield what is answered at rest, then what each work group adds: roles that somebody gets into by it alone."""
        yield Told(who=person.arn, name=person.user.name, when=When.AT_REST, answer=self._of(person))
        standing = {told.role: told for told in self._through(person, person, When.AT_REST, "")}
        yield from standing.values()
        site = self.company.site_of(person.arn)
        # A work group that is no group of IAM gives nothing here.
        for group in (name for name in sorted(work_groups) if site and site.account.group(name)):
            member = self._member(site, person, group)
            for told in self._through(person, member, When.DURING, group):
                if told.role not in standing or standing[told.role].is_shut:
                    yield told

    def of_role(self, role: Role) -> Answer:
        """Return what a session of the role is answered, whoever is in it, once they are let in."""
        if role.arn not in self.kept:
            self.kept[role.arn] = self._of(somebody(role, self.company.at))
        return self.kept[role.arn]

    def _through(self, person: Person, acting: Person, when: When, group: str) -> Iterator[Told]:
        for reached in self.reach.of(acting):
            role = self.company.roles.get(reached.to)
            if role is None or any(step.how not in BY_SWITCH for step in reached.path):
                continue
            yield Told(
                who=person.arn,
                name=person.user.name,
                when=when,
                answer=self.of_role(role),
                role=role.arn,
                group=group,
                path=reached.path,
                # During an access the portal lets the person in, and nobody else.
                is_shut=when is When.AT_REST and self._is_shut(role, person),
            )

    def _is_shut(self, role: Role, person: Person) -> bool:
        """Return whether the gate, by itself, refuses this person's session."""
        session = Session(role=role, name=person.user.name, at=self.company.at)
        asked = call(session, self.asked.action, self.asked.resource)
        gate = session_gate_of(role)
        alone = replace(session.principal, policies=(gate,), boundary=None, scps=()) if gate else None
        return alone is not None and evaluate(alone, asked).decision is Decision.EXPLICIT_DENY

    def _member(self, site: Site | None, person: Person, group: str) -> Person:
        if site is None:
            return person
        return in_groups(self.company, site, person.user, (*person.groups, group))

    def _of(self, one: Identity) -> Answer:
        asked = self.asked
        return evaluate(one.principal, call(one, asked.action, asked.resource), self.company.thing(asked.resource))


def of_everybody(company: Company, asked: Asked, work_groups: Mapping[str, Collection[str]]) -> list[Told]:
    """Return what everybody is answered, who may first. `work_groups` are by the names of IAM users, those each may ask for."""
    asker, found = Asker(company=company, asked=asked), list[Told]()
    for person in _users(company):
        found += asker.of_person(person, work_groups.get(person.user.name, ()))
    return sorted(found, key=lambda told: (not told.is_open, told.when is not When.AT_REST, told.name, told.role))


def roles_that_may(company: Company, asked: Asked) -> list[tuple[Role, Answer]]:
    """Return the roles whose sessions may, or of which that is not known, whoever takes them on."""
    asker = Asker(company=company, asked=asked)
    answers = ((role, asker.of_role(role)) for role in company.roles.values())
    return [(role, answer) for role, answer in answers if answer.decision in (Decision.ALLOWED, Decision.UNKNOWN)]


def _users(company: Company) -> Sequence[Person]:
    """Return every user at rest: of a question nobody is spared."""
    return [at_rest(company, site, user) for site in company.sites.values() for user in site.account.users.values()]
