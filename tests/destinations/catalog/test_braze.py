import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault, Throttled
from destinations.integration import Request

from ..bench import (
    Response,
    conversation,
    default_requests_for,
    request_for,
    requests_for,
    translator_for,
)

SETTINGS = {"api_key": "key", "app_id": "app"}
URL = "https://rest.iad-01.braze.com"
AUTH = {"Authorization": "Bearer key"}
SIGNUP = {
    "type": "track",
    "event": "Signed Up",
    "userId": "ann",
    "receivedAt": "2026-08-20T10:00:00.123Z",
    "timestamp": "2026-08-20T09:59:00.000Z",
    "properties": {"plan": "pro"},
}
IDENTIFY = {
    "type": "identify",
    "userId": "ann",
    "traits": {"email": "ann@example.com", "firstName": "Ann", "gender": "Female", "plan": "pro"},
}
PRODUCT = {"product_id": "p-1", "name": "Tea", "variant": "green", "price": 5, "quantity": 2}


def sent(action, event, mapping=None, **settings):
    return request_for("braze", action, event, mapping, **{**SETTINGS, **settings}).json


def purchase(count, user="ann"):
    products = [{"product_id": f"p-{i}", "price": 5} for i in range(count)]
    return {**SIGNUP, "userId": user, "properties": {"products": products}}


def test_update_user_profile_sends_fields_and_every_other_trait():
    assert request_for("braze", "updateUserProfile", IDENTIFY, **SETTINGS) == Request(
        "POST",
        f"{URL}/users/track",
        AUTH,
        json={
            "attributes": [
                {
                    "plan": "pro",
                    "external_id": "ann",
                    "email": "ann@example.com",
                    "first_name": "Ann",
                    "gender": "F",
                    "_update_existing_only": False,
                }
            ]
        },
        timeout_s=30,
    )


def test_traits_with_the_names_of_fields_are_no_custom_attributes():
    traits = {"time": "now", "products": [1], "gender": "x", "avatar": "a", "batch_size": 2, "a": 1}
    event = {**IDENTIFY, "traits": traits}

    assert sent("updateUserProfile", event, {"gender": None, "image_url": None}) == {
        "attributes": [
            {
                "a": 1,
                "external_id": "ann",
                "gender": None,
                "image_url": None,
                "_update_existing_only": False,
            }
        ]
    }


def test_dates_of_a_profile_are_written_as_braze_reads_them_and_null_clears():
    mapping = {"dob": "1990-05-01T12:00:00Z", "date_of_last_session": 1787220000, "phone": None}

    [attributes] = sent("updateUserProfile", IDENTIFY, mapping)["attributes"]

    assert (attributes["dob"], attributes["date_of_last_session"], attributes["phone"]) == (
        "1990-05-01",
        "2026-08-20T10:00:00.000Z",
        None,
    )


def test_update_user_profile_v2_changes_what_exists():
    [attributes] = sent("updateUserProfile2", IDENTIFY)["attributes"]

    assert attributes["_update_existing_only"] is True


def test_half_an_alias_names_nobody():
    [attributes] = sent("updateUserProfile", IDENTIFY, {"user_alias": {"alias_name": "a"}})[
        "attributes"
    ]

    assert "user_alias" not in attributes


def test_a_person_is_needed():
    with pytest.raises(InvalidPayload, match="external_id is required here"):
        sent("trackEvent", {**SIGNUP, "userId": None})


def test_track_event_sends_an_event_with_the_time_of_receipt():
    assert sent("trackEvent", SIGNUP) == {
        "events": [
            {
                "external_id": "ann",
                "app_id": "app",
                "name": "Signed Up",
                "time": "2026-08-20T10:00:00.123Z",
                "properties": {"plan": "pro"},
                "_update_existing_only": False,
            }
        ]
    }


@pytest.mark.parametrize(("mode", "existing_only"), [("add", False), ("update", True)])
def test_the_sync_mode_of_track_event_v2_says_who_is_meant(mode, existing_only):
    mapping = {"__segment_internal_sync_mode": mode}

    [event] = sent("trackEvent2", SIGNUP, mapping)["events"]

    assert event["_update_existing_only"] is existing_only


def test_batches_of_events_are_marked():
    translator = translator_for("braze", "trackEvent", **SETTINGS)
    payload = translator.payload(SIGNUP)

    [request] = conversation(translator, [payload, payload])

    assert request.headers == {**AUTH, "X-Braze-Batch": "true"}
    assert len(request.json["events"]) == 2
    assert translator.batch.size == 75


def test_events_that_braze_refuses_are_rejected_alone():
    translator = translator_for("braze", "trackEvent", **SETTINGS)
    body = b'{"message":"success","errors":[{"type":"bad","input_array":"events","index":1}]}'

    payload = translator.payload(SIGNUP)

    assert translator.outcomes(Response(201, body=body), [payload, payload]) == [
        None,
        Rejected("Braze refused this: bad", status=400),
    ]


def test_who_has_half_an_alias_and_nothing_else_is_left_out_of_a_batch():
    mapping = {"external_id": {"@path": "$.userId"}, "user_alias": {"alias_name": "a"}}
    translator = translator_for("braze", "trackEvent", mapping, **SETTINGS)
    payloads = [translator.payload({**SIGNUP, "userId": user}) for user in (None, "ann")]

    [request] = conversation(translator, payloads)
    body = b'{"message":"success","errors":[{"type":"bad","input_array":"events","index":0}]}'
    outcomes = translator.outcomes(Response(201, body=body), payloads)

    assert [event["external_id"] for event in request.json["events"]] == ["ann"]
    assert isinstance(outcomes[0], InvalidPayload)
    assert outcomes[1] == Rejected("Braze refused this: bad", status=400)
    with pytest.raises(InvalidPayload, match="alias with its name and label"):
        conversation(translator, payloads[:1])


def test_track_purchase_sends_a_purchase_for_each_product():
    properties = {
        "order_id": "o-1",
        "products": [
            {"product_id": "p-1", "price": 5, "quantity": 2, "color": "red", "currency": "EUR"},
            {"product_id": "p-2", "price": "7"},
        ],
    }
    shared = {"external_id": "ann", "app_id": "app", "time": "2026-08-20T10:00:00.123Z"}

    assert sent("trackPurchase", {**SIGNUP, "properties": properties}) == {
        "purchases": [
            {
                **shared,
                "product_id": "p-1",
                "currency": "EUR",
                "price": 5,
                "properties": {"color": "red", "order_id": "o-1"},
                "_update_existing_only": False,
                "quantity": 2,
            },
            {
                **shared,
                "product_id": "p-2",
                "currency": "USD",
                "price": 7,
                "properties": {"order_id": "o-1"},
                "_update_existing_only": False,
            },
        ]
    }


def test_only_a_currency_that_is_not_there_is_the_dollar():
    product = {"product_id": "p-1", "price": 5, "currency": ""}

    [found] = sent("trackPurchase", {**SIGNUP, "properties": {"products": [product]}})["purchases"]

    assert found["currency"] == ""


def test_without_products_nothing_is_purchased():
    assert requests_for("braze", "trackPurchase2", purchase(0), **SETTINGS) == []


def test_orders_with_too_many_products_are_rejected():
    with pytest.raises(Rejected) as raised:
        sent("trackPurchase", purchase(76))

    assert raised.value.status == 413


def test_orders_for_which_the_batch_has_no_room_wait():
    translator = translator_for("braze", "trackPurchase", **SETTINGS)
    payloads = [translator.payload(purchase(count)) for count in (40, 40, 76, 30)]

    [request] = conversation(translator, payloads)
    body = b'{"errors":[{"type":"bad","index":69}]}'
    outcomes = translator.outcomes(Response(201, body=body), payloads)

    assert len(request.json["purchases"]) == 70
    assert outcomes[0] is None
    assert isinstance(outcomes[1], Throttled)
    assert [outcome.status for outcome in outcomes[2:]] == [413, 400]


ORDER = {
    **SIGNUP,
    "event": "Order Completed",
    "properties": {
        "order_id": "o-1",
        "total": 10,
        "currency": "EUR",
        "source": "web",
        "order_status_url": "https://shop.example/o-1",
        "discount_items": [{"code": "MAY", "amount": 1}],
        "products": [PRODUCT],
    },
}


def test_an_order_is_an_ecommerce_event():
    [(action, request)] = default_requests_for("braze", ORDER, **SETTINGS)

    assert (action, request.json) == (
        "ecommerce",
        {
            "events": [
                {
                    "external_id": "ann",
                    "app_id": "app",
                    "name": "ecommerce.order_placed",
                    "time": "2026-08-20T09:59:00.000Z",
                    "properties": {
                        "order_id": "o-1",
                        "total_value": 10,
                        "discounts": [{"code": "MAY", "amount": 1}],
                        "currency": "EUR",
                        "source": "web",
                        "metadata": {"order_status_url": "https://shop.example/o-1"},
                        "products": [
                            {
                                "product_id": "p-1",
                                "product_name": "Tea",
                                "variant_id": "green",
                                "price": 5,
                                "quantity": 2,
                            }
                        ],
                    },
                }
            ]
        },
    )


def test_an_ecommerce_event_holds_what_belongs_to_its_name():
    properties = {**ORDER["properties"], "reason": "late", "checkout_id": "c-1", "tax": 2}
    event = {**ORDER, "event": "Order Refunded", "properties": properties}

    [(_, request)] = default_requests_for("braze", event, **SETTINGS)

    assert list(request.json["events"][0]["properties"]) == [
        "currency",
        "source",
        "metadata",
        "total_value",
        "order_id",
        "discounts",
        "products",
    ]


def test_what_braze_does_not_know_of_a_product_is_metadata():
    product = {"product_id": "p-1", "product_name": "Tea", "variant_id": "green", "price": 5}
    mapping = {
        "name": "ecommerce.order_placed",
        "products": [{**product, "quantity": 1, "organic": True}],
    }

    [event] = sent("ecommerce", ORDER, mapping)["events"]

    assert event["properties"]["products"] == [
        {**product, "quantity": 1, "metadata": {"organic": True}}
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"__segment_internal_sync_mode": "update"},
        {"user_alias": {"alias_name": "a-1", "alias_label": "shop"}},
    ],
)
def test_an_ecommerce_event_makes_nobody_in_update_mode_or_by_an_alias(changes):
    mapping = {"name": "ecommerce.order_placed", **changes}

    [event] = sent("ecommerce", ORDER, mapping)["events"]

    assert event["_update_existing_only"] is True


def test_the_time_of_an_ecommerce_event_is_utc():
    mapping = {"name": "ecommerce.order_placed", "time": "2026-08-20T11:59:00+02:00"}

    [event] = sent("ecommerce", ORDER, mapping)["events"]

    assert event["time"] == "2026-08-20T09:59:00.000Z"


def test_currencies_of_2025_are_known():
    mapping = {"name": "ecommerce.order_placed", "currency": "XCG"}

    [event] = sent("ecommerce", ORDER, mapping)["events"]

    assert event["properties"]["currency"] == "XCG"


def test_a_product_put_into_the_cart_is_an_update_of_the_cart():
    properties = {**PRODUCT, "cart_id": "c-1", "currency": "EUR", "source": "web"}
    event = {**SIGNUP, "event": "Product Added", "properties": properties}

    [(action, request)] = default_requests_for("braze", event, **SETTINGS)

    [cart] = request.json["events"]
    assert (action, cart["name"]) == ("ecommerce", "ecommerce.cart_updated")
    assert cart["properties"]["action"] == "add"
    assert [product["quantity"] for product in cart["properties"]["products"]] == [2]


def test_a_product_that_was_viewed_stands_among_the_properties():
    properties = {**PRODUCT, "currency": "EUR", "source": "web", "type": "price_drop"}
    event = {**SIGNUP, "event": "Product Viewed", "properties": properties}

    [(action, request)] = default_requests_for("braze", event, **SETTINGS)

    assert action == "ecommerceSingleProduct"
    assert request.json["events"][0]["properties"] == {
        "currency": "EUR",
        "source": "web",
        "product_id": "p-1",
        "product_name": "Tea",
        "variant_id": "green",
        "price": 5,
        "type": ["price_drop"],
    }


def test_an_order_needs_its_id():
    event = {**ORDER, "properties": {**ORDER["properties"], "order_id": None}}

    with pytest.raises(InvalidPayload, match="order_id is required here"):
        default_requests_for("braze", event, **SETTINGS)


@pytest.mark.parametrize(
    ("event", "action"),
    [(SIGNUP, "trackEvent"), (IDENTIFY, "updateUserProfile"), (ORDER, "ecommerce")],
)
def test_presets_choose_the_action(event, action):
    assert [name for name, _ in default_requests_for("braze", event, **SETTINGS)] == [action]


@pytest.mark.parametrize("action", ["createAlias", "createAlias2"])
def test_create_alias_sends_the_alias(action):
    mapping = {"external_id": "ann", "alias_name": "a-1", "alias_label": "shop"}

    request = request_for("braze", action, SIGNUP, mapping, **SETTINGS)

    assert (request.url, request.json) == (f"{URL}/users/alias/new", {"user_aliases": [mapping]})


def test_identify_user_joins_an_alias_to_a_person():
    alias = {"alias_name": "a-1", "alias_label": "shop"}
    mapping = {"external_id": "ann", "user_alias": alias, "merge_behavior": "merge"}

    request = request_for("braze", "identifyUser", SIGNUP, mapping, **SETTINGS)

    assert (request.url, request.json) == (
        f"{URL}/users/identify",
        {
            "aliases_to_identify": [{"external_id": "ann", "user_alias": alias}],
            "merge_behavior": "merge",
        },
    )


def test_identify_user_v2_also_takes_an_address():
    mapping = {
        "external_id": "ann",
        "email_to_identify": "ann@example.com",
        "prioritization": {"first_priority": "unidentified"},
    }

    assert sent("identifyUser2", SIGNUP, mapping) == {
        "emails_to_identify": [
            {
                "external_id": "ann",
                "email": "ann@example.com",
                "prioritization": ["unidentified"],
            }
        ]
    }


def test_an_error_in_a_success_is_a_rejection():
    translator = translator_for("braze", "identifyUser", **SETTINGS)
    answer = Response(200, body=b'{"message":"success","errors":["no such alias"]}')

    assert translator.outcomes(answer, [{}]) == [
        Rejected("Braze refused this: no such alias", status=400)
    ]


def test_trigger_campaign_sends_to_the_person_of_the_event():
    mapping = {"campaign_id": "c-1", "prioritization": {"first_priority": "unidentified"}}
    event = {**SIGNUP, "traits": {"email": "ann@example.com"}}

    request = request_for("braze", "triggerCampaign", event, mapping, **SETTINGS)

    assert (request.url, request.json) == (
        f"{URL}/campaigns/trigger/send",
        {
            "campaign_id": "c-1",
            "trigger_properties": {"plan": "pro"},
            "recipients": [
                {
                    "external_user_id": "ann",
                    "email": "ann@example.com",
                    "prioritization": ["unidentified"],
                }
            ],
        },
    )


def test_trigger_canvas_may_send_to_everybody():
    mapping = {"canvas_id": "c-1", "broadcast": True, "recipients": None}

    request = request_for("braze", "triggerCanvas", SIGNUP, mapping, **SETTINGS)

    assert (request.url, request.json) == (
        f"{URL}/canvas/trigger/send",
        {"canvas_id": "c-1", "canvas_entry_properties": {"plan": "pro"}, "broadcast": True},
    )


def test_a_message_goes_to_everybody_or_to_some_not_to_both():
    with pytest.raises(InvalidPayload, match="not both"):
        sent("triggerCampaign", SIGNUP, {"campaign_id": "c-1", "broadcast": True})


def test_an_audience_alone_is_nobody_to_send_to():
    mapping = {"campaign_id": "c-1", "recipients": None, "audience": {"AND": []}}

    with pytest.raises(InvalidPayload, match="broadcast is needed"):
        sent("triggerCampaign", SIGNUP, mapping)


def test_triggering_a_canvas_for_one_person_leaves_out_an_empty_alias():
    event = {**SIGNUP, "traits": {"email": "ann@example.com"}}

    assert sent("triggerCanvas", event, {"canvas_id": "c-1"})["recipients"] == [
        {"external_user_id": "ann", "email": "ann@example.com"}
    ]


def test_the_priorities_of_a_canvas_are_those_of_every_recipient():
    mapping = {
        "canvas_id": "c-1",
        "recipients": [{"external_user_id": "ann"}],
        "prioritization": {"first_priority": "identified", "second_priority": "unidentified"},
    }

    assert sent("triggerCanvas", SIGNUP, mapping)["recipients"] == [
        {"external_user_id": "ann", "prioritization": ["identified", "unidentified"]}
    ]


ITEM = {"catalog_name": "teas", "item_id": "a-b", "item": {"name": "Tea"}}


def test_upsert_catalog_item_puts_the_item():
    mapping = {**ITEM, "enable_batching": False}

    request = request_for("braze", "upsertCatalogItem", SIGNUP, mapping, **SETTINGS)

    assert (request.method, request.url, request.json) == (
        "PUT",
        f"{URL}/catalogs/teas/items/a-b",
        {"items": [{"name": "Tea"}]},
    )


def test_a_batch_of_catalog_items_holds_their_ids():
    mapping = {**ITEM, "catalog_name": None, "onMappingSave": {"outputs": {"catalog_name": "teas"}}}
    translator = translator_for("braze", "upsertCatalogItem", mapping, **SETTINGS)

    [request] = conversation(translator, [translator.payload(SIGNUP)])

    assert (request.url, request.json) == (
        f"{URL}/catalogs/teas/items/",
        {"items": [{"name": "Tea", "id": "a-b"}]},
    )


def item_translator(**changes):
    mapping = {**ITEM, "item_id": {"@path": "$.properties.id"}, **changes}
    return translator_for("braze", "upsertCatalogItem", mapping, **SETTINGS)


def item_payloads(translator, *ids):
    return [translator.payload({**SIGNUP, "properties": {"id": each}}) for each in ids]


def outcomes_after(translator, payloads, response):
    steps = translator.requests(payloads, now=None)
    next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.send(response)
    return stop.value.value


def test_an_item_that_braze_names_does_not_take_the_batch_with_it():
    translator = item_translator()
    body = b'{"errors":[{"id":"x","message":"bad","parameters":["id"],"parameter_values":["b"]}]}'

    outcomes = outcomes_after(
        translator, item_payloads(translator, "a", "b"), Response(400, body=body)
    )

    assert outcomes == [
        ServerFault("another item of the batch was refused", status=500),
        Rejected("Braze refused this: bad", status=400),
    ]


def test_items_that_cannot_be_sent_are_left_out_of_the_batch():
    translator = item_translator()
    payloads = item_payloads(translator, "a", "a/b", "a")

    [request] = conversation(translator, payloads)
    outcomes = outcomes_after(translator, payloads, Response(200, body=b"{}"))

    assert request.json == {"items": [{"id": "a", "name": "Tea"}]}
    assert [type(outcome) for outcome in outcomes] == [type(None), InvalidPayload, Throttled]


GONE = b'{"errors":[{"id":"item-not-found","message":"Could not find item"}]}'
NO_CATALOG = b'{"errors":[{"id":"catalog-not-found","message":"Could not find catalog"}]}'


def deletion():
    mapping = {**ITEM, "item": None, "__segment_internal_sync_mode": "delete"}
    translator = translator_for("braze", "upsertCatalogItem", mapping, batching=False, **SETTINGS)
    return translator.requests([translator.payload(SIGNUP)], now=None)


def test_deleting_an_item_that_is_gone_is_a_success():
    steps = deletion()

    request = next(steps)
    with pytest.raises(StopIteration) as stop:
        steps.send(Response(404, body=GONE))

    assert (request.method, request.url) == ("DELETE", f"{URL}/catalogs/teas/items/a-b")
    assert request.json == {"items": [{}]}
    assert stop.value.value == [None]


def test_deleting_from_a_catalog_that_is_not_there_is_a_rejection():
    steps = deletion()

    next(steps)

    with pytest.raises(Rejected, match="Could not find catalog"):
        steps.send(Response(404, body=NO_CATALOG))


@pytest.mark.parametrize(("status", "problem"), [(400, None), (401, ""), (404, "")])
def test_a_right_key_is_told_that_the_check_holds_nothing(status, problem):
    integration = get_integration("braze")

    assert integration.check_request(SETTINGS).json == {}
    assert integration.credential_problem(Response(status)) == problem
