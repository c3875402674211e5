import pytest

from destinations.catalog import get_integration
from destinations.integration import Request, Response

from ..bench import conversation, request_for, requests_for, translator_for

EVENT = {"type": "track", "event": "Order Completed"}
TOPIC = "projects/acme/topics/orders"
TOPICS = {"order completed": TOPIC, "page": "projects/acme/topics/pages"}
TOKEN = {"accessToken": "ya29.token"}


def test_a_batch_is_published_to_the_topic_of_its_event():
    translator = translator_for("google-cloud-pubsub", "publish", mappedTopics=TOPICS)

    [request] = conversation(translator, [translator.payload(EVENT)] * 2, auth=TOKEN)

    data = "eyJ0eXBlIjoidHJhY2siLCJldmVudCI6Ik9yZGVyIENvbXBsZXRlZCJ9"
    assert request == Request(
        "POST",
        "https://pubsub.googleapis.com/v1/projects/acme/topics/orders:publish",
        {"Authorization": "Bearer ya29.token"},
        json={"messages": [{"data": data}, {"data": data}]},
    )


@pytest.mark.parametrize(
    ("event", "count"), [({"type": "PAGE"}, 1), ({"type": "track", "event": "Else"}, 0)]
)
def test_an_event_without_a_topic_is_not_sent(event, count):
    requests = requests_for(
        "google-cloud-pubsub", "publish", event, mappedTopics=TOPICS, auth=TOKEN
    )

    assert len(requests) == count


def test_attributes_and_an_ordering_key_may_be_mapped():
    mapping = {"attributes": {"type": {"@path": "$.type"}, "n": 1}, "orderingKey": "ann"}

    request = request_for(
        "google-cloud-pubsub", "publish", EVENT, mapping, mappedTopics=TOPICS, auth=TOKEN
    )

    [message] = request.json["messages"]
    assert message["attributes"] == {"type": "track", "n": "1"}
    assert message["orderingKey"] == "ann"


def test_the_check_asks_whether_the_account_may_publish():
    integration = get_integration("google-cloud-pubsub")

    assert integration.check_request({"mappedTopics": TOPICS}, auth=TOKEN) == Request(
        "POST",
        "https://pubsub.googleapis.com/v1/projects/acme/topics/orders:testIamPermissions",
        {"Authorization": "Bearer ya29.token"},
        json={"permissions": ["pubsub.topics.publish"]},
    )
    assert integration.check_request({}) is None


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (200, b'{"permissions": ["pubsub.topics.publish"]}', None),
        (200, b"{}", "The account may not publish to the topic: it lacks the role."),
        (404, b"{}", ""),
    ],
)
def test_what_the_answer_to_the_check_means(status, body, problem):
    integration = get_integration("google-cloud-pubsub")

    assert integration.credential_problem(Response(status, body=body)) == problem
