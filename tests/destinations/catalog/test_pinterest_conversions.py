import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, translator_for

SETTINGS = {"ad_account_id": "549", "conversion_token": "secret"}
CHECKOUT = {"event_name": "checkout"}
ORDER = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {
        "email": " Ann@Example.com ",
        "value": 25.5,
        "currency": "EUR",
        "order_id": "o-1",
        "products": [{"product_id": "p-1", "price": 12.75, "quantity": 2, "name": "Shoe"}],
    },
    "context": {
        "ip": "192.0.2.1",
        "userAgent": "Mozilla/5.0",
        "page": {"url": "https://shop.example/thanks"},
        "app": {"name": "Shop", "version": "1.2"},
    },
}


def sent(mapping=None, event=ORDER):
    """The event in the body that is sent."""
    mapping = {**CHECKOUT, **(mapping or {})}
    request = request_for(
        "pinterest-conversions", "reportConversionEvent", event, mapping, **SETTINGS
    )
    [found] = request.json["data"]
    return found


def test_an_order_is_a_checkout():
    [(action, request)] = default_requests_for("pinterest-conversions", ORDER, **SETTINGS)

    assert action == "reportConversionEvent"
    assert request == Request(
        "POST",
        "https://api.pinterest.com/v5/ad_accounts/549/events",
        {"Authorization": "Bearer secret"},
        json={
            "data": [
                {
                    "event_name": "checkout",
                    "action_source": "web",
                    "event_time": 1787220000,
                    "event_id": "m-1",
                    "event_source_url": "https://shop.example/thanks",
                    "partner_name": "ss-segment",
                    "opt_out": True,
                    "user_data": {
                        "em": ["71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"],
                        "client_ip_address": "192.0.2.1",
                        "client_user_agent": "Mozilla/5.0",
                    },
                    "custom_data": {
                        "currency": "EUR",
                        "value": "25.5",
                        "order_id": "o-1",
                        "contents": [
                            {"id": "p-1", "item_price": "12.75", "quantity": 2, "item_name": "Shoe"}
                        ],
                        "np": "ss-segment",
                    },
                    "app_info": {
                        "app_name": "Shop",
                        "app_version": "1.2",
                        "user_agent": "Mozilla/5.0",
                    },
                }
            ]
        },
    )


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"type": "track", "event": "Product Added"}, "add_to_cart"),
        ({"type": "track", "event": "Generate Lead"}, "lead"),
        ({"type": "page"}, "page_visit"),
    ],
)
def test_presets_know_pinterests_names(event, name):
    [(_, request)] = default_requests_for(
        "pinterest-conversions", {**ORDER, "event": None, **event}, **SETTINGS
    )

    assert request.json["data"][0]["event_name"] == name


@pytest.mark.parametrize(
    ("name", "value", "key", "digest"),
    [
        (
            "phone",
            "+1 (415) 555-0100",
            "ph",
            "5e7ec4c79ccac6e420876e65ad0e6b4b2ccf73ec3dccb50297bf2890a1ec73b9",
        ),
        (
            "gender",
            "Female",
            "ge",
            "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111",
        ),
        (
            "gender",
            "non-binary",
            "ge",
            "1b16b1df538ba12dc3f97edbb85caa7050d46c148134290feba80f8236c83db9",
        ),
        (
            "gender",
            "other",
            "ge",
            "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa",
        ),
        (
            "city",
            "Menlo Park",
            "ct",
            "0007a3d64c01e23d5075203c5977c14e4f7e01a3fc570686fcc50b5e1dd42685",
        ),
        (
            "hashed_maids",
            "EA7583CD-A667",
            "hashed_maids",
            "e1dc16c935bb6f39e5f217562531fbc9a529a086b838ac1c4597b69a7f09fb33",
        ),
        ("external_id", "A" * 64, "external_id", "A" * 64),
    ],
)
def test_people_are_hashed_after_normalising(name, value, key, digest):
    user = {"client_ip_address": "192.0.2.1", "client_user_agent": "M", name: [value]}

    assert sent({"user_data": user})["user_data"][key] == [digest]


def test_ids_of_others_are_not_hashed_and_may_be_null():
    user = {"hashed_maids": ["m"], "click_id": "c-1", "partner_id": None}

    assert sent({"user_data": user})["user_data"] == {
        "hashed_maids": ["62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a"],
        "click_id": "c-1",
        "partner_id": None,
    }


def test_somebody_must_be_named():
    with pytest.raises(InvalidPayload, match="user_data needs an email, hashed_maids, or"):
        sent({"user_data": {"client_ip_address": "192.0.2.1"}})


def test_a_device_is_told_of_as_far_as_it_is_known():
    context = {**ORDER["context"], "locale": "en-US", "screen": {"width": 393, "density": 3}}

    assert sent(event={**ORDER, "context": context})["device_info"] == {
        "locale": "en-US",
        "screen_density": 3,
        "screen_width": 393,
    }
    assert "device_info" not in sent()


def test_the_legacy_format_is_flat():
    found = sent({"data_format": "legacy", "custom_data": {"value": 5, "contents": [{"id": "a"}]}})

    assert (found["app_name"], found["app_version"]) == ("Shop", "1.2")
    assert found["custom_data"] == {"value": "5", "contents": [{"id": "a"}], "np": "ss-segment"}
    assert not {"app_info", "device_info"} & set(found)


@pytest.mark.parametrize("data_format", ["legacy", None])
def test_the_legacy_format_needs_the_name_of_the_app(data_format):
    with pytest.raises(InvalidPayload, match="app_name is required here"):
        sent({"data_format": data_format, "app_name": None})


def test_the_install_time_is_in_seconds_and_languages_are_two_letters():
    found = sent({"app_info": {"install_time": "2026-08-20T10:00:00Z"}})

    assert found["app_info"] == {"install_time": 1787220000}
    with pytest.raises(InvalidPayload, match="codes of two letters"):
        sent({"device_info": {"languages": ["german"]}})


def test_an_install_time_that_is_a_number_goes_as_it_is():
    found = sent({"app_info": {"install_time": 1787220000123}})

    assert found["app_info"] == {"install_time": 1787220000123}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b'{"events":[{"status":"processed"}]}', None),
        (200, b'{"events":[{"status":"failed","error_message":"too old"}]}', "422"),
        (422, b'{"events":[{"status":"failed","error_message":"too old"}]}', "422"),
        (429, b"{}", "429"),
    ],
)
def test_a_received_event_may_not_be_processed(status, body, code):
    translator = translator_for("pinterest-conversions", "reportConversionEvent", **SETTINGS)

    [outcome] = translator.outcomes(Response(status, body=body), [{}])

    assert (outcome and outcome.code) == code


def test_the_check_sends_a_dummy_checkout():
    request = get_integration("pinterest-conversions").check_request(SETTINGS)

    assert request.url == "https://api.pinterest.com/v5/ad_accounts/549/events"
    assert request.query == {"test": "true"}
    assert request.json["data"][0]["event_name"] == "checkout"


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (200, b'{"num_events_received":1}', None),
        (422, b'{"events":[{"status":"failed","error_message":"too old"}]}', None),
        (401, b'{"code":2,"message":"Authentication failed."}', ""),
        (403, b"no JSON", ""),
    ],
)
def test_the_check_is_about_the_token_and_not_about_the_dummy_event(status, body, problem):
    integration = get_integration("pinterest-conversions")

    assert integration.credential_problem(Response(status, body=body)) == problem
