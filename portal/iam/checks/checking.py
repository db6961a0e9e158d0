"""All checks over a file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from portal.iam.checks import denying, escalating, giving, railing, trusting
from portal.iam.checks.bodies import Body, bodies, is_untold
from portal.iam.checks.railing import Wanted
from portal.iam.checks.remarks import Remark
from portal.iam.conditions import Unreadable as UnreadableCondition
from portal.iam.statements import Unreadable, statements
from portal.iam.written.nodes import Node
from portal.iam.written.policies import File, Left, Written


@dataclass(frozen=True, kw_only=True)
class Options:
    """`accounts` are one's own, which may trust each other.

    `accepted` are rules, each with the name of whom it is passed over for; with an empty one for everybody.
    """

    now: datetime
    accounts: Collection[str] = ()
    accepted: Collection[tuple[str, str]] = ()
    rails: Wanted = field(default_factory=Wanted)


def remarks(file: File, options: Options) -> list[Remark]:
    """Return what is wrong, in the order of the file."""
    found = [*_of_statements(file, options), *_of_holders(file, options)]
    found += [_left(one) for one in file.left]
    left = [each for each in found if not _is_accepted(each, options)]
    return sorted(_unique(left), key=lambda each: (each.place, each.rule))


def _left(left: Left) -> Remark:
    is_note = {} if left.is_unread else {"is_note": "yes"}
    return Remark(rule="unresolved", place=left.place, fields={"words": left.words, **is_note})


def _is_accepted(remark: Remark, options: Options) -> bool:
    name = remark.fields.get("who", remark.where).partition(" ")[0]
    return any(rule == remark.rule and of in ("", name) for rule, of in options.accepted)


def _of_statements(file: File, options: Options) -> Iterator[Remark]:
    for _holder, written in file.written():
        yield from _malformed(written)
    for body in bodies(file):
        yield from giving.given(body, at=options.now)
        yield from trusting.trusted(body, {options.rails.account, *options.accounts})
        yield from denying.denied(body, now=options.now)
        yield from railing.obsolete(body)


def _of_holders(file: File, options: Options) -> Iterator[Remark]:
    for holder in file.holders:
        own = [*giving.attached(holder, at=options.now)]
        yield from own
        is_administrator = bool(own) or any(_is_administrator(body, options.now) for body in bodies(File(holders=[holder])))
        # What an administrator has anyway is not told again.
        if not is_administrator:
            yield from escalating.escalations(holder, at=options.now)
        told = list(railing.missing(holder, options.rails, at=options.now))
        yield from told or railing.named(holder, options.rails.account, at=options.now)


def _is_administrator(body: Body, now: datetime) -> bool:
    return any(each.rule == "administrator" for each in giving.given(body, at=now))


def _malformed(written: Written) -> Iterator[Remark]:
    """Yield what AWS would refuse, by what the evaluator cannot read."""
    nodes = dict(written.statements())
    for number, statement in enumerate(statements(written.policy(), written.kind), 1):
        node = nodes.get(number, written.body)
        label = statement.label
        if isinstance(statement, Unreadable):
            yield from _said(written, node, label, statement.words)
            continue
        for condition in statement.conditions:
            if isinstance(condition, UnreadableCondition):
                yield from _said(written, node, label, condition.words)
    for node in (written.body, *nodes.values()):
        for key, place in node.twice:
            yield Remark(rule="malformed", place=place, where=written.name, fields={"words": f"{key} is there twice"})


def _said(written: Written, node: Node, label: str, words: str) -> Iterator[Remark]:
    """Yield it, unless the file does not tell that part: then nothing is known to be wrong."""
    is_open = is_untold(words) or node.text
    rule = "unresolved" if is_open else "malformed"
    shown = "a part of the statement is told elsewhere" if is_open else words
    fields = {"words": shown, **({"is_note": "yes"} if is_open else {})}
    yield Remark(rule=rule, place=node.place, where=written.name, statement=label, fields=fields)


def _unique(found: list[Remark]) -> list[Remark]:
    seen: dict[tuple[object, ...], Remark] = {}
    for each in found:
        seen.setdefault((each.rule, each.place, each.where, each.statement, each.sentence), each)
    return list(seen.values())
