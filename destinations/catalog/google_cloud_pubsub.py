"""Google Cloud Pub/Sub: whole events as messages, to a topic by event.

API: https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/publish (read
2026-11-23): at most 1,000 messages and 10 MB, attributes of 1,024 bytes. Facts:
reference/destination-catalog/raw-data.md, "Google Cloud Pub/Sub" (read 2026-11-25). Check:
https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics/testIamPermissions

Segment publishes as an account of its own, which a self-hosted build does not have: the key of a
service account is a setting. An event without a topic is not sent. `endpoint` may be an emulator.
"""

from base64 import b64encode

from destinations.auth import service_account
from destinations.catalog._routes import find_route
from destinations.integration import (
    CALL_TYPES,
    Batch,
    Field,
    Integration,
    Request,
    Setting,
    encode_json,
    path,
    text_of,
)

PUBLISH = "pubsub.topics.publish"


def check(settings):
    """Ask whether the account may publish to the first topic. An emulator knows no rights."""
    routes = settings.get("mappedTopics")
    topics = [topic for topic in routes.values() if topic] if type(routes) is dict else []
    if not topics or settings.get("endpoint"):
        return None
    return Request("POST", f"/v1/{topics[0]}:testIamPermissions", json={"permissions": [PUBLISH]})


def check_answer(response):
    if response.status != 200:
        return ""
    allowed = PUBLISH in (response.object().get("permissions") or [])
    return None if allowed else "The account may not publish to the topic: it lacks the role."


integration = Integration(
    slug="google-cloud-pubsub",
    name="Google Cloud PubSub",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/google-cloud-pubsub/",
    base_url=lambda settings: settings.get("endpoint") or "https://pubsub.googleapis.com",
    auth=service_account("credentials", "https://www.googleapis.com/auth/pubsub"),
    check=check,
    check_answer=check_answer,
    description="Publishes each event to a Pub/Sub topic.",
    settings=[
        Setting(
            "mappedTopics",
            "Topics by event",
            type="map",
            help="An event's name, a type of call such as page, or *; then "
            "projects/<project>/topics/<topic>",
        ),
        Setting(
            "credentials",
            "Service account key",
            type="text",
            required=True,
            secret=True,
            help="The JSON file. The account needs the role Pub/Sub Publisher",
        ),
        Setting("endpoint", "Endpoint", type="url", help="Empty for Google itself"),
    ],
)


@integration.action(
    "Publish",
    slug="publish",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    # The topic follows from these two, so that a batch has one topic. Base64 adds a third.
    batch=Batch(size=1000, max_size=1000, bytes=6_000_000, keys=("type", "event")),
    fields=[
        Field("payload", "object", path("$."), required=True),
        Field("type", default=path("$.type"), hidden=True),
        Field("event", default=path("$.event"), hidden=True),
        Field("attributes", "object", help="For filters of subscriptions"),
        Field("orderingKey", help="Messages with the same one keep their order"),
    ],
)
def publish(payload, settings):
    return publish_batch([payload], settings)


@publish.batch
def publish_batch(payloads, settings):
    topic = find_route(settings.get("mappedTopics"), payloads[0])
    if topic is None:
        return []
    messages = [_message(payload) for payload in payloads]
    return Request("POST", f"/v1/{topic}:publish", json={"messages": messages})


def _message(payload):
    message = {"data": b64encode(encode_json(payload["payload"])).decode()}
    if payload.get("attributes"):
        message["attributes"] = {
            name: text_of(value) for name, value in payload["attributes"].items()
        }
    if payload.get("orderingKey"):
        message["orderingKey"] = payload["orderingKey"]
    return message
