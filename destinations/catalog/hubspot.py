"""HubSpot: contacts, companies, other records and events of a CRM.

API: https://developers.hubspot.com/docs/api/overview. Facts: reference/destination-catalog/crm.md,
"HubSpot Cloud Mode (Actions)" (read 2026-11-23). Segment connects through an app of its own; here
the app, or the token of a private one (Settings → Integrations), is the operator's.

Differences from Segment, and why:
- "Associate contact" needs the contact's id, which Segment takes from the identify call handled in
  the same breath. We ask HubSpot for the contact with the event's e-mail address instead.
- Nothing is remembered between events, so a custom event asks for its definition each time.
- Missing properties of records are created when HubSpot complains, and only with a property group.
- Lists (for audiences) are not kept.

Segment ships no mappings. Ours send track calls as custom events, as those alone need no name that
was agreed with HubSpot before.
"""

import re
from urllib.parse import quote

from destinations.catalog._hubspot_companies import COMPANIES, GROUP_ID, write_company
from destinations.catalog._hubspot_contacts import (
    CONTACTS,
    find_contact_id,
    write_contact,
    write_contacts,
)
from destinations.catalog._hubspot_events import send_custom_event
from destinations.catalog._hubspot_fields import (
    BEHAVIORAL_EVENT,
    COMPANY,
    CONTACT,
    CUSTOM_EVENT,
    CUSTOM_OBJECT,
    EMAIL,
    OBJECT,
)
from destinations.catalog._hubspot_objects import write_objects
from destinations.catalog._hubspot_values import association_type, flat, search_one
from destinations.catalog._oauth import CLIENT, oauth
from destinations.integration import (
    Batch,
    Integration,
    InvalidPayload,
    Preset,
    Rejected,
    Request,
    Setting,
    path,
)

integration = Integration(
    slug="hubspot",
    name="HubSpot",
    category="crm",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-hubspot-cloud/",
    base_url="https://api.hubapi.com",
    auth=oauth(
        "https://api.hubapi.com/oauth/v1/token",
        authorize_url="https://app.hubspot.com/oauth/authorize",
    ),
    check=Request("GET", CONTACTS, query={"limit": 1}),
    names=(
        "Hubspot Cloud Mode (actions)",
        "Hubspot Cloud Mode (Actions)",
        "HubSpot Cloud Mode (Actions)",
    ),
    description="Keeps contacts and companies up to date and records what they do.",
    settings=[
        *CLIENT,
        Setting("portalId", "Hub ID", help="Names of behavioral events start with pe<Hub ID>_"),
    ],
    presets=[
        Preset("Identify calls", "upsertContact", 'type = "identify"'),
        Preset("Group calls", "upsertCompany", 'type = "group"', {"associateContact": False}),
        Preset(
            "Track calls",
            "customEvent",
            'type = "track"',
            {
                "event_name": path("$.event"),
                "record_details": {"object_type": "contact", "email": EMAIL},
                "properties": path("$.properties"),
            },
        ),
    ],
)


@integration.action(
    "Send Custom Behavioral Event",
    slug="sendCustomBehavioralEvent",
    trigger='type = "track"',
    fields=BEHAVIORAL_EVENT,
)
def send_behavioral_event(payload, settings):
    name = payload["eventName"].lower().replace(" ", "_")
    hub = settings.get("portalId")
    if not re.match(f"pe{re.escape(hub)}_" if hub else r"pe[0-9]+_", name):
        raise InvalidPayload([("eventName", f"must start with pe{hub or '<Hub ID>'}_")])
    if not any(payload.get(one) for one in ("email", "utk", "objectId")):
        raise InvalidPayload([("email", "is required without a utk and an objectId")])
    event = {**payload, "eventName": name}
    if "properties" in event:
        event["properties"] = flat(event["properties"])
    return Request("POST", "/events/v3/send", json=event)


@integration.action(
    "Upsert Contact",
    slug="upsertContact",
    trigger='type = "identify"',
    batch=Batch(size=100, max_size=100, enabled=False),
    fields=CONTACT,
)
def upsert_contact(payload, settings):
    yield from write_contact(payload)


@upsert_contact.batch
def upsert_contacts(payloads, settings):
    return (yield from write_contacts(payloads))


@integration.action(
    "Upsert Company", slug="upsertCompany", trigger='type = "group"', fields=COMPANY
)
def upsert_company(payload, settings, *, event):
    if GROUP_ID in (payload.get("properties") or {}):
        raise InvalidPayload([("properties", f"cannot hold {GROUP_ID}")])
    email = _email_of(event) if payload["associateContact"] else None
    if payload["associateContact"] and not email:
        raise Rejected("Identify must be called before Group: there is no e-mail address")
    company_id = yield from write_company(payload)
    if email and company_id:
        contact_id = yield from find_contact_id(email)
        if contact_id:
            join = f"associations/contacts/{contact_id}/company_to_contact"
            yield Request("PUT", f"{COMPANIES}/{company_id}/{join}")


@integration.action(
    "Upsert Custom Object Record", slug="upsertCustomObjectRecord", fields=CUSTOM_OBJECT
)
def upsert_custom_object_record(payload, settings):
    records = f"/crm/v3/objects/{quote(payload['objectType'], safe='')}"
    found = yield from search_one(records, payload.get("customObjectSearchFields"))
    properties = flat(payload["properties"])
    if found:
        url = f"{records}/{found}"
        response = yield Request("PATCH", url, json={"properties": properties})
    elif not payload.get("createNewCustomRecord", True):
        return
    else:
        body = {"properties": properties, "associations": []}
        response = yield Request("POST", records, json=body)
    to_type, label = payload.get("toObjectType"), payload.get("associationLabel")
    sought = payload.get("searchFieldsToAssociateCustomObjects")
    record_id = response.json().get("id")
    if not (to_type and label and sought and record_id):
        return
    to_type = quote(to_type, safe="")
    to_id = yield from search_one(f"/crm/v3/objects/{to_type}", sought)
    if to_id:
        kind = quote(payload["objectType"], safe="")
        url = f"/crm/v4/objects/{kind}/{record_id}/associations/{to_type}/{to_id}"
        yield Request("PUT", url, json=[association_type(label)])


@integration.action(
    "Custom Object V2",
    slug="upsertObject",
    batch=Batch(size=100, max_size=100, keys=("list_details",)),
    fields=OBJECT,
)
def upsert_object(payload, settings, *, sync_mode):
    return (yield from write_objects([payload], sync_mode))


@upsert_object.batch
def upsert_objects(payloads, settings, *, sync_mode):
    return (yield from write_objects(payloads, sync_mode))


@integration.action("Custom Event V2", slug="customEvent", fields=CUSTOM_EVENT)
def custom_event(payload, settings, *, sync_mode):
    yield from send_custom_event(payload, sync_mode)


def _email_of(event):
    event = event or {}
    context = event.get("context") if type(event.get("context")) is dict else {}
    for part in (event.get("traits"), context.get("traits"), event.get("properties")):
        if type(part) is dict and type(part.get("email")) is str and part["email"]:
            return part["email"]
    return None
