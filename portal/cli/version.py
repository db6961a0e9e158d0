"""Which version this is: as it was installed, else as the checkout says."""

import tomllib
from importlib import metadata
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent


def version() -> str:
    try:
        return metadata.version("sekisho")
    except metadata.PackageNotFoundError:
        return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"])
