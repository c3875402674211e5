import pytest

from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import conversation, default_requests_for, request_for, translator_for

URL = "https://chat.example.com/hooks/xq5bqxmrz3f3xd4m1c9o7n2k8a"
LOGIN = {"type": "track", "event": "Login", "userId": "ann", "traits": {}, "context": {}}


def test_a_message_is_posted_to_the_webhook():
    mapping = {"text": {"@template": "{{userId}} did {{event}}"}}

    assert request_for("mattermost", "postMessage", LOGIN, mapping, webhookUrl=URL) == Request(
        "POST", URL, json={"text": "ann did Login"}
    )


def test_a_mapping_may_name_the_channel_the_sender_and_the_icon():
    mapping = {
        "text": "hi",
        "channel": "town-square",
        "username": "Ops",
        "icon_url": "https://example.com/icon.png",
        "icon_emoji": "tada",
    }

    request = request_for("mattermost", "postMessage", LOGIN, mapping, webhookUrl=URL)

    assert request.json == mapping


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (LOGIN, "Login by ann"),
        (
            {"type": "identify", "userId": "ann", "traits": {"email": "ann@example.com"}},
            "ann was identified: ann@example.com",
        ),
        ({"type": "screen", "userId": "ann", "name": "Home"}, "ann viewed the screen Home"),
        ({"type": "alias", "userId": "ann", "previousId": "a-1"}, "a-1 is now ann"),
    ],
)
def test_each_type_of_call_has_a_line_of_its_own(event, text):
    [(action, request)] = default_requests_for("mattermost", event, webhookUrl=URL)

    assert (action, request.json["text"]) == ("postMessage", text)


def test_a_message_needs_a_text():
    with pytest.raises(InvalidPayload):
        request_for("mattermost", "postMessage", LOGIN, {"text": ""}, webhookUrl=URL)


def test_an_event_cannot_have_its_message_posted_elsewhere():
    mapping = {"text": "hi", "url": "https://evil.example/hooks/x"}

    request = request_for("mattermost", "postMessage", LOGIN, mapping, webhookUrl=URL)

    assert request == Request("POST", URL, json={"text": "hi"})


def test_the_url_is_masked():
    translator = translator_for("mattermost", "postMessage", webhookUrl=URL)
    [request] = conversation(translator, [translator.payload(LOGIN)])

    assert translator.redact(request).url == "https://chat.example.com/•••"
