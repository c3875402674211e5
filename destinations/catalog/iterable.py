"""Iterable: campaigns across e-mail, push and SMS.

API: https://api.iterable.com/api/docs.
Facts: reference/destination-catalog/marketing.md, "Iterable (Actions)" (read 2026-11-25), and
where it shows the defaults of sub-fields, those of the object that holds them, as Segment's form
does: carts and orders take what they say of the person from `context.traits`.
"""

import re

from destinations.auth import header
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Rejected,
    Request,
    Setting,
    each,
    epoch_s,
    find_moment,
    first_of,
    path,
    required_if,
)

HOSTS = {
    "united_states": "https://api.iterable.com",
    "europe": "https://api.eu.iterable.com",
}
TIMEOUT_S = 30
BULK = Batch(size=1001, max_size=1001)

_TRACK = 'type = "track" and event != "Order Completed" and event != "Cart Updated"'
_CART = 'type = "track" and event = "Cart Updated"'
_ORDER = 'type = "track" and event = "Order Completed"'

integration = Integration(
    slug="iterable",
    name="Iterable",
    category="marketing",
    docs_url="https://api.iterable.com/api/docs",
    base_url=lambda settings: HOSTS[settings.get("dataCenterLocation") or "united_states"],
    auth=header("Api-Key", "apiKey"),
    check=Request("GET", "/api/webhooks", timeout_s=TIMEOUT_S),
    names=("Iterable (Actions)",),
    description="Campaigns across e-mail, push and SMS.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Integrations → API keys"),
        Setting(
            "dataCenterLocation",
            "Data center",
            type="select",
            default="united_states",
            choices=(("united_states", "United States"), ("europe", "Europe")),
        ),
    ],
    presets=[
        Preset("Track calls", "trackEvent", _TRACK),
        Preset("Identify calls", "updateUser", 'type = "identify"'),
        Preset("Carts", "updateCart", _CART),
        Preset("Orders", "trackPurchase", _ORDER),
    ],
)

BATCHING = [
    Field("enable_batching", "boolean", True),
    Field("batch_size", "number", 1001, hidden=True),
]
USER_ID = Field("userId", default=path("$.userId"), required=required_if("email", "is"))
EVENT_EMAIL = Field(
    "email",
    default=first_of("$.properties.email", "$.context.traits.email"),
    format="email",
)
DATA_FIELDS = Field("dataFields", "object", path("$.traits"))
PHONE = Field("phoneNumber", default=path("$.traits.phone"), allow_null=True)
CAMPAIGN = [
    Field("campaignId", "integer", path("$.properties.campaignId")),
    Field("templateId", "integer", path("$.properties.templateId")),
]
BUYER = Field(
    "user",
    "object",
    required=True,
    properties=(
        EVENT_EMAIL,
        USER_ID,
        Field("mergeNestedObjects", "boolean", False),
        DATA_FIELDS.with_(default=path("$.context.traits")),
        PHONE.with_(default=path("$.context.traits.phone")),
    ),
)
ITEMS = Field(
    "items",
    "object",
    each("$.properties.products"),
    required=True,
    multiple=True,
    properties=(
        Field("id", default=path("$.product_id"), required=True),
        Field("name", default=path("$.name"), required=True),
        Field("sku", default=path("$.sku")),
        Field("quantity", "integer", path("$.quantity"), required=True),
        Field("price", "number", path("$.price"), required=True),
        Field("description", default=path("$.description")),
        Field("categories", default=path("$.category")),
        Field("url", default=path("$.url")),
        Field("imageUrl", default=path("$.image_url")),
    ),
    additional_properties=True,
)


def _post(url, body):
    return Request("POST", url, json=body, timeout_s=TIMEOUT_S)


_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


def _with_moments(value):
    """Return `value` with all moments in it as Iterable writes them: in UTC, to the second."""
    kind = type(value)
    if kind is dict:
        return {name: _with_moments(member) for name, member in value.items()}
    if kind is list:
        return [_with_moments(member) for member in value]
    if kind is str and _ISO.fullmatch(value):
        moment = find_moment(value)
        return value if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S +00:00")
    return value


def _data_fields(payload):
    found = _with_moments(payload.get("dataFields") or {})
    return found | {name: payload[name] for name in ("phoneNumber",) if name in payload}


def _user(payload):
    names = ("email", "userId", "mergeNestedObjects")
    found = {name: payload[name] for name in names if name in payload}
    return found | {"dataFields": _data_fields(payload)}


@integration.action(
    "Upsert User",
    slug="updateUser",
    trigger='type = "identify"',
    batch=Batch(size=1001, max_size=1001, keys=("updateOnly",)),
    fields=[
        Field("email", default=path("$.traits.email"), format="email"),
        USER_ID,
        Field("newEmail", format="email"),
        DATA_FIELDS,
        PHONE,
        Field("mergeNestedObjects", "boolean", False),
        Field("updateOnly", "boolean", help="Change users that exist, create none"),
        *BATCHING,
    ],
)
def update_user(payload, settings):
    requests = [_post("/api/users/update", _user(payload))]
    if "newEmail" in payload:
        names = (("currentEmail", "email"), ("currentUserId", "userId"), ("newEmail", "newEmail"))
        change = {theirs: payload[ours] for theirs, ours in names if ours in payload}
        requests.append(_post("/api/users/updateEmail", change))
    return requests


@update_user.batch
def update_users(payloads, settings):
    body = {"users": [_user(payload) for payload in payloads]}
    for user, payload in zip(body["users"], payloads, strict=True):
        # The bulk call has no other place for a new address.
        if "newEmail" in payload:
            user["dataFields"]["email"] = payload["newEmail"]
    if payloads[0].get("updateOnly"):
        body["updateOnly"] = True
    return _post("/api/users/bulkUpdate", body)


_STEERING = {"enable_batching", "batch_size"}


def _event(payload, now):
    found = {name: value for name, value in payload.items() if name not in _STEERING}
    found["dataFields"] = _with_moments(payload.get("dataFields") or {})
    found["createdAt"] = epoch_s(payload.get("createdAt") or now.isoformat())
    return found


@integration.action(
    "Custom Event",
    slug="trackEvent",
    trigger=_TRACK,
    batch=BULK,
    fields=[
        EVENT_EMAIL,
        USER_ID,
        Field("eventName", default=path("$.event"), required=True),
        Field("dataFields", "object", path("$.properties")),
        Field("id", default=path("$.messageId")),
        Field("createdAt", "datetime", path("$.timestamp")),
        *CAMPAIGN,
        *BATCHING,
    ],
)
def track_event(payload, settings, *, now):
    return _post("/api/events/track", _event(payload, now))


@track_event.batch
def track_events(payloads, settings, *, now):
    events = [_event(payload, now) for payload in payloads]
    return _post("/api/events/trackBulk", {"events": events})


def read_bulk_answer(response, payloads):
    # The bulk calls answer 200 and name by e-mail address and user id whom they left out.
    answer = response.json()
    if response.status >= 300 or type(answer) is not dict or not answer.get("failCount"):
        return None
    failed = answer.get("failedUpdates")
    lists = {**answer, **(failed if type(failed) is dict else {})}
    emails, users = {}, {}
    for reason, values in lists.items():
        for ending, refused in (("Emails", emails), ("UserIds", users)):
            if reason.endswith(ending) and type(values) is list:
                refused.update(dict.fromkeys(map(str, values), reason))
    outcomes = []
    for payload in payloads:
        reason = emails.get(payload.get("email")) or users.get(payload.get("userId"))
        error = Rejected(f"Iterable refused this: {reason}", status=400) if reason else None
        outcomes.append(error)
    return outcomes


update_user.answer(read_bulk_answer)
track_event.answer(read_bulk_answer)


# What does not become data of an item. A description stands in both places, as with Segment.
_NOT_DATA = {
    "product_id",
    "id",
    "sku",
    "name",
    "price",
    "quantity",
    "categories",
    "category",
    "url",
    "image_url",
    "imageUrl",
}


def _item(product):
    found = {name: value for name, value in product.items() if name != "dataFields"}
    if "categories" in found:
        found["categories"] = [found["categories"]]
    others = {name: value for name, value in found.items() if name not in _NOT_DATA}
    return {**found, "dataFields": _with_moments(others)}


def _commerce(payload):
    return {"user": _user(payload["user"]), "items": [_item(item) for item in payload["items"]]}


@integration.action("Cart Updates", slug="updateCart", trigger=_CART, fields=[BUYER, ITEMS])
def update_cart(payload, settings):
    return _post("/api/commerce/updateCart", _commerce(payload))


@integration.action(
    "Track Purchase",
    slug="trackPurchase",
    trigger=_ORDER,
    fields=[
        Field("id", default=path("$.properties.order_id")),
        BUYER,
        Field("dataFields", "object", path("$.properties")),
        ITEMS,
        Field("total", "number", path("$.properties.total"), required=True),
        Field("createdAt", "datetime", path("$.timestamp")),
        *CAMPAIGN,
    ],
)
def track_purchase(payload, settings, *, now):
    body = {**_event(payload, now), **_commerce(payload)}
    # The products are the items.
    body["dataFields"].pop("products", None)
    return _post("/api/commerce/trackPurchase", body)
