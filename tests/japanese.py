"""What a machine can see of good Japanese: spaces, signs, and the words that the glossary does not let stand.

A half-width space stands between Latin letters or digits and Japanese, as AWS writes it; none before 、。 nor after a value that
ends in Japanese, as a length of time does.
"""

import re
from collections.abc import Iterator

JAPANESE = "ぁ-んァ-ヶー一-龠々"
# What lengths of time are called in sentences: 30 分. They begin with a digit and end in Japanese.
LENGTHS = frozenset({"time", "length", "lasts", "longest", "shortest", "minutes", "idle"})
# What is filled in with Japanese, from its first sign to its last.
WORDS = frozenset({"method", "setting", "problem", "why"})
# What each must not be is what the glossary says that pages call otherwise, or the other spelling of a word.
NEVER = {
    r"剥奪": "解除",
    r"(?<!本番)アクセス中(?!に開始)": "有効",
    r"本番にいる": "本番アクセス中の利用者",
    r"切り替え一覧": "権限マトリクス",
    r"宣言": "カタログで定義した",
    r"割り当て": "紐付ける",
    r"行為": "操作",
    r"あなたとして": "あなたの権限で",
    r"柵": "切り替え拒否ポリシー",
    r"読み戻": "AWS で確認",
    r"封印": "署名済み",
    r"置き土産": "残存物",
    r"踏み台アカウント": "Jump アカウント(踏み台)",
    r"紐づ": "紐付け",
    r"既に": "すでに",
    r"だれ": "誰",
    r"あらためて": "改めて",
    r"ブラウザー": "ブラウザ",
    r"パラメーター": "パラメータ",
    r"Runbook": "ランブック",
    r"指名": "指定",
    r"断念": "中止",
    r"(?<!別の)管理者(?:が|による|の)[^。]*(?:必要があります|が必要です)": "管理者に…を依頼してください",
}
SIGNS = {
    r"[、。]?\s+[、。]": "no space before 、 and 。",
    rf"[{JAPANESE}] ?(?:[～–]|~(?!/))": "〜 between the ends of a range",
    r"[\uff1a\uff1f\uff08\uff09]": "half-width : ? and ()",
    rf"(?<=[{JAPANESE}]):(?=\S)": "a space after a colon",
    rf"(?<=[{JAPANESE}]), ?(?=[{JAPANESE}])": "、 in a list",
    r"[｡-ﾟ]": "no half-width kana",
    r"ますか$": "? after a question",
}
# In a page names and texts that people typed stand beside ours: only what none of them explains is a fault there.
ON_A_PAGE = {
    **{sign: rule for sign, rule in SIGNS.items() if rule.startswith(("no space", "a space", "? after"))},
    r"\d (?:分|時間|秒|日) [ぁ-ん]": "no space after a length of time",
}
_PIECES = re.compile(r"%\((\w+)\)s|<[^>]*>|&\w+;")


def faults_of_sentence(text: str) -> list[str]:
    """Return what is wrong with a translation, placeholders and tags in it."""
    return [*_found(SIGNS, text), *_found(NEVER, text), *_spaces(text)]


def faults_of_page(text: str) -> list[str]:
    """Return what is wrong with what a page shows, people's own texts among it."""
    return _found({**ON_A_PAGE, **{word: better for word, better in NEVER.items() if word != "Runbook"}}, text)


def _found(rules: dict[str, str], text: str) -> list[str]:
    return [
        f"{rule}: …{text[max(0, found.start() - 10) : found.end() + 10]}…"
        for pattern, rule in rules.items()
        for found in re.finditer(pattern, text, re.MULTILINE)
    ]


def _spaces(text: str) -> Iterator[str]:
    """Yield where a space is missing, or one too many, between Latin and Japanese as it will be seen."""
    seen = ""
    for kind, sign in _signs(text):
        pair = seen[-2:]
        if (kind == "J" and pair.endswith("L")) or (kind == "L" and pair.endswith("J")):
            yield f"a space between Latin and Japanese, before {sign!r}: {text}"
        if kind == "J" and pair == "j ":
            yield f"no space after a value that ends in Japanese, before {sign!r}: {text}"
        seen += kind


def _signs(text: str) -> Iterator[tuple[str, str]]:
    """Yield L for Latin and digits, J for Japanese, j for the end of a value in Japanese, else the sign; tags show nothing."""
    at = 0
    for piece in _PIECES.finditer(text):
        yield from ((_kind(sign), sign) for sign in text[at : piece.start()])
        yield from _of_value(piece[1]) if piece[1] else ()
        at = piece.end()
    yield from ((_kind(sign), sign) for sign in text[at:])


def _of_value(name: str) -> Iterator[tuple[str, str]]:
    if name in LENGTHS:
        yield "L", name
        yield "j", name
    elif name in WORDS:
        yield "j", name
    else:
        yield "L", name


def _kind(sign: str) -> str:
    if re.match(f"[{JAPANESE}]", sign):
        return "J"
    return "L" if re.match("[A-Za-z0-9]", sign) else sign
