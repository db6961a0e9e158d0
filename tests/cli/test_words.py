"""The command line in the person's language."""

import pytest
from rich.cells import cell_len

from portal.cli import credentials, exits, helping, moments, words
from portal.cli.words import counted, language, said, spoken
from portal.users.models import User
from tests.cli.conftest import AtATerminal
from tests.cli.stand_in import Reply, answering
from tests.cli.terminal import Terminal
from tests.japanese import faults_of_sentence
from tests.structure.sentences_of_commands import japanese, sentences
from tests.structure.test_translations import placeholders

JAPANESE = {"LC_ALL": "ja_JP.UTF-8"}
UNTOLD = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_US.UTF-8"}


def test_every_sentence_has_its_japanese_and_no_japanese_outlives_its_sentence() -> None:
    known = japanese()
    assert {sentence for sentence in sentences() if not known.get(sentence)} == set()
    assert known.keys() - sentences() == set()


def test_japanese_fills_in_the_same_things_and_keeps_the_rules() -> None:
    assert [one for one, other in japanese().items() if placeholders(one) != placeholders(other)] == []
    assert [fault for said_so in japanese().values() for fault in faults_of_sentence(said_so)] == []


@pytest.mark.parametrize(
    ("machine", "person", "spoken_language"),
    [
        ({"LC_ALL": "ja_JP.UTF-8"}, "en", "ja"),
        ({"LC_ALL": "C.UTF-8"}, "ja", "en"),
        ({"LC_MESSAGES": "ja_JP.UTF-8", "LANG": "C"}, "", "ja"),
        ({"LANG": "en_US.UTF-8"}, "ja", "ja"),
        ({"LANG": "ja_JP.UTF-8"}, "en", "en"),
        ({"LANG": "ja_JP.UTF-8"}, "", "ja"),
        ({}, "", "en"),
    ],
)
def test_language_is_what_the_locale_forces_else_the_persons_else_the_machines(
    machine: dict[str, str], person: str, spoken_language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, machine.get(name, ""))
    with spoken(person):
        assert language() == spoken_language


def test_sentence_without_its_japanese_is_said_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert said("Nobody knows %(what)s.", what="this") == "Nobody knows this."
    assert (counted(1, "%(number)s file", "%(number)s files"), moments.length(5400)) == ("1 ファイル", "1 時間 30 分")


def test_help_is_in_japanese_with_every_option_and_fits_a_terminal(terminal: Terminal) -> None:
    for command in ((), ("request",), ("aws-profile",), ("audit", "policy")):
        shown = terminal.run(*command, "--help", **JAPANESE, COLUMNS="80").out
        english = terminal.run(*command, "--help", COLUMNS="80").out
        assert "オプション:" in shown
        assert options(shown) == options(english)
        assert max(map(cell_len, shown.splitlines())) <= 80
    assert "申請を差し戻す。" in terminal.run("--help", **JAPANESE).out


def options(text: str) -> set[str]:
    return {word.strip(",") for line in text.splitlines() for word in line.split()[:2] if word.startswith("-")}


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("lst",), "コマンド lst はありません。もしかして: 'list'"),
        (("list", "--every"), "オプション --every はありません。"),
        (("approve",), "'ID' を指定してください。"),
        (("list", "--state", "x"), "'--state' の値を使用できません: "),
        (("request", "A", "--for"), "--for に値を指定してください"),
        (("status", "R-1"), "'R-1' は ID ではありません。申請(R-…)または本番アクセス(E-…)の ID を入力してください。"),
    ],
)
def test_what_cannot_be_used_as_typed_is_told_in_japanese(typed: tuple[str, ...], told: str, terminal: Terminal) -> None:
    ended = terminal.run(*typed, **JAPANESE, SEKISHO_PORTAL="http://localhost:1", SEKISHO_TOKEN="one")
    assert (ended.code, ended.out) == (exits.Exit.USAGE, "")
    assert told in ended.err


def test_lines_end_between_words_and_after_wide_signs_but_not_before_what_may_not_begin_one() -> None:
    assert helping.lines("本番アクセスを返却する。", 14) == ["本番アクセスを", "返却する。"]
    assert helping.lines("申請の承認、却下", 10) == ["申請の承認、", "却下"]
    assert helping.lines("プロファイル sekisho-A を開く", 12) == ["プロファイル", "sekisho-A を", "開く"]


@pytest.mark.django_db(transaction=True)
def test_person_who_chose_japanese_at_the_portal_is_spoken_to_in_it(person: AtATerminal) -> None:
    User.objects.filter(username="member01").update(language="ja")
    member01 = person("member01")
    # The token of the log-in, kept as a log-in keeps it.
    token = member01.environment.pop("SEKISHO_TOKEN")
    with member01.monkeypatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(member01.home / ".config"))
        patch.delenv("SEKISHO_TOKEN", raising=False)
        credentials.save(credentials.LogIn(portal=member01.environment["SEKISHO_PORTAL"], token=token, client_id="sekisho-cli"))
    assert "times in" in member01.run("whoami", **UNTOLD).out
    assert "利用者" in member01.run("whoami", **UNTOLD).out
    assert member01.run("status", **UNTOLD).err == "有効な本番アクセスも、承認待ちの申請もありません。\n"
    assert "申請を差し戻す。" in member01.run("--help", **UNTOLD).out


def test_portal_is_asked_to_answer_in_the_language_that_is_spoken(terminal: Terminal) -> None:
    with answering(Reply(body={"items": [], "next": None})) as stand_in:
        ended = terminal.run("list", **JAPANESE, SEKISHO_PORTAL=stand_in.url, SEKISHO_TOKEN="of-a-script")
    assert stand_in.calls[0].headers["accept-language"] == "ja"
    assert ended.err == "本番アクセス中の利用者はいません。\n"


def test_catalogue_lies_where_a_package_takes_it_along() -> None:
    assert words.CATALOGUE.parent.name == "cli"
