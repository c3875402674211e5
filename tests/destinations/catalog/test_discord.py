import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import conversation, default_requests_for, request_for, translator_for

URL = "https://discord.com/api/webhooks/123/abc_D-e"
LOGIN = {"type": "track", "event": "Login", "userId": "ann", "traits": {}, "context": {}}


def test_a_message_is_posted_and_nobody_is_rung():
    mapping = {"content": {"@template": "@everyone {{event}}"}, "username": "Ops"}

    assert request_for("discord", "postMessage", LOGIN, mapping, webhookUrl=URL) == Request(
        "POST",
        URL,
        query={"wait": "true"},
        json={
            "content": "@everyone Login",
            "username": "Ops",
            "allowed_mentions": {"parse": []},
        },
    )


def test_a_mapping_may_ring_people_and_post_into_a_thread():
    mapping = {"content": "@here", "allow_mentions": True, "thread_id": "9"}

    request = request_for("discord", "postMessage", LOGIN, mapping, webhookUrl=URL)

    assert request.json == {"content": "@here"}
    assert request.query == {"wait": "true", "thread_id": "9"}


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
    [(_, request)] = default_requests_for("discord", event, webhookUrl=URL)

    assert request.json["content"] == text


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/https://discord.com/api/webhooks/1/a",
        "https://discord.com.evil.example/api/webhooks/1/a",
        "http://discord.com/api/webhooks/1/a",
        "https://discord.com/api/users/1",
        "https://discord.com/api/webhooks/1/a/../../users",
    ],
)
def test_only_webhooks_of_discord_are_posted_to(url):
    with pytest.raises(InvalidPayload):
        request_for("discord", "postMessage", LOGIN, {"url": url})


def test_the_url_is_masked_and_not_in_the_mapping():
    translator = translator_for("discord", "postMessage", webhookUrl=URL)
    [request] = conversation(translator, [translator.payload(LOGIN)])

    assert translator.redact(request).url == "https://discord.com/•••"
    assert "url" not in get_integration("discord").get_action("postMessage").default_mapping()


def test_the_check_reads_the_webhook():
    assert get_integration("discord").check_request({"webhookUrl": URL}) == Request("GET", URL)
