"""When something happened, and when it will."""

from datetime import timedelta

from django.utils import timezone

from workspaces.templatetags.panel import ago, due


def test_what_is_overdue_happens_soon():
    now = timezone.now()

    assert ">soon<" in due(now - timedelta(minutes=6))
    assert "from now" in due(now + timedelta(minutes=6))


def test_what_never_happened_says_so():
    assert ago(None) == "never"
    assert "ago" in ago(timezone.now() - timedelta(minutes=6))
