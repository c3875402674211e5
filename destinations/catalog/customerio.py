"""Customer.io: messages that follow what people do.

API: https://docs.customer.io/integrations/api/track/ (v2 and its batch, read 2026-11-23).
Facts: reference/destination-catalog/marketing.md, "Actions Customerio" (read 2026-11-25), with one
choice: a batch of groups goes as two requests when anonymous people are among them, and what the
first one's answer leaves out in part is not seen.
"""

from urllib.parse import quote

from destinations.auth import basic
from destinations.catalog import _customerio_operations as operations
from destinations.catalog._customerio_fields import (
    ANONYMOUS,
    BATCHING,
    CONVERT,
    DEVICE,
    EVENT,
    IDENTITY,
    OBJECT_TYPE,
    PERSON,
)
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Rejected,
    Request,
    Setting,
    epoch_s,
    fields_but,
    path,
)

US, EU = "US 🇺🇸", "EU 🇪🇺"
HOSTS = {US: "https://track.customer.io", EU: "https://track-eu.customer.io"}

# Track calls that mean something else than an event.
_SPECIAL = (
    "Application Installed",
    "Application Opened",
    "Application Uninstalled",
    "Device Created or Updated",
    "Device Deleted",
    "Relationship Deleted",
    "User Deleted",
    "User Suppressed",
    "User Unsuppressed",
    "Object Deleted",
    "Report Delivery Event",
    "Report Content Event",
)


def _named(*names):
    return " or ".join(f'event = "{name}"' for name in names)


_DEVICE = _named("Application Installed", "Application Opened", "Device Created or Updated")
_DEVICE_GONE = _named("Application Uninstalled", "Device Deleted")
_EVENT = 'type = "track" and ' + " and ".join(f'event != "{name}"' for name in _SPECIAL)


def delete_user(user_id, settings):
    return Request("DELETE", f"/api/v1/customers/{quote(user_id, safe='')}")


integration = Integration(
    slug="customerio",
    name="Customer.io",
    category="marketing",
    docs_url="https://docs.customer.io/integrations/api/track/",
    base_url=lambda settings: HOSTS[settings.get("accountRegion") or US],
    auth=basic("siteId", "apiKey"),
    # Segment asks here for accounts of both regions.
    check=Request("GET", "https://track.customer.io/auth"),
    delete_user=delete_user,
    names=("Actions Customerio", "Customer.io Actions", "Customer.io (Actions)"),
    description="Messages that follow what people do.",
    settings=[
        Setting("siteId", "Site ID", required=True, secret=True, help="Settings → API credentials"),
        Setting("apiKey", "API key", required=True, secret=True, help="Settings → API credentials"),
        Setting("accountRegion", "Region", type="select", default=US, choices=(US, EU)),
    ],
    presets=[
        Preset("Identify calls", "createUpdatePerson", 'type = "identify"'),
        Preset("Devices", "createUpdateDevice", _DEVICE),
        Preset("Devices that are gone", "deleteDevice", _DEVICE_GONE),
        Preset("Relationship Deleted", "deleteRelationship", _named("Relationship Deleted")),
        Preset("User Deleted", "deletePerson", _named("User Deleted")),
        Preset("Object Deleted", "deleteObject", _named("Object Deleted")),
        Preset("Track calls", "trackEvent", _EVENT),
        Preset("Page calls", "trackPageView", 'type = "page"'),
        Preset("Screen calls", "trackScreenView", 'type = "screen"'),
        Preset("Group calls", "createUpdateObject", 'type = "group"'),
        Preset("Alias calls", "mergePeople", 'type = "alias"'),
        Preset("User Suppressed", "suppressPerson", _named("User Suppressed")),
        Preset("User Unsuppressed", "unsuppressPerson", _named("User Unsuppressed")),
        Preset("Report Delivery Event", "reportDeliveryEvent", _named("Report Delivery Event")),
        Preset("Report Content Event", "reportContentEvent", _named("Report Content Event")),
    ],
)


def _one(operation):
    return Request("POST", "/api/v2/entity", json=operation)


def _many(all_operations):
    return Request("POST", "/api/v2/batch", json={"batch": all_operations})


def read_answer(response, payloads):
    """A batch is taken in part: its answer names by `batch_index` what was left out."""
    answer = response.json()
    errors = answer.get("errors") if type(answer) is dict else None
    if response.status >= 300 or type(errors) is not list:
        return None
    outcomes = [None] * len(payloads)
    for error in errors:
        index = error.get("batch_index") if type(error) is dict else None
        if type(index) is int and 0 <= index < len(payloads):
            said = error.get("message") or error.get("reason") or "no reason given"
            outcomes[index] = Rejected(f"Customer.io refused this: {said}", status=400)
    return outcomes


def _action(slug, label, trigger, fields, operation):
    """Add an action whose payloads become operations one by one."""

    def build(payload, settings):
        return _one(operation(payload))

    def build_batch(payloads, settings):
        return _many([operation(payload) for payload in payloads])

    action = integration.action(
        label, slug=slug, trigger=trigger, fields=fields, batch=Batch(size=50, max_size=100)
    )(build)
    action.batch(build_batch)
    action.answer(read_answer)


_action(
    "createUpdatePerson",
    "Create or Update Person",
    'type = "identify"',
    IDENTITY,
    operations.identify,
)
_action(
    "trackEvent",
    "Track Event",
    _EVENT,
    EVENT,
    lambda payload: operations.event("event", payload, payload["name"]),
)
_action(
    "trackPageView",
    "Track Page View",
    'type = "page"',
    [*fields_but(EVENT, "name"), Field("url", default=path("$.properties.url"), required=True)],
    lambda payload: operations.event("page", payload, payload["url"]),
)
_action(
    "trackScreenView",
    "Track Screen View",
    'type = "screen"',
    [
        *fields_but(EVENT, "name"),
        Field("name", default=path("$.name"), required=True),
    ],
    lambda payload: operations.event("screen", payload, payload["name"]),
)
_action(
    "createUpdateDevice",
    "Create or Update Device",
    _DEVICE,
    [
        PERSON,
        DEVICE,
        Field("app_version", default=path("$.context.app.version")),
        Field("platform", default=path("$.context.device.type"), required=True),
        Field("last_used", default=path("$.timestamp")),
        Field("attributes", "object", path("$.properties")),
        CONVERT,
        *BATCHING,
    ],
    operations.add_device,
)
_action(
    "deleteDevice",
    "Delete Device",
    _DEVICE_GONE,
    [PERSON, DEVICE, *BATCHING],
    operations.delete_device,
)
_action(
    "deleteRelationship",
    "Delete Relationship",
    _named("Relationship Deleted"),
    [
        PERSON,
        ANONYMOUS,
        Field("object_id", default=path("$.properties.objectId"), required=True),
        OBJECT_TYPE,
        *BATCHING,
    ],
    operations.delete_relationship,
)
_action(
    "deleteObject",
    "Delete Object",
    _named("Object Deleted"),
    [
        Field("object_id", default=path("$.properties.objectId")),
        OBJECT_TYPE,
        *BATCHING,
    ],
    operations.delete_object,
)
for _slug, _label, _event, _verb in (
    ("deletePerson", "Delete Person", "User Deleted", "delete"),
    ("suppressPerson", "Suppress Person", "User Suppressed", "suppress"),
    ("unsuppressPerson", "Unsuppress Person", "User Unsuppressed", "unsuppress"),
):
    _action(
        _slug,
        _label,
        _named(_event),
        [PERSON, *BATCHING],
        lambda payload, verb=_verb: operations.of_person(
            verb, operations.person(payload["person_id"])
        ),
    )
_action(
    "mergePeople",
    "Merge People",
    'type = "alias"',
    [
        Field("primary", default=path("$.userId"), required=True),
        Field("secondary", default=path("$.previousId"), required=True),
        *BATCHING,
    ],
    operations.merge,
)
_action(
    "reportContentEvent",
    "Report Content Event",
    _named("Report Content Event"),
    [
        *fields_but(EVENT, "id", "name", "event_id"),
        Field(
            "actionType",
            default=path("$.properties.actionType"),
            required=True,
            choices=("viewed_content", "clicked_content"),
        ),
    ],
    operations.content_event,
)


@integration.action(
    "Create or Update Object",
    slug="createUpdateObject",
    trigger='type = "group"',
    batch=Batch(size=50, max_size=100),
    fields=[
        Field("id", default=path("$.groupId"), required=True),
        *fields_but(IDENTITY, "id", "email", "group_id", "timestamp", "custom_attributes"),
        Field("custom_attributes", "object", path("$.traits.objectAttributes")),
        Field("user_id", default=path("$.userId")),
    ],
)
def create_update_object(payload, settings):
    return _one(operations.describe_object(payload))


@create_update_object.batch
def create_update_objects(payloads, settings):
    # Customer.io takes one sort of operation on objects in a batch.
    sorts = {}
    for payload in payloads:
        operation = operations.describe_object(payload)
        sorts.setdefault(operation["action"], []).append(operation)
    return [_many(found) for found in sorts.values()]


@create_update_object.answer
def read_object_answer(response, payloads):
    # Of two requests only the last is seen here, and its indexes are not those of the payloads.
    outcomes = read_answer(response, payloads)
    if outcomes is None or not any(outcomes):
        return None
    sorts = {operations.describe_object(payload)["action"] for payload in payloads}
    return outcomes if len(sorts) == 1 else [next(filter(None, outcomes))] * len(payloads)


@integration.action(
    "Report Delivery Event",
    slug="reportDeliveryEvent",
    trigger=_named("Report Delivery Event"),
    fields=[
        Field("delivery_id", default=path("$.properties.deliveryId"), required=True),
        Field(
            "metric",
            default=path("$.properties.metric"),
            required=True,
            choices=(
                "delivered",
                "opened",
                "clicked",
                "converted",
                "spammed",
                "bounced",
                "dropped",
                "deferred",
            ),
        ),
        Field("recipient", default=path("$.properties.recipient")),
        Field("reason", default=path("$.properties.reason")),
        Field("href", default=path("$.properties.href")),
        Field("action_name", default=path("$.properties.actionName")),
        Field("action_value", default=path("$.properties.actionValue")),
        Field("timestamp", "datetime", path("$.timestamp"), format="date-time"),
        *BATCHING,
    ],
)
def report_delivery_event(payload, settings, *, now):
    names = ("delivery_id", "metric", "recipient", "reason", "href")
    body = {name: payload[name] for name in names if name in payload}
    moment = epoch_s(payload.get("timestamp"))
    body["timestamp"] = epoch_s(now.isoformat()) if moment is None else moment
    names = ("action_name", "action_value")
    metadata = {name: payload[name] for name in names if name in payload}
    return Request(
        "POST", "/api/v1/metrics", json=body | ({"metadata": metadata} if metadata else {})
    )
