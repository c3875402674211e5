import pytest

from destinations.catalog import get_integration
from destinations.integration import Request

from ..bench import Response, default_requests_for

SLUG = "gainsight-px-cloud-action"


@pytest.mark.parametrize(
    ("center", "host"),
    [
        ("north_america", "segment-esp.aptrinsic.com"),
        ("europe", "segment-esp-eu.aptrinsic.com"),
        ("us2", "segment-esp-us2.aptrinsic.com"),
    ],
)
@pytest.mark.parametrize("kind", ["identify", "group", "track", "page"])
def test_calls_are_passed_on_whole(kind, center, host):
    event = {"type": kind, "messageId": "m-1", "context": {"deep": [None]}}

    assert default_requests_for(SLUG, event, apiKey="key", dataCenter=center) == [
        (
            "sendEvent",
            Request(
                "POST",
                f"https://{host}/rte/segmentio/v1/push",
                {"Authorization": "Basic a2V5Og=="},
                json=event,
            ),
        )
    ]


def test_the_credential_check_wants_a_bad_request():
    tool = get_integration(SLUG)

    assert tool.check_request({"apiKey": "key", "dataCenter": "europe"}) == Request(
        "POST",
        "https://segment-esp-eu.aptrinsic.com/rte/segmentio/v1/push",
        {"Authorization": "Basic a2V5Og=="},
        json=[],
    )
    assert tool.credential_problem(Response(400)) is None
    assert tool.credential_problem(Response(401)) == ""
