"""Amplitude: product analytics.

API: https://amplitude.com/docs/apis/analytics (HTTP V2, Identify, Group Identify, User Mapping).
Facts: reference/destination-catalog/analytics.md, "Actions Amplitude" (read 2026-11-25). Where it
is silent, as Segment does it: `use_batch_endpoint` is sent among the rest of an event, the first
product of a purchase has the `insert_id` number 2, and the operations that the traits hold give way
to those of "Log Event V2" and go before those of the older actions.

Other than Segment: `insert_id` is the event's messageId by default, as the catalogue's shared rule
on de-duplication asks. We deliver at least once, and Amplitude counts an insert_id only once. And a
form without options leaves them out, where Segment writes the word "undefined".
"""

from destinations.auth import basic_value
from destinations.catalog._amplitude_events import (
    event_of,
    moments_of,
    plain_event_of,
    product_event_of,
    revenue_of,
    with_origin,
)
from destinations.catalog._amplitude_fields import (
    BROWSER,
    DEVICE,
    LIBRARY,
    LOG_EVENT,
    LOG_EVENT_V2,
    MIN_ID_LENGTH,
    ORIGIN,
    USER,
    USER_PROPERTIES,
)
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Request,
    Setting,
    json_text,
    path,
    template,
)

EVENT_HOSTS = {
    "north_america": "https://api2.amplitude.com",
    "europe": "https://api.eu.amplitude.com",
}
# User mapping lives on another host than events, in America only.
MAPPING_HOSTS = {**EVENT_HOSTS, "north_america": "https://api.amplitude.com"}
DASHBOARD_HOSTS = {
    "north_america": "https://amplitude.com",
    "europe": "https://analytics.eu.amplitude.com",
}


def _host(hosts, settings):
    return hosts.get(settings.get("endpoint"), hosts["north_america"])


def _dashboard_request(method, where, settings, **parts):
    credentials = basic_value(settings["apiKey"], settings["secretKey"])
    url = _host(DASHBOARD_HOSTS, settings) + where
    return Request(method, url, {"Authorization": credentials}, **parts)


def check(settings):
    # The search needs a term; the answer is 200 whether or not there is such a user.
    return _dashboard_request("GET", "/api/2/usersearch", settings, query={"user": "switchyard"})


def delete_user(user_id, settings):
    body = {"user_ids": [user_id], "requester": "segment"}
    return _dashboard_request("POST", "/api/2/deletions/users", settings, json=body)


VIEWED = {"event_type": template("Viewed {{name}}")}

integration = Integration(
    slug="amplitude",
    name="Amplitude",
    category="analytics",
    docs_url="https://amplitude.com/docs/apis/analytics",
    base_url=lambda settings: _host(EVENT_HOSTS, settings),
    check=check,
    delete_user=delete_user,
    names=("Actions Amplitude", "Amplitude (Actions)"),
    description="Product analytics: funnels, retention, cohorts.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Settings → Projects"),
        Setting("secretKey", "Secret key", required=True, secret=True, help="Settings → Projects"),
        Setting(
            "endpoint",
            "Region",
            type="select",
            default="north_america",
            choices=(("north_america", "North America"), ("europe", "Europe")),
        ),
    ],
    presets=[
        Preset("Track calls", "logEventV2", 'type = "track" and event != "Order Completed"'),
        Preset("Orders", "logPurchase", 'type = "track" and event = "Order Completed"'),
        Preset("Page calls", "logEventV2", 'type = "page"', VIEWED),
        Preset("Screen calls", "logEventV2", 'type = "screen"', VIEWED),
        Preset("Identify calls", "identifyUser", 'type = "identify"'),
    ],
)


@integration.action("Log Event", slug="logEvent", trigger='type = "track"', fields=LOG_EVENT)
def logevent_of(payload, settings):
    return _upload(payload, settings, [event_of(payload, with_origin(payload))])


@integration.action(
    "Log Event V2", slug="logEventV2", trigger='type = "track"', fields=LOG_EVENT_V2
)
def log_event_v2(payload, settings):
    user_properties = dict(payload.get("user_properties") or {})
    for field, operation in (("setOnce", "$setOnce"), ("setAlways", "$set"), ("add", "$add")):
        values = payload.get(field) or {}
        if any(value not in (None, "") for value in values.values()):
            user_properties[operation] = values
    return _upload(payload, settings, [event_of(payload, user_properties)])


@integration.action(
    "Log Purchase",
    slug="logPurchase",
    trigger='type = "track"',
    fields=[*LOG_EVENT, Field("trackRevenuePerProduct", "boolean", False)],
)
def log_purchase(payload, settings):
    products, per_product = payload.get("products", ()), payload.get("trackRevenuePerProduct")
    user_properties = with_origin(payload)
    order = event_of(payload, user_properties)
    if not (products and per_product):
        order |= revenue_of(payload)
    # The order alone tells what the user agent says; the products follow in second place.
    event = plain_event_of(payload, user_properties)
    sold = [
        product_event_of(event, product, position, per_product)
        for position, product in enumerate(products, start=2)
    ]
    return _upload(payload, settings, [order, *sold])


@integration.action(
    "Identify User",
    slug="identifyUser",
    trigger='type = "identify"',
    fields=[
        *USER,
        *USER_PROPERTIES,
        *DEVICE,
        Field("paying", "boolean"),
        Field("start_version"),
        Field("insert_id"),
        *BROWSER,
        *ORIGIN,
        MIN_ID_LENGTH,
        LIBRARY,
    ],
)
def identify_user(payload, settings):
    identification = event_of(payload, with_origin(payload))
    return _form("/identify", payload, settings, identification=json_text(identification))


@integration.action(
    "Map User",
    slug="mapUser",
    trigger='type = "alias"',
    fields=[
        Field("user_id", default=path("$.previousId")),
        Field("global_user_id", default=path("$.userId")),
        MIN_ID_LENGTH,
    ],
)
def map_user(payload, settings):
    pair = {name: payload[name] for name in ("user_id", "global_user_id") if name in payload}
    url = _host(MAPPING_HOSTS, settings) + "/usermap"
    return _form(url, payload, settings, mapping=json_text([pair]))


@integration.action(
    "Group Identify User",
    slug="groupIdentifyUser",
    trigger='type = "group"',
    fields=[
        *USER,
        Field("insert_id"),
        Field("time", default=path("$.timestamp")),
        Field("group_properties", "object", path("$.traits")),
        Field("group_type", required=True),
        Field("group_value", required=True),
        MIN_ID_LENGTH,
    ],
)
def group_identify_user(payload, settings):
    group = {payload["group_type"]: payload["group_value"]}
    described = {
        "group_properties": payload.get("group_properties"),
        "group_value": payload["group_value"],
        "group_type": payload["group_type"],
        "library": "segment",
    }
    described = {name: value for name, value in described.items() if value is not None}
    requests = [_form("/groupidentify", payload, settings, identification=json_text([described]))]
    if payload.get("user_id") or payload.get("device_id"):
        person = {name: payload[name] for name in _MEMBER_FIELDS if name in payload}
        person |= {"library": "segment", "groups": group, "user_properties": group}
        person |= moments_of(payload)
        identification = json_text([person])
        requests.insert(0, _form("/identify", payload, settings, identification=identification))
    return requests


_MEMBER_FIELDS = ("user_id", "device_id", "insert_id")


def _upload(payload, settings, events):
    where = "/batch" if payload.get("use_batch_endpoint") else "/2/httpapi"
    body = {"api_key": settings["apiKey"], "events": events, **_options(payload)}
    return Request("POST", where, json=body)


def _form(url, payload, settings, **parts):
    options = {name: json_text(value) for name, value in _options(payload).items()}
    return Request("POST", url, form={"api_key": settings["apiKey"], **parts, **options})


def _options(payload):
    length = payload.get("min_id_length")
    return {"options": {"min_id_length": length}} if length and length > 0 else {}
