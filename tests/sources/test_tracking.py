"""The tracking API as a caller sees it, and what of it is in the log afterwards."""

import base64
import gzip
import json

import pytest

from sources import log
from sources.models import Rejection

pytestmark = pytest.mark.django_db(transaction=True)


def basic(key):
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def post(client, path, content, key="wk_web", **headers):
    body = content if isinstance(content, bytes | str) else json.dumps(content)
    headers = basic(key) | headers if key else headers
    return client.post(path, body, content_type="text/plain", headers=headers)


def stored(source):
    entries = log.read([source.id], 0, log.horizon(), 10_000)
    return [json.loads(entry.payload) for entry in entries]


TRACK = {"userId": "u1", "event": "Signed Up", "messageId": "m1"}


def test_it_stores_a_track_call(client, source):
    response = post(client, "/v1/track", TRACK)

    assert response.status_code == 200
    assert response.json() == {"success": True}
    (event,) = stored(source)
    assert event["type"] == "track"
    assert event["event"] == "Signed Up"
    assert event["receivedAt"] == event["timestamp"] == event["originalTimestamp"]


def test_the_write_key_may_be_in_the_body_and_is_not_stored(client, source):
    response = post(client, "/v1/track", {**TRACK, "writeKey": "wk_web"}, key=None)

    assert response.status_code == 200
    assert "writeKey" not in stored(source)[0]


def test_the_second_copy_of_a_message_gets_its_200_and_is_not_stored(client, source):
    first = post(client, "/v1/batch", {"batch": [{**TRACK, "type": "track"}] * 2})
    second = post(client, "/v1/track", TRACK)

    assert (first.status_code, second.status_code) == (200, 200)
    assert len(stored(source)) == 1


def test_the_timestamp_is_corrected_by_the_clock_of_the_caller(client, source):
    times = {"timestamp": "2026-01-01T10:00:00.000Z", "sentAt": "2026-01-01T10:00:05.000Z"}

    post(client, "/v1/track", {**TRACK, **times})

    (event,) = stored(source)
    assert event["originalTimestamp"] == "2026-01-01T10:00:00.000Z"
    received = event["receivedAt"]
    assert event["timestamp"] < received
    assert event["timestamp"][17:19] != received[17:19]


def test_gzip_is_understood_whatever_the_content_type(client, source):
    body = gzip.compress(json.dumps({"batch": [{**TRACK, "type": "track"}]}).encode())

    response = client.post(
        "/v1/batch",
        body,
        content_type="application/x-www-form-urlencoded",
        headers=basic("wk_web") | {"Content-Encoding": "gzip"},
    )

    assert response.status_code == 200
    assert len(stored(source)) == 1


def test_only_calls_from_devices_get_the_address_of_the_connection(client, source):
    post(client, "/v1/t", {**TRACK, "messageId": "browser"})
    post(client, "/v1/track", {**TRACK, "messageId": "server"})

    browser, server = stored(source)
    assert browser["context"] == {"ip": "127.0.0.1"}
    assert "context" not in server


def test_a_bad_event_does_not_cost_its_neighbours(client, source):
    good = {**TRACK, "type": "track"}
    nameless = {"type": "track", "userId": "u1", "messageId": "m2"}

    response = post(client, "/v1/batch", {"batch": [good, nameless]})

    assert response.status_code == 200
    assert response.json()["rejected"] == [
        {
            "index": 1,
            "messageId": "m2",
            "code": "event_not_defined",
            "message": "A track call needs the name of its event.",
        }
    ]
    assert len(stored(source)) == 1
    assert Rejection.objects.get().code == "event_not_defined"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/track", "{", 400, "invalid_json"),
        ("/v1/track", "[]", 400, "invalid_json"),
        ("/v1/track", '{"userId": NaN}', 400, "invalid_json"),
        ("/v1/track", json.dumps({**TRACK, "x": "y" * 33_000}), 400, "payload_too_large"),
        ("/v1/batch", json.dumps({"batch": [], "x": "y" * 512_000}), 400, "payload_too_large"),
        ("/v1/batch", json.dumps({"batch": [{}] * 2_501}), 200, "batch_too_many_events"),
        ("/v1/nothing", "{}", 404, "not_found"),
    ],
)
def test_a_bad_request_gets_its_status_and_a_body_that_sdks_can_read(
    client, source, path, body, status, code
):
    response = post(client, path, body)

    assert response.status_code == status
    assert response.json()["success"] is False
    assert response.json()["code"] == code
    assert response.json()["message"]


@pytest.mark.parametrize(
    "text",
    ['"\\u0000"', '"\\ud800"', "[" * 300 + "]" * 300, "1" + "0" * 300, '{"a":1,"a":2}'],
    ids=["NUL", "lone surrogate", "depth", "huge number", "duplicate keys"],
)
def test_odd_values_never_cost_a_neighbour(client, source, text):
    body = '{"batch":[{"type":"track","event":"odd","userId":"u","properties":{"p":%s}},%s]}'

    response = post(client, "/v1/batch", body % (text, json.dumps({**TRACK, "type": "track"})))

    assert response.status_code == 200
    assert "Signed Up" in [event["event"] for event in stored(source)]


@pytest.mark.parametrize("key", ["unknown", "revoked"])
def test_unknown_and_revoked_keys_are_refused(client, source, key):
    from django.utils import timezone

    source.write_keys.create(key="revoked", revoked_at=timezone.now())

    response = post(client, "/v1/track", TRACK, key=key)

    assert response.status_code == 401
    assert response.json()["code"] == "invalid_write_key"


def test_a_browser_of_any_origin_may_read_the_answer(client, source):
    response = post(client, "/v1/track", TRACK, Origin="https://shop.example")

    assert response["Access-Control-Allow-Origin"] == "https://shop.example"
    assert response["Access-Control-Expose-Headers"] == "Retry-After, X-RateLimit-Reset"


def test_a_preflight_is_answered(client):
    response = client.options(
        "/v1/t",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Headers": "authorization,x-retry-count",
        },
    )

    assert response.status_code == 204
    assert response["Access-Control-Allow-Headers"] == "authorization,x-retry-count"


@pytest.mark.parametrize(
    "path", ["/v1/track/", "//v1/track", "//v1//track/", "/v1/batch/", "/v1/import/"]
)
def test_a_slash_too_many_is_forgiven(client, source, path):
    event = {**TRACK, "type": "track"}

    response = post(
        client, f"http://testserver{path}", event if "track" in path else {"batch": [event]}
    )

    assert response.status_code == 200
    assert len(stored(source)) == 1
