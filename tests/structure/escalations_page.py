"""Writes docs/aws/escalations.md: python -m tests.structure.escalations_page"""

from pathlib import Path

from portal.iam.evaluation import evaluate
from tests.worlds import escalations

PAGE = Path(__file__).parents[2] / "docs/aws/escalations.md"


def markdown() -> str:
    return escalations.page(lambda principal, call: evaluate(principal, call).allowed)


if __name__ == "__main__":
    PAGE.write_text(markdown())
