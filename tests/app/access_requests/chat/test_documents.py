"""What is written about Slack is what there is."""

import re
from pathlib import Path

import yaml
from django.urls import reverse

from access_requests.chat.commands import COMMANDS
from access_requests.chat.speaking import COMMAND

DOCS = Path(__file__).parents[4] / "docs"


def test_manifest_of_the_app_leads_to_the_portals_addresses() -> None:
    manifest = yaml.safe_load((DOCS / "examples/slack-app.yaml").read_text())
    (command,) = manifest["features"]["slash_commands"]
    assert command["command"] == COMMAND
    assert command["url"].endswith(f"example.com{reverse('slack-commands')}")
    assert manifest["settings"]["interactivity"]["request_url"].endswith(f"example.com{reverse('slack-interactions')}")


def test_page_names_every_command_and_no_other() -> None:
    table = (DOCS / "slack.md").read_text().partition("## Commands")[2].partition("**Buttons.**")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `") and COMMAND not in line]
    named = {words.split()[0] for row in rows for words in re.findall(r"`([^`]+)`", row)}
    assert named == set(COMMANDS)
