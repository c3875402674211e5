import pytest

from destinations.integration import Request

from ..bench import default_requests_for

SETTINGS = {"apiKey": "key", "url": "https://intake.example.com/segment"}


@pytest.mark.parametrize("kind", ["track", "identify", "page", "screen"])
def test_calls_are_passed_on_whole(kind):
    event = {"type": kind, "messageId": "m-1", "context": {"deep": [None]}}

    assert default_requests_for("split", event, **SETTINGS) == [
        (
            "send",
            Request(
                "POST",
                "https://intake.example.com/segment",
                {"Authorization": "Basic a2V5Og=="},
                json=event,
            ),
        )
    ]


@pytest.mark.parametrize("kind", ["group", "alias"])
def test_split_has_no_use_for_groups_and_aliases(kind):
    assert default_requests_for("split", {"type": kind}, **SETTINGS) == []
