import pytest

from destinations.integration import CALL_TYPES, Request

from ..bench import default_requests_for


@pytest.mark.parametrize("kind", CALL_TYPES)
def test_calls_are_passed_on_whole(kind):
    event = {"type": kind, "messageId": "m-1", "context": {"deep": [None]}}

    assert default_requests_for("statsig", event, apiKey="secret-1") == [
        (
            "send",
            Request(
                "POST",
                "https://api.statsig.com/v1/webhooks/segment_webhook",
                {"statsig-api-key": "secret-1"},
                json=event,
            ),
        )
    ]
