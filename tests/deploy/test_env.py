"""What the set-up's page says of `.env` reaches the portal: docker compose hands on what it names, and nothing else."""

import re

from tests.deploy.compose import COMPOSE, ROOT

PAGE = (ROOT / "docs" / "deploy" / "README.md").read_text()


def test_every_setting_that_is_promised_for_the_file_is_handed_on() -> None:
    said = re.findall(r"In `\.env`:(.*?)(?=\n- |\n\n)", PAGE, re.DOTALL)
    promised = [name for one in said for name in re.findall(r"`([A-Z][A-Z_]+)`", one)]
    handed_on = COMPOSE["x-environment"]
    assert {"SECOND_FACTOR_REQUIRED", "RECONCILE_SECONDS"} <= set(promised)
    assert [name for name in promised if f"${{{name}:-" not in handed_on.get(name, "")] == []
