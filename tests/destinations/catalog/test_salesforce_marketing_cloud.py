import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings, Rejected, ServerFault
from destinations.integration import Request
from destinations.translation import default_subscriptions

from ..bench import Response, conversation, request_for, requests_for, translator_for

SLUG = "salesforce-marketing-cloud"
SETTINGS = {"subdomain": "mc-acme", "account_id": "7", "client_id": "id", "client_secret": "s"}
REST = "https://mc-acme.rest.marketingcloudapis.com"
AUTH = {"accessToken": "tok"}
BEARER = {"Authorization": "Bearer tok"}
ANN = {
    "type": "identify",
    "userId": "ann",
    "traits": {"email": "ann@example.com", "age": 36, "vip": True},
}
ORDER = {
    "type": "track",
    "event": "Order",
    "userId": "ann",
    "properties": {"id": "o-1", "total": 5},
}
VALUES = {"values": {"Email": {"@path": "$.traits.email"}, "Age": {"@path": "$.traits.age"}}}
ROW = {"keys": {"contactKey": "ann"}, "values": {"Email": "ann@example.com", "Age": 36}}
ORDER_ROW = {
    "keys": {"OrderId": {"@path": "$.properties.id"}},
    "values": {"Total": {"@path": "$.properties.total"}},
}


def sent(action, event, mapping=None):
    [request] = requests_for(SLUG, action, event, mapping, auth=AUTH, **SETTINGS)
    return request


def test_a_contact_is_created():
    assert sent("contact", ANN) == Request(
        "POST",
        f"{REST}/contacts/v1/contacts",
        BEARER,
        json={"contactKey": "ann", "attributeSets": []},
    )


def test_an_event_starts_a_journey():
    mapping = {"eventDefinitionKey": "APIEvent-1", "data": {"Total": {"@path": "properties.total"}}}

    assert sent("apiEvent", ORDER, mapping) == Request(
        "POST",
        f"{REST}/interaction/v1/events",
        BEARER,
        json={"eventDefinitionKey": "APIEvent-1", "contactKey": "ann", "data": {"Total": 5}},
    )


def test_a_row_is_written_by_the_external_key():
    assert sent("dataExtension", ORDER, {"key": "Orders 2026", "id": "1", **ORDER_ROW}) == Request(
        "POST",
        f"{REST}/hub/v1/dataevents/key:Orders%202026/rowset",
        BEARER,
        json=[{"keys": {"OrderId": "o-1"}, "values": {"Total": 5}}],
    )


def test_a_row_is_written_by_the_id():
    assert sent("contactDataExtension", ANN, {"id": "8D-1", **VALUES}) == Request(
        "POST", f"{REST}/hub/v1/dataevents/8D-1/rowset", BEARER, json=[ROW]
    )


def test_a_contact_may_have_further_keys():
    keys = {"contactKey": {"@path": "$.userId"}, "Region": "EU"}

    request = sent("contactDataExtension", ANN, {"id": "8D-1", "keys": keys, **VALUES})

    assert request.json[0]["keys"] == {"contactKey": "ann", "Region": "EU"}


@pytest.mark.parametrize("action", ["dataExtension", "contactDataExtension"])
def test_a_row_needs_a_data_extension(action):
    with pytest.raises(InvalidPayload):
        sent(action, ANN, {"keys": {"contactKey": "ann"}, **VALUES})


@pytest.mark.parametrize(
    "named",
    [
        {"onMappingSave": {"inputs": {}, "outputs": {"id": "8D-1", "name": "Orders"}}},
        {"retlOnMappingSave": {"outputs": {"id": "8D-1"}}},
        {"onMappingSave": {"outputs": {"id": "8D-1"}}, "retlOnMappingSave": {"outputs": {"id": 2}}},
        {"onMappingSave": {"outputs": {"id": "8D-1"}}, "dataExtensionId": "2"},
        {"dataExtensionId": "8D-1"},
    ],
)
def test_second_versions_know_the_data_extension_from_the_hook_or_a_field(named):
    assert sent("contactDataExtensionV2", ANN, {**named, **VALUES}) == Request(
        "POST", f"{REST}/hub/v1/dataevents/8D-1/rowset", BEARER, json=[ROW]
    )


@pytest.mark.parametrize("action", ["dataExtensionV2", "asyncDataExtension"])
def test_without_either_there_is_nowhere_to_write(action):
    with pytest.raises(InvalidPayload):
        sent(action, ORDER, {"onMappingSave": {}, **ORDER_ROW})


def test_a_batch_of_rows_is_one_list():
    mapping = {"enable_batching": True, "dataExtensionId": "8D-1", **ORDER_ROW}
    translator = translator_for(SLUG, "dataExtensionV2", mapping, **SETTINGS)
    other = {**ORDER, "properties": {"id": "o-2", "total": 7.5}}

    [request] = conversation(
        translator, [translator.payload(ORDER), translator.payload(other)], auth=AUTH
    )

    assert translator.batch.size == 10
    assert request.json == [
        {"keys": {"OrderId": "o-1"}, "values": {"Total": 5}},
        {"keys": {"OrderId": "o-2"}, "values": {"Total": 7.5}},
    ]


def test_rows_of_different_data_extensions_are_different_batches():
    mapping = {"enable_batching": True, "key": {"@path": "$.event"}, **ORDER_ROW}
    translator = translator_for(SLUG, "dataExtension", mapping, **SETTINGS)
    order, refund = (translator.payload({**ORDER, "event": name}) for name in ("Order", "Refund"))

    assert translator.batch_key(order) != translator.batch_key(refund)


def test_rows_go_one_by_one_unless_batches_are_asked_for():
    assert translator_for(SLUG, "dataExtension", ORDER_ROW, **SETTINGS).batch is None


def test_asynchronous_rows_are_flat():
    mapping = {"onMappingSave": {"outputs": {"id": "8D-1"}}, **ORDER_ROW}
    translator = translator_for(SLUG, "asyncDataExtension", mapping, **SETTINGS)
    payload = translator.payload(ORDER)

    assert (translator.batch.size, translator.batch.bytes) == (28000, 5_000_000)
    assert conversation(translator, [payload, payload], auth=AUTH) == [
        Request(
            "PUT",
            f"{REST}/data/v1/async/dataextensions/8D-1/rows",
            BEARER,
            json={"items": [{"OrderId": "o-1", "Total": 5}] * 2},
        )
    ]


def test_an_asynchronous_batch_is_large():
    with pytest.raises(InvalidPayload):
        sent("asyncDataExtension", ORDER, {"dataExtensionId": "1", "batch_size": 10, **ORDER_ROW})


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (
            b'{"errorcode":10006,"message":"Unable to save rows for data extension ID 8D"}',
            ServerFault,
        ),
        (
            b'{"errorcode":10006,"message":"Unable to save rows for data extension ID 8D",'
            b'"additionalErrors":[{"message":"no such column"}]}',
            Rejected,
        ),
        (b'{"errorcode":10006,"message":"Something else"}', Rejected),
        (b"[]", Rejected),
    ],
)
def test_a_failure_to_save_may_pass_by_itself(answer, kind):
    translator = translator_for(SLUG, "dataExtension", {"key": "k", **ORDER_ROW}, **SETTINGS)

    outcomes = translator.outcomes(Response(400, body=answer), [{}, {}])

    assert [type(each) for each in outcomes] == [kind, kind]


def test_the_token_is_that_of_an_account():
    oauth = get_integration(SLUG).auth.oauth

    assert oauth.applies(SETTINGS, None)
    assert oauth.token_request(SETTINGS, None) == Request(
        "POST",
        "https://mc-acme.auth.marketingcloudapis.com/v2/token",
        form={
            "account_id": "7",
            "grant_type": "client_credentials",
            "client_id": "id",
            "client_secret": "s",
        },
    )


def test_a_subdomain_cannot_lead_to_another_host():
    settings = {**SETTINGS, "subdomain": "evil.example/"}

    with pytest.raises(InvalidSettings):
        get_integration(SLUG).auth.oauth.token_request(settings, None)
    with pytest.raises(InvalidSettings):
        request_for(SLUG, "contact", ANN, **settings)


def test_the_credentials_are_checked_by_who_we_are():
    assert get_integration(SLUG).check_request(SETTINGS, auth=AUTH) == Request(
        "GET", "https://mc-acme.auth.marketingcloudapis.com/v2/userinfo", BEARER
    )


def test_identify_creates_a_contact_when_it_is_switched_on():
    [preset] = default_subscriptions(get_integration(SLUG))

    assert (preset.action, preset.trigger) == ("contact", 'type = "identify"')
    assert preset.mapping == {"contactKey": {"@path": "$.userId"}}
