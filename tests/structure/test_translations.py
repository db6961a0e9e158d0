"""Every sentence of the sources has its Japanese."""

import re

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

from tests.japanese import faults_of_page, faults_of_sentence
from tests.structure.messages import ROOT, messages

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")


@pytest.fixture(scope="module")
def japanese() -> Catalog:
    with (ROOT / "locale/ja/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="ja", abort_invalid=True)


def test_every_sentence_has_its_japanese(japanese: Catalog) -> None:
    missing = [f"{place(message)}: {message.id}" for message in sentences() if not translated(japanese, message)]
    assert not missing, "\n".join(missing)


def test_no_translation_is_a_guess(japanese: Catalog) -> None:
    assert [message.id for message in japanese if message.id and message.fuzzy] == []


def test_no_translation_outlives_its_sentence(japanese: Catalog) -> None:
    said = {(message.id, message.context) for message in sentences()}
    assert [message.id for message in japanese if message.id and (message.id, message.context) not in said] == []


def test_translations_fill_in_the_same_things(japanese: Catalog) -> None:
    unequal = [message.id for message in japanese if placeholders(message.id) != placeholders(message.string or "")]
    assert unequal == []


def sentences() -> list[Message]:
    return [message for message in messages() if message.id]


def translated(catalog: Catalog, message: Message) -> bool:
    known = catalog.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
    return known is not None and all([known.string] if isinstance(known.string, str) else known.string or [""])


def placeholders(text: str | tuple[str, ...] | list[str]) -> set[str]:
    """Return what a sentence, or all its plural forms together, fill in."""
    return set(PLACEHOLDER.findall(text if isinstance(text, str) else " ".join(text)))


def place(message: Message) -> str:
    name, line = message.locations[0]
    return f"{name}:{line}"


def test_japanese_keeps_the_rules_that_a_machine_can_see(japanese: Catalog) -> None:
    faults = [fault for message in japanese if message.id for said in strings(message) for fault in faults_of_sentence(said)]
    assert faults == []


@pytest.mark.parametrize(
    "text",
    [
        *("12時間以内", "AWSで確認", "ユーザーをRunbookが外します", "%(who)sが承認しました", "が%(time)sごとに", "<b>AWS</b>で"),
        *("最長 %(time)s 以内です", "終了しました 。", "%(a)s、 %(b)s 。", "状態:有効", "返却しますか", "承認, 却下"),
        *("4 時間 – 5 時間", "管理者が直す必要があります。", "アクセス中", "宣言されたポリシー", "既に使われています"),
        "これ\uff08それ\uff09",
    ],
)
def test_what_breaks_a_rule_is_seen(text: str) -> None:
    assert faults_of_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        *("12 時間以内", "AWS で確認 %(at)s", "最長 %(time)s以内です", "(AWS で確認済み)", "<b>AWS</b> で", "%(n)s %% まで"),
        *("状態: 有効", "返却しますか?", "4 時間〜5 時間", "本番アクセス中の利用者", "%(person)s の申請", "JSON、CSV"),
    ],
)
def test_what_keeps_them_is_left_alone(text: str) -> None:
    assert faults_of_sentence(text) == []


def test_a_page_is_read_for_what_its_values_bring() -> None:
    assert faults_of_page("あと 4 時間 です") != []
    assert faults_of_page("高橋 直子 、ほか") != []
    assert faults_of_page("高橋 直子(leader01)が承認しました\nProdMemberWorkGroup\nあと 4 時間です") == []


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
