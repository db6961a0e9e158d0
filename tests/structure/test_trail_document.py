"""What those who read the trail rely on is written down as the source has it."""

from tests.structure.trail_document import PAGE, document


def test_documented_trail_is_what_is_written() -> None:
    assert PAGE.read_text() == document(), (
        "run: make api-docs; a changed shape takes the next version, and a line in CHANGELOG.md"
    )
