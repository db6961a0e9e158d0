from django.conf import settings

from access_requests.management.commands.lifecycle_chart import chart


def test_the_documented_chart_is_the_table() -> None:
    written = (settings.BASE_DIR / "docs" / "lifecycle.md").read_text()
    assert written == chart(), "run: python manage.py lifecycle_chart > docs/lifecycle.md"
