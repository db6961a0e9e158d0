"""The acts in words: how a timeline marks and says them, and what those who are told of news read.

Sentences are filled in by whoever shows them, from the entry alone: `who` acted, `subject` is what it is about and `name` the
same without its kind; the others are of the act's data.
"""

from collections.abc import Mapping

from audits.acts.saying import News, Words
from audits.acts.words import accesses, comparing, people, record

# In the order in which they are listed.
WORDS: Mapping[str, Words] = {**accesses.WORDS, **comparing.WORDS, **people.WORDS, **record.WORDS}
NEWS: Mapping[str, News] = {act: words.news for act, words in WORDS.items() if words.news is not None}
