"""Draws accounts, groups and roles of the demo's catalogue, in both languages: python -m tests.structure.design_picture"""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "portal/demo/catalogue.yaml"
FOLDER = ROOT / "docs/images"
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Accounts, groups and roles",
        "standing": "standing group",
        "work": "work group, empty at rest",
        "always": "may always switch",
        "time": "for an approved time",
    },
    "ja": {
        "title": "アカウント、グループ、ロール",
        "standing": "常設グループ",
        "work": "本番作業グループ(通常は空)",
        "always": "常に切り替え可能",
        "time": "承認された期間のみ",
    },
}
ROW, WIDTH, LEFT, RIGHT, BOX = 30, 1_040, 20, 640, 380
STYLE = """text{font:13px sans-serif;fill:#1b1f24}.head{font-weight:bold}.small{font-size:11px;fill:#57606a}
rect{fill:#fff;stroke:#8c959f}.paper{stroke:none}.account{fill:#f6f8fa}.work{stroke:#bc4c00;stroke-width:2}
path{fill:none;stroke:#57606a}.time{stroke:#bc4c00;stroke-dasharray:6 4;stroke-width:1.5}"""


def file_of(language: str) -> Path:
    return FOLDER / f"account-design.{language}.svg"


def drawn(language: str) -> str:
    """Return the picture: groups of the Jump account on the left, roles by account on the right."""
    words, catalogue = WORDS[language], yaml.safe_load(CATALOGUE.read_text())
    groups = [(name, each, False) for name, each in catalogue["standing_groups"].items()]
    groups += [(name, each, True) for name, each in catalogue["work_groups"].items()]
    places: dict[str, int] = {}
    roles, bottom = [], 60
    for key, account in catalogue["accounts"].items():
        if account.get("roles"):
            names = list(account["roles"])
            places |= {f"{key}/{name}": bottom + ROW * (number + 1) for number, name in enumerate(names)}
            roles.append(_account(account, names, bottom))
            bottom += ROW * (len(names) + 1) + 14
    gap = max(ROW + 16, (bottom - 60) // len(groups))
    height = max(bottom, 60 + gap * len(groups)) + 20
    left = [_group(name, 60 + gap * number, is_work=is_work, words=words) for number, (name, _, is_work) in enumerate(groups)]
    lines = [
        _line(60 + gap * number + 18, places[role], is_work=is_work)
        for number, (_, each, is_work) in enumerate(groups)
        for role in each["target_roles"]
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" lang="{language}">'
    title = f"<title>{escape(words['title'])}</title><style>{STYLE}</style>"
    paper = f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
    return "\n".join([head, title, paper, *_legend(words), *lines, *left, *roles, "</svg>"]) + "\n"


def _legend(words: Mapping[str, str]) -> Iterator[str]:
    yield f'<path d="M{LEFT} 24h40"/><text x="{LEFT + 48}" y="28">{words["always"]}</text>'
    yield f'<path class="time" d="M{LEFT + 240} 24h40"/><text x="{LEFT + 288}" y="28">{words["time"]}</text>'


def _group(name: str, top: int, *, is_work: bool, words: Mapping[str, str]) -> str:
    kind = words["work" if is_work else "standing"]
    box = f'<rect class="{"work" if is_work else "standing"}" x="{LEFT}" y="{top}" width="300" height="36" rx="5"/>'
    label = f'<text class="head" x="{LEFT + 10}" y="{top + 16}">{escape(name)}</text>'
    return f'{box}{label}<text class="small" x="{LEFT + 10}" y="{top + 30}">{escape(kind)}</text>'


def _account(account: Mapping[str, Any], names: list[str], top: int) -> str:
    box = f'<rect class="account" x="{RIGHT}" y="{top}" width="{BOX}" height="{ROW * (len(names) + 1) + 4}" rx="5"/>'
    head = f'<text class="head" x="{RIGHT + 12}" y="{top + 20}">{escape(account["name"])} ({account["id"]})</text>'
    rows = [
        f'<text x="{RIGHT + 24}" y="{top + ROW * (number + 1) + 18}">{escape(name)}</text>' for number, name in enumerate(names)
    ]
    return box + head + "".join(rows)


def _line(start: int, role: int, *, is_work: bool) -> str:
    end, middle = role + 14, (LEFT + 300 + RIGHT) // 2
    kind = ' class="time"' if is_work else ""
    return f'<path{kind} d="M{LEFT + 300} {start}C{middle} {start} {middle} {end} {RIGHT + 16} {end}"/>'


if __name__ == "__main__":
    for language in WORDS:
        file_of(language).write_text(drawn(language))
