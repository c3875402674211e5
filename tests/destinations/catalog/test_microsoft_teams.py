import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, Throttled
from destinations.integration import Request

from ..bench import Response, conversation, default_requests_for, request_for, translator_for

URL = "https://acme.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4"
LOGIN = {"type": "track", "event": "Login", "userId": "ann", "traits": {}, "context": {}}


def card(*blocks):
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.2",
                    "body": list(blocks),
                },
            }
        ],
    }


def test_a_message_is_a_card():
    mapping = {"text": {"@template": "{{userId}} did {{event}}"}, "title": "Shop"}

    assert request_for("microsoft-teams", "postMessage", LOGIN, mapping, webhookUrl=URL) == Request(
        "POST",
        URL,
        json=card(
            {
                "type": "TextBlock",
                "text": "Shop",
                "wrap": True,
                "size": "Medium",
                "weight": "Bolder",
            },
            {"type": "TextBlock", "text": "ann did Login", "wrap": True},
        ),
    )


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (LOGIN, "Login by ann"),
        ({"type": "screen", "userId": "ann", "name": "Home"}, "ann viewed the screen Home"),
        ({"type": "group", "userId": "ann", "groupId": "acme"}, "ann joined the group acme "),
    ],
)
def test_each_type_of_call_has_a_line_of_its_own(event, text):
    [(_, request)] = default_requests_for("microsoft-teams", event, webhookUrl=URL)

    assert request.json == card({"type": "TextBlock", "text": text, "wrap": True})


@pytest.mark.parametrize(
    "url",
    [
        "https://prod-1.westus.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=x",
        "https://default1.02.environment.api.powerplatform.com:443/powerautomate/x?sig=y",
    ],
)
def test_workflows_have_hosts_of_their_own(url):
    assert request_for("microsoft-teams", "postMessage", LOGIN, webhookUrl=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/https://acme.webhook.office.com/x",
        "https://acme.webhook.office.com.evil.example/x",
        "https://evil.example#.webhook.office.com/x",
        "http://acme.webhook.office.com/x",
    ],
)
def test_only_teams_is_posted_to(url):
    with pytest.raises(InvalidPayload):
        request_for("microsoft-teams", "postMessage", LOGIN, {"url": url})


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"1", type(None)),
        (
            b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP "
            b"error 429 with ContextId x",
            Throttled,
        ),
        (b"Microsoft Teams endpoint returned HTTP error 413", Rejected),
    ],
)
def test_a_200_may_hide_a_refusal(body, kind):
    translator = translator_for("microsoft-teams", "postMessage", webhookUrl=URL)

    [outcome] = translator.outcomes(Response(200, body=body), [translator.payload(LOGIN)])

    assert type(outcome) is kind


def test_the_url_is_masked_and_not_in_the_mapping():
    translator = translator_for("microsoft-teams", "postMessage", webhookUrl=URL)
    [request] = conversation(translator, [translator.payload(LOGIN)])

    assert translator.redact(request).url == "https://acme.webhook.office.com/•••"
    action = get_integration("microsoft-teams").get_action("postMessage")
    assert "url" not in action.default_mapping()
