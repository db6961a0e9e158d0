"""Policies in files, checked on this machine: what is found, as text, JSON or SARIF 2.1.0. Nothing is asked of anybody.

portal.iam is loaded by this command alone.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from portal.cli.version import version
from portal.cli.words import said

if TYPE_CHECKING:
    from portal.iam.checks.checking import Options
    from portal.iam.checks.remarks import Remark
    from portal.iam.written.nodes import Place

STDIN = "-"
# Far more than CloudFormation takes, and than plans of Terraform have.
MOST_BYTES = 50_000_000
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A file with what is wrong in it; `unusable` says why nothing could be checked, and `place` where."""

    file: str
    remarks: Sequence["Remark"] = ()
    unusable: str = ""
    place: "Place | None" = None

    @property
    def has_findings(self) -> bool:
        return any(each.grade != "note" for each in self.remarks)

    def position(self) -> str:
        return f"{self.file}:{self.place.line}:{self.place.column}" if self.place else self.file


def check(files: Sequence[str], *, parameters: Mapping[str, str], options: "Options") -> list[Checked]:
    return [_check(file, parameters, options) for file in files]


def options_of(
    *, accounts: Sequence[str], account: str, rails: str, spared: Sequence[tuple[str, str]], accepted: Sequence[tuple[str, str]]
) -> "Options":
    from portal.iam.checks.checking import Options  # noqa: PLC0415
    from portal.iam.checks.railing import Wanted  # noqa: PLC0415
    from portal.iam.written.policies import OWN_ACCOUNT  # noqa: PLC0415

    wanted = Wanted(account=account or OWN_ACCOUNT, kind=rails, spared=spared)
    return Options(now=datetime.now(UTC), accounts=accounts, rails=wanted, accepted=accepted)


def known() -> dict[str, list[str]]:
    """Return the names that options take: kinds of accounts that have guard rails, guard rails, and rules."""
    from portal.iam.rails.rail import rails  # noqa: PLC0415

    kinds = sorted({kind for rail in rails() for kind in rail.accounts})
    return {"--rails": kinds, "--spare": [rail.sid for rail in rails()], "--accept": list(_rules())}


def _check(file: str, parameters: Mapping[str, str], options: "Options") -> Checked:
    from portal.iam.checks.checking import remarks  # noqa: PLC0415
    from portal.iam.written.files import policies_of  # noqa: PLC0415
    from portal.iam.written.reading import Unreadable  # noqa: PLC0415

    try:
        found = policies_of(_text(file), parameters=parameters, account=options.rails.account)
    except Unreadable as unreadable:
        return Checked(file=file, unusable=unreadable.words, place=unreadable.place)
    except (OSError, ValueError) as error:
        return Checked(file=file, unusable=getattr(error, "strerror", None) or str(error))
    return Checked(file=file, remarks=remarks(found, options))


def _text(file: str) -> str:
    """Return what the file says. Raises OSError, and ValueError for what is no text or too much of it."""
    raw = sys.stdin.buffer.read(MOST_BYTES + 1) if file == STDIN else _read(Path(file))
    if len(raw) > MOST_BYTES:
        raise ValueError(said("it has more than %(most)s bytes", most=MOST_BYTES))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(said("it is no UTF-8")) from error


def _read(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def lines(checked: Checked) -> Iterator[str]:
    """Yield what people and editors read: FILE:LINE:COLUMN: grade rule: what (where)."""
    if checked.unusable:
        yield f"{checked.position()}: {said('unusable')}: {checked.unusable}"
    for each in checked.remarks:
        where = ", ".join(part for part in (each.where, each.statement) if part)
        found = f"{each.grade} {each.rule}: {each.sentence}"
        yield f"{checked.file}:{each.place.line}:{each.place.column}: {found}{f' ({where})' if where else ''}"


def as_json(found: Sequence[Checked]) -> list[dict[str, Any]]:
    return [
        {"file": each.file, "unusable": each.unusable or None, "findings": [_json(one) for one in each.remarks]} for each in found
    ]


def _json(remark: "Remark") -> dict[str, Any]:
    return {
        "rule": remark.rule,
        "grade": str(remark.grade),
        "line": remark.place.line,
        "column": remark.place.column,
        "where": remark.where,
        "statement": remark.statement,
        "message": remark.sentence,
        "advice": _rules()[remark.rule].advice,
    }


def as_sarif(found: Sequence[Checked]) -> dict[str, Any]:
    """Return one run in the format that code hosts take."""
    rules = _rules()
    driver = {"name": "sekisho", "version": version(), "rules": [_sarif_rule(name) for name in rules]}
    numbers = {name: number for number, name in enumerate(rules)}
    unusable = [each for each in found if each.unusable]
    notices = [{"level": "error", "message": {"text": f"{each.position()}: {each.unusable}"}} for each in unusable]
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not unusable, "toolExecutionNotifications": notices}],
        "results": [_result(each.file, one, numbers) for each in found for one in each.remarks],
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _rules() -> Mapping[str, Any]:
    from portal.iam.checks.remarks import RULES  # noqa: PLC0415

    return RULES


def _sarif_rule(name: str) -> dict[str, Any]:
    rule = _rules()[name]
    return {
        "id": name,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.advice},
        "defaultConfiguration": {"level": str(rule.grade)},
    }


def _result(file: str, remark: "Remark", numbers: Mapping[str, int]) -> dict[str, Any]:
    where = " ".join(part for part in (remark.where, remark.statement) if part)
    physical = {
        "artifactLocation": {"uri": quote(Path(file).as_posix())},
        "region": {"startLine": remark.place.line, "startColumn": remark.place.column},
    }
    logical = {"logicalLocations": [{"fullyQualifiedName": where}]} if where else {}
    return {
        "ruleId": remark.rule,
        "ruleIndex": numbers[remark.rule],
        "level": str(remark.grade),
        "message": {"text": remark.sentence},
        "locations": [{"physicalLocation": physical, **logical}],
    }
