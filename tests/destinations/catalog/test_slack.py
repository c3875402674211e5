import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import conversation, default_requests_for, request_for, translator_for

URL = "https://hooks.slack.com/services/T000/B000/XXXX"
LOGIN = {"type": "track", "event": "Login", "userId": "ann", "traits": {}, "context": {}}
SENDER = {"username": "Segment", "icon_url": "https://logo.clearbit.com/segment.com"}


def test_a_message_is_posted_to_the_webhook():
    mapping = {"text": {"@template": "{{userId}} did {{event}}"}, "channel": "#sales"}

    assert request_for("slack", "postToChannel", LOGIN, mapping, webhookUrl=URL) == Request(
        "POST", URL, json={"channel": "#sales", "text": "ann did Login", **SENDER}
    )


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
    [(action, request)] = default_requests_for("slack", event, webhookUrl=URL)

    assert (action, request.json["text"]) == ("postToChannel", text)


def test_a_mapping_brought_from_segment_holds_the_url_itself():
    assert request_for("slack", "postToChannel", LOGIN, {"url": URL, "text": "hi"}).url == URL


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/https://hooks.slack.com/x",
        "https://hooks.slack.com.evil.example/x",
        "https://evilslack.com/x",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com",
        "https://evil.example?.slack.com/x",
        "https://evil.example#.slack.com/x",
        "https://user@evil.example\\.slack.com/x",
    ],
)
def test_only_slack_is_posted_to(url):
    with pytest.raises(InvalidPayload):
        request_for("slack", "postToChannel", LOGIN, {"url": url, "text": "hi"})


def test_the_url_is_masked_wherever_it_comes_from():
    mapping = {"url": {"@path": "$.properties.hook"}, "text": "hi"}
    translator = translator_for("slack", "postToChannel", mapping)
    payload = translator.payload({"properties": {"hook": URL}})
    [request] = conversation(translator, [payload])

    assert translator.redact(request, [payload]).url == "https://hooks.slack.com/•••"
    action = get_integration("slack").get_action("postToChannel")
    assert action.masked_mapping({"url": URL, "text": "hi"}) == {"url": "•••", "text": "hi"}


def test_the_url_of_the_settings_is_masked_and_not_in_the_mapping():
    translator = translator_for("slack", "postToChannel", webhookUrl=URL)
    [request] = conversation(translator, [translator.payload(LOGIN)])

    assert translator.redact(request).url == "https://hooks.slack.com/•••"
    assert "url" not in get_integration("slack").get_action("postToChannel").default_mapping()
