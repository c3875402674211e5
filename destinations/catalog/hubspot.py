"""HubSpot: contacts, companies, other records and events of a CRM.

API: https://developers.hubspot.com/docs/api/overview. Facts: reference/destination-catalog/crm.md,
"HubSpot Cloud Mode (Actions)" (read 2026-11-25). Segment connects through an app of its own; here
the app, or the token of a private one (Settings → Integrations), is the operator's.

Differences from Segment, and why:
- "Associate contact" needs the contact's id, which Segment takes from the identify call handled in
  the same breath. We ask HubSpot for the contact with the event's e-mail address instead.
- Nothing is remembered between events, so a custom event asks for its definition each time, and a
  list for its id. For the same reason missing properties of records are created when HubSpot
  complains, and only with a property group; Segment compares all definitions first.
- Definitions of events say "created by Switchyard".
- Of a custom event's properties, Segment turns empty text and empty lists into 0 and sends null as
  0. Here they stay what they are, and null is left out.
- Custom object records are updated with lists and objects as text, as they are created; Segment
  forgets this, and HubSpot refuses them.
- A batch creates the contacts that HubSpot does not find, whatever it says of them otherwise.

Segment ships no mappings. Ours send track calls as custom events, as those alone need no name that
was agreed with HubSpot before.
"""

import re

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
from destinations.catalog._hubspot_values import (
    association_type,
    flat,
    in_path,
    search,
    search_one,
    several_records,
)
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

# HubSpot refuses to ask unless these are the scopes of the app, all of them; the optional ones are
# left out for accounts that do not have what they are about. (working-with-oauth and scopes at
# https://developers.hubspot.com/docs, read 2026-11-25)
CONSENT = {
    "scope": (
        "oauth crm.objects.contacts.read crm.objects.contacts.write crm.schemas.contacts.read "
        "crm.schemas.contacts.write crm.objects.companies.read crm.objects.companies.write "
        "crm.schemas.companies.read crm.schemas.companies.write crm.lists.read crm.lists.write"
    ),
    "optional_scope": (
        "crm.objects.deals.read crm.objects.deals.write crm.objects.custom.read "
        "crm.objects.custom.write crm.schemas.custom.read tickets "
        "behavioral_events.event_definitions.read_write analytics.behavioral_events.send"
    ),
}

integration = Integration(
    slug="hubspot",
    name="HubSpot",
    category="crm",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-hubspot-cloud/",
    base_url="https://api.hubapi.com",
    auth=oauth(
        "https://api.hubapi.com/oauth/v1/token",
        authorize_url="https://app.hubspot.com/oauth/authorize",
        consent=CONSENT,
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
    kind = in_path(payload["objectType"])
    records = f"/crm/v3/objects/{kind}"
    found = yield from search_one(records, payload.get("customObjectSearchFields"))
    to_type, label = in_path(payload.get("toObjectType") or ""), payload.get("associationLabel")
    others = to_id = None
    if to_type and label:
        sought = payload.get("searchFieldsToAssociateCustomObjects")
        others, to_id = yield from search(f"/crm/v3/objects/{to_type}", sought)
    joined = [_numbered(association_type(label))] if others == 1 else []
    properties = flat(payload["properties"])
    if found:
        yield Request("PATCH", f"{records}/{found}", json={"properties": properties})
        if joined:
            url = f"/crm/v4/objects/{kind}/{found}/associations/{to_type}/{to_id}"
            yield Request("PUT", url, json=joined)
    elif payload.get("createNewCustomRecord", True):
        associations = [{"to": {"id": to_id}, "types": joined}] if joined else []
        body = {"properties": properties, "associations": associations}
        yield Request("POST", records, json=body)
    else:
        return
    if others and others > 1:
        # The record is written all the same; only whom to join it to is in doubt.
        raise several_records()


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


def _numbered(association):
    """Here, and not in batches, HubSpot is given the number of the type as a number."""
    number = association["associationTypeId"]
    if not number.isdecimal():
        raise InvalidPayload([("associationLabel", "must end in the number of a type")])
    return {**association, "associationTypeId": int(number)}


def _email_of(event):
    event = event or {}
    context = event.get("context") if type(event.get("context")) is dict else {}
    for part in (event.get("traits"), context.get("traits"), event.get("properties")):
        if type(part) is dict and type(part.get("email")) is str and part["email"]:
            return part["email"]
    return None
