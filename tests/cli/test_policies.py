"""`sekisho audit policy`: files in, findings out, as text, JSON and SARIF, without a portal and without a network."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from portal.iam.checks.remarks import RULES
from portal.iam.rails.rail import rails
from tests.cli.terminal import CHECKOUT, Ended, Terminal

# By OASIS, who let everybody copy what assists in implementing their standard.
SARIF = json.loads((Path(__file__).with_name("sarif-schema-2.1.0.json")).read_text(encoding="utf-8"))
CLEAN = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
WIDE = CLEAN.replace("s3:GetObject", "s3:*")
NOTED = CLEAN.replace("s3:GetObject", "lambda:UpdateFunctionCode")
TEMPLATE = """Parameters: {Bucket: {Type: String}}
Resources:
  Readers:
    Type: AWS::IAM::Group
    Properties:
      Policies:
        - PolicyName: read
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: 's3:Get*', Resource: !Sub 'arn:aws:s3:::${Bucket}/*'}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "clean.json": CLEAN,
        "wide.json": WIDE,
        "noted.json": NOTED,
        "t.yaml": TEMPLATE,
        "bad.json": '{"a": ',
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def policy(terminal: Terminal, *typed: str) -> Ended:
    return terminal.run("audit", "policy", *typed)


@pytest.mark.usefixtures("folder")
def test_clean_file_ends_with_0(terminal: Terminal) -> None:
    ended = policy(terminal, "clean.json")
    assert (ended.code, ended.out, ended.err) == (0, "", "0 findings in 1 file.\n")


@pytest.mark.usefixtures("folder")
def test_finding_ends_with_1_and_is_told_with_file_line_and_column(terminal: Terminal) -> None:
    ended = policy(terminal, "clean.json", "wide.json")
    assert ended.code == 1
    said = "warning wildcard-action: s3:* allows every action of the service, those that AWS adds later too (policy, #1)"
    assert ended.out == f"wide.json:1:70: {said}\n"
    assert ended.err == "1 finding in 2 files.\n"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("file", "words"),
    [("bad.json", "bad.json:1:7: unusable: "), ("none.json", "none.json: unusable: No such file"), (".", ".: unusable: ")],
)
def test_file_that_cannot_be_used_ends_with_2_and_the_others_are_checked_all_the_same(
    terminal: Terminal, file: str, words: str
) -> None:
    ended = policy(terminal, file, "wide.json")
    assert ended.code == 2
    assert words in ended.err
    assert "wide.json:1:70" in ended.out


@pytest.mark.usefixtures("folder")
def test_bytes_that_are_no_text_are_refused(terminal: Terminal, folder: Path) -> None:
    (folder / "raw.json").write_bytes(b"\xff\xfe{}")
    assert "it is no UTF-8" in policy(terminal, "raw.json").err


@pytest.mark.usefixtures("folder")
def test_note_is_no_finding_unless_it_is_asked_for(terminal: Terminal) -> None:
    assert policy(terminal, "noted.json").code == 0
    assert policy(terminal, "--strict", "noted.json").code == 1
    assert "note escalation" in policy(terminal, "noted.json").out


@pytest.mark.usefixtures("folder")
def test_parameter_is_given_and_what_is_not_is_said(terminal: Terminal) -> None:
    assert "t.yaml:10:62: note unresolved: the parameter Bucket has no default" in policy(terminal, "t.yaml").out
    assert policy(terminal, "t.yaml", "--parameter", "Bucket=logs").out == ""


@pytest.mark.usefixtures("folder")
def test_guard_rails_must_hold_where_they_are_asked_for(terminal: Terminal) -> None:
    ended = policy(terminal, "t.yaml", "--rails", "production", "--spare", "DenyBilling:Readers", "--spare", "DenyS3Delete")
    assert ended.code == 1
    missing = [line.rpartition(" ")[2] for line in ended.out.splitlines() if "rail-missing" in line]
    held = [rail.sid for rail in rails() if "production" in rail.accounts and "people" in rail.forms]
    assert missing == sorted(set(held) - {"DenyBilling", "DenyS3Delete"}, key=held.index)


@pytest.mark.usefixtures("folder")
def test_rule_is_accepted_for_one_and_for_all(terminal: Terminal) -> None:
    assert policy(terminal, "wide.json", "--accept", "wildcard-action").code == 0
    assert policy(terminal, "wide.json", "--accept", "wildcard-action:policy").code == 0
    assert policy(terminal, "wide.json", "--accept", "wildcard-action:Other").code == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("--rails", "moon"), "name_unknown"),
        (("--spare", "DenyNothing"), "name_unknown"),
        (("--accept", "no-rule"), "name_unknown"),
        (("--account", "12"), "account_unusable"),
        (("--own", "x"), "account_unusable"),
        (("--parameter", "Bucket"), "parameter_unusable"),
    ],
)
def test_option_that_is_not_known_ends_with_2_and_names_what_is(terminal: Terminal, typed: tuple[str, ...], code: str) -> None:
    ended = policy(terminal, "clean.json", *typed)
    assert ended.code == 2
    assert f"({code})" in ended.err


@pytest.mark.usefixtures("folder")
def test_json_has_each_file_with_what_was_found(terminal: Terminal) -> None:
    (clean, wide, bad) = policy(terminal, "--json", "clean.json", "wide.json", "bad.json").json()
    assert clean == {"file": "clean.json", "unusable": None, "findings": []}
    assert wide["findings"][0] == {
        "rule": "wildcard-action",
        "grade": "warning",
        "line": 1,
        "column": 70,
        "where": "policy",
        "statement": "#1",
        "message": "s3:* allows every action of the service, those that AWS adds later too",
        "advice": RULES["wildcard-action"].advice,
    }
    assert bad["unusable"]


def sarif(terminal: Terminal, *typed: str) -> Any:
    found = policy(terminal, "--sarif", *typed).json()
    jsonschema.Draft7Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(found)
    return found["runs"][0]


@pytest.mark.usefixtures("folder")
def test_sarif_is_what_the_standard_says(terminal: Terminal) -> None:
    run = sarif(terminal, "clean.json", "wide.json", "noted.json", "t.yaml")
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    wide = next(result for result in run["results"] if result["ruleId"] == "wildcard-action")
    assert run["tool"]["driver"]["rules"][wide["ruleIndex"]]["id"] == "wildcard-action"
    (location,) = wide["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "wide.json"},
        "region": {"startLine": 1, "startColumn": 70},
    }
    assert (wide["level"], run["invocations"][0]["executionSuccessful"]) == ("warning", True)


@pytest.mark.usefixtures("folder")
def test_sarif_says_what_could_not_be_checked(terminal: Terminal) -> None:
    run = sarif(terminal, "bad.json")
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "bad.json:1:7" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_name_of_a_file_and_words_of_a_policy_bring_nothing_to_the_terminal(terminal: Terminal, folder: Path) -> None:
    name = "a\x1b[2J b.json"
    (folder / name).write_text(
        WIDE.replace("s3:*", "ec2:*").replace('"Effect"', '"Sid": "x\\u001b[31m\\nfake.json:1:1: error", "Effect"')
    )
    ended = policy(terminal, name)
    assert "\x1b" not in ended.out
    assert [line.partition(":")[0] for line in ended.out.splitlines()] == ["a b.json"] * 2
    assert sarif(terminal, name)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("a%1B")


def run(*typed: str, code: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(["-c", code] if code else ["-m", "portal.cli"]), *typed]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=CHECKOUT, input=WIDE)


def test_policy_comes_by_standard_input_too() -> None:
    ended = run("audit", "policy", "-")
    assert ended.returncode == 1
    assert ended.stdout.startswith("-:1:70: warning wildcard-action")


def test_nothing_is_asked_of_anybody_and_nothing_of_the_server_is_loaded() -> None:
    code = """
import socket, sys
def refused(*_args, **_named): raise SystemExit("somebody is called")
socket.socket.connect = socket.getaddrinfo = refused
sys.argv = ["sekisho", "audit", "policy", "-"]
from portal.cli import main
code = main()
servers = {"django", "celery", "boto3", "botocore", "audits", "access_requests"}
loaded = {name.partition(".")[0] for name in sys.modules} & servers
sys.exit(str(loaded) if loaded else code)
"""
    ended = run(code=code)
    assert (ended.returncode, ended.stderr) == (1, "1 finding in 1 file.\n")


def test_other_commands_do_not_load_what_this_one_needs() -> None:
    ended = run(code="import sys, portal.cli.program; sys.exit(any(name.startswith('portal.iam') for name in sys.modules))")
    assert ended.returncode == 0, ended.stderr


def test_trail_is_listed_by_the_command_as_before(terminal: Terminal) -> None:
    ended = terminal.run("audit", SEKISHO_PORTAL="http://127.0.0.1:9", SEKISHO_TOKEN="x")
    assert (ended.code, "(not_reached)" in ended.err) == (4, True)
