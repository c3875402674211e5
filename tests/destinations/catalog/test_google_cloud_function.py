import pytest

from destinations.integration import Request

from ..bench import default_requests_for

URL = "https://fn.example.com/in?code=k1"


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_the_function_is_called_with_each_event(kind):
    event = {"type": kind, "messageId": "m-1", "context": {"deep": [None]}}

    assert default_requests_for("google-cloud-function", event, httpTrigger=URL) == [
        ("send", Request("POST", URL, json=event))
    ]


def test_an_api_key_is_a_user_name_without_a_password():
    event = {"type": "page"}

    [(_, request)] = default_requests_for(
        "google-cloud-function", event, httpTrigger=URL, apiKey="key"
    )

    assert request.headers == {"Authorization": "Basic a2V5Og=="}
