"""What is said of an act: in a timeline, and to those who are told of news."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True)
class News:
    """`word` is how lists call the event; `sentence` goes into a chat as it is."""

    word: Promise
    sentence: Promise


@dataclass(frozen=True, kw_only=True)
class Words:
    """`mark` is one of components/_timeline.html."""

    mark: str
    sentence: Promise
    news: News | None = None


def step(sentence: Promise, news: News | None = None) -> Words:
    return Words(mark="step", sentence=sentence, news=news)


def seal(sentence: Promise, news: News | None = None) -> Words:
    return Words(mark="seal", sentence=sentence, news=news)


def check(sentence: Promise, news: News | None = None) -> Words:
    return Words(mark="check", sentence=sentence, news=news)


def alert(sentence: Promise, news: News | None = None) -> Words:
    return Words(mark="alert", sentence=sentence, news=news)
