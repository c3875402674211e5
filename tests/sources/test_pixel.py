"""Events by image: what was meant is stored, and the answer is an image whatever was sent."""

import base64
import json

import pytest

from sources.models import Rejection, Source
from sources.pixel import GIF, nested

from .test_tracking import stored

pytestmark = pytest.mark.django_db(transaction=True)

EVENT = {"writeKey": "wk_web", "userId": "u1", "event": "Email Opened >>> ???"}


def get(client, query, type="track"):
    return client.get(f"/v1/pixel/{type}?{query}")


def is_image(response):
    return (
        response.status_code == 200
        and response["Content-Type"] == "image/gif"
        and response["Cache-Control"].startswith("no-store")
        and response.content == GIF
    )


def test_fields_with_dots_become_objects(client, source):
    response = get(
        client,
        "writeKey=wk_web&userId=u1&event=Email%20Opened&properties.subject=Hi&properties.a.b=1",
    )

    assert is_image(response)
    (event,) = stored(source)
    assert event["type"] == "track"
    assert event["event"] == "Email Opened"
    assert event["properties"] == {"subject": "Hi", "a": {"b": "1"}}
    assert event["context"] == {"ip": "127.0.0.1"}
    assert "writeKey" not in event


STANDARD = base64.b64encode(json.dumps(EVENT).encode()).decode()


@pytest.mark.parametrize(
    "data",
    [
        STANDARD,
        STANDARD.rstrip("="),
        STANDARD.replace("+", "%2B").replace("=", "%3D"),
        STANDARD.replace("+", "-").replace("/", "_"),
        STANDARD.replace("+", "-").replace("/", "_").rstrip("="),
    ],
    ids=["as it is", "without padding", "escaped", "safe in URLs", "safe without padding"],
)
def test_every_way_to_write_base64_is_understood(client, source, data):
    response = get(client, f"data={data}")

    assert is_image(response)
    assert [event["event"] for event in stored(source)] == [EVENT["event"]]


@pytest.mark.parametrize(
    ("query", "type"),
    [
        ("", "track"),
        ("data=%%%", "track"),
        ("data=bm8ganNvbg", "track"),
        ("writeKey=nobody&userId=u1&event=Hi", "track"),
        ("writeKey=wk_web&event=Nobody", "track"),
        ("writeKey=wk_web&userId=u1", "nothing"),
        ("&".join(f"a{number}=1" for number in range(1100)), "track"),
        ("writeKey=wk_web&userId=u1&event=Deep&" + "a." * 3000 + "b=1", "track"),
    ],
)
def test_the_answer_is_an_image_whatever_is_wrong(client, source, query, type):
    assert is_image(get(client, query, type))


def test_what_cannot_be_stored_is_shown_with_the_source(client, source):
    get(client, "writeKey=wk_web&event=Nobody")

    assert stored(source) == []
    assert [rejection.code for rejection in Rejection.objects.all()] == ["no_user_anon_id"]


def test_a_source_that_is_off_stores_nothing(client, source):
    Source.objects.update(enabled=False)

    assert is_image(get(client, "writeKey=wk_web&userId=u1&event=Hi"))
    assert stored(source) == []
    assert [rejection.code for rejection in Rejection.objects.all()] == ["source_disabled"]


def test_a_scanner_that_asks_for_the_head_alone_opens_nothing(client, source):
    response = client.head("/v1/pixel/track?writeKey=wk_web&userId=u1&event=Email%20Opened")

    assert response.status_code == 200
    assert stored(source) == []


def test_a_longer_name_wins_over_its_own_beginning():
    assert nested({"a": "x", "a.b": "y"}) == {"a": {"b": "y"}}
