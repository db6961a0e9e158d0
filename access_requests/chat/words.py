"""A line that somebody typed, taken apart. Nothing slides from one field into the next: what reads two ways is asked back."""

import re
from dataclasses import dataclass

from access_requests.chat.refusals import (
    CodeUnreadable,
    DurationUnreadable,
    OptionsUnknown,
    SecondCode,
    TicketUnclear,
    TimeUnclear,
    WordsMissing,
    WordsTooMany,
)
from access_requests.chat.speaking import COMMAND
from portal import typed_words

REQUEST, ELEVATION = "R-", "E-"
WORD = re.compile(r"\S+")
# What may be the rest of a time: `1h 30`, `2h m`.
REST_OF_TIME = re.compile(r"[0-5]?[0-9]|[dhm]", re.ASCII)
DIGIT = re.compile(r"[0-9]", re.ASCII)
# Of an app that has Slack escape what is typed, and of what is pasted from a message.
LINK = re.compile(r"<(?P<url>(?:https?://|mailto:)[^|>\s]+)(?:\|(?P<words>[^>]*))?>")
# An option as the command line takes it.
OPTION = re.compile(r"--?[a-z][a-z-]*(=.*)?", re.ASCII)
EXAMPLE_TICKET = "CHG-123"


@dataclass(frozen=True)
class Asked:
    """What `request` and `extend` say: of a request `names` are its work groups, of more time the access is the only one."""

    names: list[str]
    minutes: int
    ticket: str
    reason: str


@dataclass(frozen=True)
class Line:
    """The command's word, and what was typed behind it, as people typed it."""

    verb: str
    rest: str

    @classmethod
    def of(cls, text: str) -> "Line":
        typed = unescaped(text).strip()
        # Some type it twice, since their client has written it for them already.
        verb, rest = (*typed.removeprefix(f"{COMMAND} ").split(maxsplit=1), "", "")[:2]
        return cls(typed_words.plain(verb).lower().replace("_", "-") or "help", rest.strip())

    def whole(self) -> str:
        """Return all of it. Raises WordsMissing."""
        if not self.rest:
            raise WordsMissing(field="text")
        return typed_words.plain(self.rest)

    def code(self) -> str:
        """Return the one word of the line. Raises WordsMissing, WordsTooMany, SecondCode."""
        word, rest = self.code_and_why()
        if rest:
            raise WordsTooMany(field="text", word=rest.split()[0], command=f"{COMMAND} {self.verb} {typed_words.plain(word)}")
        return word

    def code_and_why(self) -> tuple[str, str]:
        """Return the first word, and what follows, which may be nothing. Raises WordsMissing, SecondCode."""
        word, rest = (*self.rest.split(maxsplit=1), "", "")[:2]
        if not word:
            raise WordsMissing(field="text")
        following = rest.split(maxsplit=1)
        if following and (second := typed_words.code(following[0])) and (first := typed_words.code(word)):
            raise SecondCode(field="text", word=second, command=f"{COMMAND} {self.verb} {first}")
        return word, rest

    def nothing(self) -> None:
        """Raises WordsTooMany if the command was told something: it takes nothing."""
        if self.rest:
            raise WordsTooMany(field="text", word=self.rest.split()[0], command=f"{COMMAND} {self.verb}")

    def request(self) -> Asked:
        """Return what is asked for. Raises WordsMissing, DurationUnreadable, TimeUnclear, TicketUnclear."""
        names, minutes, rest = self._until_time()
        self._no_options(names, minutes, rest)
        ticket, reason = (*rest.split(maxsplit=1), "", "")[:2]
        self._no_time_again(names, minutes, rest, then=f" {EXAMPLE_TICKET}")
        if not reason:
            raise WordsMissing(field="text")
        if not (DIGIT.search(typed_words.plain(ticket)) or typed_words.is_marked(ticket)):
            command = self._command(names, minutes, f" {EXAMPLE_TICKET} {rest}")
            raise TicketUnclear(field="change_ticket", word=ticket, command=command)
        return Asked(typed_words.groups(names), minutes, typed_words.plain(ticket), reason)

    def extend(self) -> Asked:
        """Return what is asked for. Raises WordsMissing, DurationUnreadable, TimeUnclear."""
        names, minutes, reason = self._until_time(most_names=1)
        self._no_time_again(names, minutes, reason, then="")
        if not reason:
            raise WordsMissing(field="text")
        return Asked(names, minutes, "", reason)

    def _until_time(self, *, most_names: int | None = None) -> tuple[list[str], int, str]:
        """Return the words before the first time, its minutes, and what follows it as it was typed."""
        spans = list(WORD.finditer(self.rest))
        words = [span[0] for span in spans]
        if len(words) < 2:  # noqa: PLR2004  A name and a time.
            raise WordsMissing(field="text")
        for begin in range(1, len(words) if most_names is None else most_names + 1):
            if found := typed_words.leading_duration(words[begin:]):
                minutes, count = found
                return words[:begin], minutes, self.rest[spans[begin + count - 1].end() :].strip()
        raise DurationUnreadable(field="duration_minutes", word=words[_names_end(words)])

    def _no_options(self, names: list[str], minutes: int, rest: str) -> None:
        """Raises OptionsUnknown for words of the command line, whose options Slack's has not: `--for 2h --ticket CHG-1`."""
        words = rest.split()
        options = [word for word in (*names, *words[:1]) if OPTION.fullmatch(word)]
        if options:
            plain = " ".join(word for word in words if not OPTION.fullmatch(word))
            command = self._command([name for name in names if name not in options], minutes, f" {plain or EXAMPLE_TICKET}")
            raise OptionsUnknown(field="text", word=options[0], command=command)

    def _no_time_again(self, names: list[str], minutes: int, rest: str, *, then: str) -> None:
        """Raises TimeUnclear where a second time follows, or what may be the rest of the first."""
        words = rest.split()
        if not words:
            return
        whole = typed_words.minutes(f"{typed_words.duration(minutes)}{typed_words.plain(words[0])}m")
        again = typed_words.leading_duration(words)
        if again or (REST_OF_TIME.fullmatch(typed_words.plain(words[0]).lower()) and not typed_words.is_marked(words[0])):
            behind = " ".join(words[again[1] if again else 1 :])
            command = self._command(names, whole or minutes, f" {behind}" if behind else then)
            raise TimeUnclear(field="duration_minutes", word=words[0], time=typed_words.duration(minutes), command=command)

    def _command(self, names: list[str], minutes: int, rest: str) -> str:
        parted = ",".join(typed_words.groups(names))
        return f"{COMMAND} {self.verb} {parted} {typed_words.duration(minutes)}{rest}"


def _names_end(words: list[str]) -> int:
    """Return where the names end that commas hold together, at the latest at the last word."""
    end = 1
    while end < len(words) - 1 and (words[end - 1][-1] in ",、" or words[end][0] in ",、"):
        end += 1
    return end


def unescaped(text: str) -> str:
    """Return what was typed: Slack sends &, < and > as entities, and nothing else. A link of its own is its words or address."""
    text = LINK.sub(lambda link: link["words"] or link["url"], text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def code(word: str) -> str:
    """Return the number of a request or of an access, in capital letters. Raises CodeUnreadable."""
    found = typed_words.code(word)
    if found is None:
        raise CodeUnreadable(field="code", word=word)
    return found
