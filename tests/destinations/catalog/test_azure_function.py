import pytest

from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import default_requests_for

URL = "https://fn.example.com/in?code=k1"


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group", "alias"])
def test_the_function_is_called_with_each_event(kind):
    event = {"type": kind, "messageId": "m-1", "context": {"deep": [None]}}

    assert default_requests_for("azure-function", event, httpTrigger=URL) == [
        ("send", Request("POST", URL, json=event))
    ]


def test_the_url_with_its_key_is_secret():
    assert get_integration("azure-function").secrets({"httpTrigger": URL}) == [URL]
