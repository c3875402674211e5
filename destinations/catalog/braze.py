"""Braze: messages to customers, from their profiles, events and purchases.

API: https://www.braze.com/docs/api/basics/ and, for what answers mean,
https://www.braze.com/docs/api/errors/ (read 2026-11-25).
Facts: reference/destination-catalog/marketing.md, "Braze Cloud Mode (Actions)" (read 2026-11-25),
with these additions and choices:

- A mapping of Segment's names the catalog in what its on-save hook has left (`onMappingSave`);
  here the field `catalog_name` names it.
- Without a sync mode the newer actions take Segment's default of their form ("add", for items
  "upsert"), where Segment refuses the event or, for items, deletes.
- An item whose id stands twice in a batch waits for the next one; Segment drops it.
- Numbers that stand for a moment are seconds, or milliseconds from 13 digits on, as the fields
  say; Segment's action takes all of them for milliseconds.
"""

from destinations.auth import bearer
from destinations.catalog._braze_fields import (
    ALIAS,
    CAMPAIGN,
    CANVAS,
    CATALOG_ITEM,
    ECOMMERCE,
    ECOMMERCE_SINGLE,
    EVENT,
    IDENTIFY,
    IDENTIFY_V2,
    PROFILE,
    PURCHASE,
)
from destinations.catalog._braze_items import change_item, change_items
from destinations.catalog._braze_objects import (
    MAX_OBJECTS,
    event_of,
    in_order,
    nobody,
    partition,
    profile_of,
    purchases_of,
    refused_of,
    shop_event_of,
    somebodies,
    too_large,
    trigger_body,
)
from destinations.integration import (
    Batch,
    Integration,
    Preset,
    Request,
    Setting,
    Throttled,
    fields_but,
    path,
)

REGIONS = (
    *(f"https://rest.iad-0{n}.braze.com" for n in range(1, 9)),
    "https://rest.us-09.braze.com",
    "https://rest.us-10.braze.com",
    "https://rest.fra-01.braze.eu",
    "https://rest.fra-02.braze.eu",
    "https://rest.au-01.braze.com",
    "https://rest.id-01.braze.com",
    "https://rest.jp-01.braze.com",
)
TRACK_BATCH = Batch(size=MAX_OBJECTS, max_size=MAX_OBJECTS)

_CART_ITEM = [
    {
        "product_id": path("$.properties.product_id"),
        "product_name": path("$.properties.name"),
        "variant_id": path("$.properties.variant"),
        "image_url": path("$.properties.image_url"),
        "product_url": path("$.properties.url"),
        "quantity": path("$.properties.quantity"),
        "price": path("$.properties.price"),
    }
]
_ORDER_STATUS = {"order_status_url": path("$.properties.order_status_url")}
_CHECKOUT = {"checkout_url": path("$.properties.checkout_url")}


def _shop(event, name, mapping, action="ecommerce"):
    mapping = {"name": f"ecommerce.{name}", **mapping}
    return Preset(event, action, f'event = "{event}"', mapping)


SHOP = [
    _shop("Order Completed", "order_placed", {"metadata": _ORDER_STATUS}),
    _shop("Checkout Started", "checkout_started", {"metadata": _CHECKOUT}),
    _shop("Order Refunded", "order_refunded", {"metadata": _ORDER_STATUS}),
    _shop("Order Cancelled", "order_cancelled", {"metadata": _ORDER_STATUS}),
    _shop("Product Viewed", "product_viewed", {}, "ecommerceSingleProduct"),
    _shop("Product Added", "cart_updated", {"action": "add", "products": _CART_ITEM}),
    _shop("Product Removed", "cart_updated", {"action": "remove", "products": _CART_ITEM}),
]
_ELSE = " and ".join(f'event != "{preset.name}"' for preset in SHOP)


def delete_user(user_id, settings):
    return Request("POST", "/users/delete", json={"external_ids": [user_id]})


def check_answer(response):
    """Braze has no call that every key may make. This one holds nothing, so a right key is told
    that something is missing."""
    return None if response.status < 300 or response.status == 400 else ""


integration = Integration(
    slug="braze",
    name="Braze",
    category="marketing",
    docs_url="https://www.braze.com/docs/api/basics/",
    base_url=lambda settings: settings["endpoint"],
    auth=bearer("api_key"),
    check=Request("POST", "/users/track", json={}),
    check_answer=check_answer,
    delete_user=delete_user,
    names=("Braze Cloud Mode (Actions)",),
    description="Messages to customers, from their profiles, events and purchases.",
    settings=[
        Setting(
            "api_key",
            "API key",
            required=True,
            secret=True,
            help="Settings → APIs and identifiers",
        ),
        Setting("app_id", "App ID", help="Settings → APIs and identifiers → App identifiers"),
        Setting(
            "endpoint",
            "REST endpoint",
            type="select",
            required=True,
            default=REGIONS[0],
            choices=REGIONS,
        ),
    ],
    presets=[
        Preset("Track calls", "trackEvent", f'type = "track" and {_ELSE}'),
        *SHOP,
        Preset("Identify calls", "updateUserProfile", 'type = "identify"'),
    ],
)


def _post(url, body, count=1):
    headers = {"X-Braze-Batch": "true"} if count > 1 else {}
    return Request("POST", url, headers, json=body, timeout_s=30)


def _track(kind, objects):
    return _post("/users/track", {kind: objects}, len(objects))


def _known(payloads, *identities):
    found = [payloads[i] for i in somebodies(payloads, *identities)]
    if not found:
        raise nobody()
    return found


def read_answer(response, payloads, *identities):
    if response.status >= 300:
        return None
    owners = somebodies(payloads, *identities)
    refused = refused_of(response, owners)
    return [refused.get(i) if i in owners else nobody() for i in range(len(payloads))]


def read_lone_answer(response, payloads):
    return None if response.status >= 300 else [refused_of(response, [0]).get(0)]


@integration.action(
    "Update User Profile",
    slug="updateUserProfile",
    trigger='type = "identify"',
    fields=PROFILE,
    batch=TRACK_BATCH,
)
def update_user_profile(payload, settings):
    return update_user_profiles([payload], settings)


@update_user_profile.batch
def update_user_profiles(payloads, settings):
    return _track("attributes", [profile_of(payload) for payload in _known(payloads)])


@integration.action(
    "Update User Profile V2",
    slug="updateUserProfile2",
    trigger='type = "identify"',
    fields=fields_but(PROFILE, "_update_existing_only"),
    batch=TRACK_BATCH,
    help="Changes profiles that exist; creates none.",
)
def update_user_profile2(payload, settings):
    return update_user_profiles2([payload], settings)


@update_user_profile2.batch
def update_user_profiles2(payloads, settings):
    objects = [profile_of(payload, existing_only=True) for payload in _known(payloads)]
    return _track("attributes", objects)


def track_event(payload, settings, *, sync_mode):
    return track_events([payload], settings, sync_mode=sync_mode)


def track_events(payloads, settings, *, sync_mode):
    objects = [event_of(payload, settings, sync_mode) for payload in _known(payloads)]
    return _track("events", objects)


def track_purchase(payload, settings, *, sync_mode):
    return track_purchases([payload], settings, sync_mode=sync_mode)


def track_purchases(payloads, settings, *, sync_mode):
    sent, _, oversized = partition(payloads)
    if not sent:
        raise too_large() if oversized else nobody()
    objects = [one for i in sent for one in purchases_of(payloads[i], settings, sync_mode)]
    return _track("purchases", objects) if objects else []


def read_purchase_answer(response, payloads):
    if response.status >= 300:
        return None
    sent, waiting, oversized = partition(payloads)
    found = {i: nobody() for i in range(len(payloads))} | dict.fromkeys(sent)
    found |= refused_of(response, [i for i in sent for _ in payloads[i]["products"]])
    found |= dict.fromkeys(waiting, Throttled("there was no room in the batch", status=429))
    found |= dict.fromkeys(oversized, too_large())
    return [found[i] for i in range(len(payloads))]


_OTHER_TRACK = 'type = "track" and event != "Order Completed"'
_ORDERS = 'event = "Order Completed"'

# The newer actions differ from the older ones in where `_update_existing_only` comes from.
for _slug, _label, _fields in (
    ("trackEvent", "Track Event", EVENT),
    ("trackEvent2", "Track Event V2", fields_but(EVENT, "_update_existing_only")),
):
    _action = integration.action(
        _label, slug=_slug, trigger=_OTHER_TRACK, fields=_fields, batch=TRACK_BATCH
    )(track_event)
    _action.batch(track_events)
    _action.answer(read_answer)

for _slug, _label, _fields in (
    ("trackPurchase", "Track Purchase", PURCHASE),
    ("trackPurchase2", "Track Purchase V2", fields_but(PURCHASE, "_update_existing_only")),
):
    _action = integration.action(
        _label, slug=_slug, trigger=_ORDERS, fields=_fields, batch=TRACK_BATCH
    )(track_purchase)
    _action.batch(track_purchases)
    _action.answer(read_purchase_answer)


@integration.action(
    "Ecommerce Event (multi product)", slug="ecommerce", fields=ECOMMERCE, batch=TRACK_BATCH
)
def ecommerce(payload, settings, *, sync_mode):
    return shop_events([payload], settings, sync_mode=sync_mode)


@integration.action(
    "Ecommerce Event (single product)",
    slug="ecommerceSingleProduct",
    fields=ECOMMERCE_SINGLE,
    batch=TRACK_BATCH,
)
def ecommerce_single_product(payload, settings, *, sync_mode):
    return shop_events([payload], settings, sync_mode=sync_mode)


def shop_events(payloads, settings, *, sync_mode):
    known = _known(payloads, "phone")
    return _track("events", [shop_event_of(payload, settings, sync_mode) for payload in known])


def read_shop_answer(response, payloads):
    return read_answer(response, payloads, "phone")


def create_alias(payload, settings):
    alias = {name: payload[name] for name in payload if payload[name] is not None}
    return _post("/users/alias/new", {"user_aliases": [alias]})


for _slug, _label in (("createAlias", "Create Alias"), ("createAlias2", "Create Alias V2")):
    integration.action(_label, slug=_slug, trigger='event = "Create Alias"', fields=ALIAS)(
        create_alias
    ).answer(read_lone_answer)


def identify_user(payload, settings):
    body = {}
    if "user_alias" in payload:
        pair = {"external_id": payload["external_id"], "user_alias": payload["user_alias"]}
        body["aliases_to_identify"] = [pair]
    if "email_to_identify" in payload:
        body["emails_to_identify"] = [
            {
                "external_id": payload["external_id"],
                "email": payload["email_to_identify"],
                "prioritization": in_order(payload["prioritization"]),
            }
        ]
    if "merge_behavior" in payload:
        body["merge_behavior"] = payload["merge_behavior"]
    return _post("/users/identify", body)


for _slug, _label, _fields in (
    ("identifyUser", "Identify User", IDENTIFY),
    ("identifyUser2", "Identify User V2", IDENTIFY_V2),
):
    integration.action(_label, slug=_slug, fields=_fields)(identify_user).answer(read_lone_answer)


@integration.action(
    "Trigger Campaign", slug="triggerCampaign", trigger='type = "track"', fields=CAMPAIGN
)
def trigger_campaign(payload, settings):
    return _post("/campaigns/trigger/send", trigger_body(payload))


@integration.action("Trigger Canvas", slug="triggerCanvas", trigger='type = "track"', fields=CANVAS)
def trigger_canvas(payload, settings):
    return _post("/canvas/trigger/send", trigger_body(payload))


@integration.action(
    "Upsert Catalog Item",
    slug="upsertCatalogItem",
    fields=CATALOG_ITEM,
    batch=Batch(size=50, max_size=50, keys=("catalog_name", "onMappingSave")),
)
def upsert_catalog_item(payload, settings, *, sync_mode):
    return (yield from change_item(payload, sync_mode))


@upsert_catalog_item.batch
def upsert_catalog_items(payloads, settings, *, sync_mode):
    return (yield from change_items(payloads, sync_mode))


for _action in (ecommerce, ecommerce_single_product):
    _action.batch(shop_events)
    _action.answer(read_shop_answer)
for _action in (update_user_profile, update_user_profile2):
    _action.answer(read_answer)
