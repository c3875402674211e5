import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected
from destinations.integration import Request

from ..bench import NOW, Response, conversation, default_requests_for, translator_for

SETTINGS = {"api_token": "secret", "account_id": "17"}
PURCHASE = {"event_name": "Purchase"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"revenue": 25.5, "qclid": "q-1"},
    "context": {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla/5.0",
        "page": {"referrer": "https://www.quora.com/"},
        "traits": {
            "email": " Ann@Example.com ",
            "birthday": "1990-01-31T00:00:00Z",
            "address": {"country": "DE", "postalCode": "50667"},
        },
    },
}
CONVERSION = {
    "conversion": {
        "event_name": "Purchase",
        "timestamp": 1787220000123000,
        "click_id": "q-1",
        "value": 25.5,
        "event_id": "m-1",
    },
    "user": {
        "email": "Ann@Example.com",
        "date_of_birth": "1990-01-31",
        "ip": "192.0.2.1",
        "country": "DE",
        "postal_code": "50667",
    },
    "device": {"user_agent": "Mozilla/5.0", "referer": "https://www.quora.com/"},
}


def sent(mapping=None, event=ORDER, **settings):
    """What an event alone is sent as."""
    translator = translator_for(
        "quora",
        "trackConversion",
        {**PURCHASE, **(mapping or {})},
        batching=False,
        **{**SETTINGS, **settings},
    )
    [request] = conversation(translator, [translator.payload(event)])
    return request


def test_a_conversion_is_sent_unhashed():
    assert sent() == Request(
        "POST",
        "https://api.quora.com/ads/v0/conversion",
        {"Authorization": "Bearer secret"},
        json={"account_id": 17, **CONVERSION},
    )


def test_several_conversions_are_one_batch():
    translator = translator_for("quora", "trackConversion", PURCHASE, **SETTINGS)

    [request] = conversation(translator, [translator.payload(ORDER)] * 2)

    assert request.url == "https://api.quora.com/ads/v0/conversions"
    assert request.json == {"account_id": 17, "data": [CONVERSION, CONVERSION]}


def test_what_quora_would_not_take_stays_behind_and_the_rest_is_sent():
    translator = translator_for("quora", "trackConversion", PURCHASE, **SETTINGS)
    right = translator.payload(ORDER)
    steps = translator.requests([{**right, "user": {"date_of_birth": 1}}, right], now=NOW)

    request = next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(200, body=b'{"events":[{"status":"OK"}]}'))

    assert request.json["data"] == [CONVERSION]
    assert [type(outcome) for outcome in stop.value.value] == [InvalidPayload, type(None)]


@pytest.mark.parametrize(
    ("event", "name", "value"),
    [
        ("Order Completed", "Purchase", 25.5),
        ("Product Added", "AddToCart", 5),
        ("Products Searched", "Search", 7),
    ],
)
def test_presets_know_quoras_names_and_where_the_value_is(event, name, value):
    properties = {"revenue": 25.5, "price": 5, "value": 7}

    [(action, request)] = default_requests_for(
        "quora", {**ORDER, "event": event, "properties": properties}, **SETTINGS
    )

    [found] = request.json["data"]
    assert action == "trackConversion"
    assert (found["conversion"]["event_name"], found["conversion"]["value"]) == (name, value)


def test_who_and_with_what_are_left_out_when_nothing_is_known():
    assert sent(event={"type": "track"}).json == {
        "account_id": 17,
        "conversion": {"event_name": "Purchase"},
    }


@pytest.mark.parametrize(
    ("moment", "microseconds"),
    [(1787220000, 1787220000000000), (1787220000123, 1787220000123000), (633744000, None)],
)
def test_a_time_may_be_seconds_or_milliseconds(moment, microseconds):
    assert sent({"timestamp": moment}).json["conversion"].get("timestamp") == microseconds


def test_a_birthday_is_no_number():
    with pytest.raises(InvalidPayload, match="must be a date such as"):
        sent({"user": {"date_of_birth": 633744000}})


def test_the_account_is_a_number():
    with pytest.raises(InvalidPayload, match="account_id among the settings must be a number"):
        sent(account_id="acme")


def test_an_answer_of_200_may_refuse_single_events():
    translator = translator_for("quora", "trackConversion", **SETTINGS)
    body = (
        b'{"events":[{"index":0,"status":"OK"},'
        b'{"index":1,"status":"ERROR","error_message":"too old"}]}'
    )

    assert translator.outcomes(Response(200, body=body), [{}, {}]) == [
        None,
        Rejected("Quora refused: too old", status=400),
    ]


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'{"events":[{"index":0,"status":"OK"}]}', None),
        (b'{"events_received":1}', None),
        (
            b'{"events_errored":1}',
            Rejected("Quora refused the event without saying why", status=400),
        ),
        (
            b'{"events":[{"status":"ERROR","error_code":"E1"}]}',
            Rejected("Quora refused: E1", status=400),
        ),
    ],
)
def test_an_event_alone_may_be_refused_with_200_too(body, outcome):
    translator = translator_for("quora", "trackConversion", batching=False, **SETTINGS)

    assert translator.outcomes(Response(200, body=body), [{}]) == [outcome]


def test_other_answers_hold_for_all():
    translator = translator_for("quora", "trackConversion", **SETTINGS)

    found = translator.outcomes(Response(503, body=b"{}"), [{}, {}])

    assert [outcome.code for outcome in found] == ["503", "503"]


def test_there_is_no_request_that_only_checks():
    assert get_integration("quora").check_request(SETTINGS) is None
