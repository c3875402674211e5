"""Pipedrive: persons, organizations, activities, deals, leads and notes of a CRM.

API: https://developers.pipedrive.com/docs/api/v1. Facts: reference/destination-catalog/crm.md,
"Actions Pipedrive" (read 2026-11-25).

Differences from Segment: a look-up that fails for a while (429, 5xx) is tried again later. Segment
takes every failure for "not found", and creates what is there already. And a match field "id" is
not written on what is created: Pipedrive gives the ids.
"""

from urllib.parse import quote

from destinations.auth import query
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Rejected,
    Request,
    Setting,
    first_of,
    path,
    text_of,
)

integration = Integration(
    slug="pipedrive",
    name="Pipedrive",
    category="crm",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-pipedrive/",
    base_url=lambda settings: f"https://{settings['domain']}.pipedrive.com/api/v1",
    auth=query("api_token", "apiToken"),
    check=Request("GET", "/users/me"),
    names=("Actions Pipedrive",),
    description="Keeps persons and organizations of the CRM up to date.",
    settings=[
        Setting(
            "domain",
            "Domain",
            required=True,
            pattern=r"[A-Za-z0-9-]+",
            help="What stands before .pipedrive.com",
        ),
        Setting("apiToken", "API token", required=True, secret=True),
        Setting("personField", "Field that finds persons", default="id"),
        Setting("organizationField", "Field that finds organizations", default="id"),
        Setting("dealField", "Field that finds deals", default="id"),
    ],
    presets=[
        Preset("Identify calls", "createUpdatePerson", 'type = "identify"'),
        Preset("Group calls", "createUpdateOrganization", 'type = "group"'),
        Preset(
            "Activities",
            "createUpdateActivity",
            'type = "track" and event = "Activity Upserted"',
        ),
    ],
)

VISIBLE_TO = Field("visible_to", "integer", choices=(1, 3, 5, 7))
ADD_TIME = Field("add_time", "datetime")
CUSTOM_FIELDS = Field("custom_fields", "object")
RELATED = [
    Field("person_match_field"),
    Field("person_match_value", default=path("$.userId")),
    Field("organization_match_field"),
    Field("organization_match_value", default=path("$.context.groupId")),
]
DEAL = [
    Field("deal_match_field"),
    Field("deal_match_value", default=path("$.properties.deal_id")),
]


def _of_property(*names, kind="string"):
    return [Field(name, kind, path(f"$.properties.{name}")) for name in names]


def _of_trait(name, kind="string", **changes):
    return Field(name, kind, first_of(f"$.traits.{name}", f"$.properties.{name}"), **changes)


@integration.action(
    "Create or Update Organization",
    slug="createUpdateOrganization",
    trigger='type = "group"',
    fields=[
        Field("match_field"),
        Field("match_value", default=path("$.groupId"), required=True),
        Field("name", default=path("$.traits.name")),
        VISIBLE_TO,
        ADD_TIME,
        CUSTOM_FIELDS,
    ],
)
def create_update_organization(payload, settings):
    found = yield from _find("organization", payload, settings)
    sent = _chosen(payload, "name", "add_time", "visible_to")
    yield _write("organizations", found, sent, payload)


@integration.action(
    "Create or Update Person",
    slug="createUpdatePerson",
    trigger='type = "identify"',
    fields=[
        Field("match_field"),
        Field("match_value", default=path("$.userId"), required=True),
        Field("name", default=path("$.traits.name")),
        Field("email", default=path("$.traits.email"), multiple=True),
        Field("phone", default=path("$.traits.phone"), multiple=True),
        VISIBLE_TO,
        ADD_TIME,
        CUSTOM_FIELDS,
    ],
)
def create_update_person(payload, settings):
    found = yield from _find("person", payload, settings)
    sent = _chosen(payload, "name", "email", "phone", "add_time", "visible_to")
    yield _write("persons", found, sent, payload)


@integration.action(
    "Create or update an Activity",
    slug="createUpdateActivity",
    trigger='type = "track" and event = "Activity Upserted"',
    fields=[
        *_of_property("activity_id", kind="integer"),
        *RELATED,
        *DEAL,
        *_of_property("subject", "type", "description", "note", "due_date", "due_time"),
        *_of_property("duration"),
        *_of_property("done", kind="boolean"),
    ],
)
def create_update_activity(payload, settings):
    person, organization, deal = yield from _find_related(payload, settings)
    names = ("subject", "type", "note", "due_date", "due_time", "duration")
    sent = _chosen(payload, *names) | _links(person_id=person, org_id=organization, deal_id=deal)
    if "description" in payload:
        sent["public_description"] = payload["description"]
    # Always 0 or 1: without a word it is not done.
    sent["done"] = int(payload.get("done", False))
    yield _write("activities", payload.get("activity_id"), sent)


@integration.action(
    "Create or update a Deal",
    slug="createUpdateDeal",
    trigger='type = "track" and event = "Deal Upserted"',
    fields=[
        *DEAL,
        *RELATED,
        Field("title", default=path("$.properties.title"), required=True),
        *_of_property("value", "currency"),
        *_of_property("stage_id", kind="number"),
        Field("status", choices=("open", "won", "lost", "deleted")),
        *_of_property("expected_close_date"),
        Field("probability", "number", path("$.properties.success_probability")),
        *_of_property("lost_reason"),
        VISIBLE_TO,
        ADD_TIME,
        CUSTOM_FIELDS,
    ],
)
def create_update_deal(payload, settings):
    person, organization, deal = yield from _find_related(payload, settings)
    if not (deal or person or organization):
        raise Rejected("no related person or organization: no deal is created", status=400)
    names = ("title", "value", "currency", "stage_id", "status", "expected_close_date")
    more = ("probability", "lost_reason", "visible_to", "add_time")
    sent = _chosen(payload, *names, *more) | _links(person_id=person, org_id=organization)
    yield _write("deals", deal, sent, payload, "deal_")


@integration.action(
    "Create or update Lead",
    slug="createUpdateLead",
    trigger='type = "identify"',
    fields=[
        _of_trait("lead_id"),
        *RELATED,
        _of_trait("title", required=True),
        _of_trait("amount", "number"),
        _of_trait("currency"),
        _of_trait("expected_close_date"),
        VISIBLE_TO,
    ],
)
def create_update_lead(payload, settings):
    person, organization, _ = yield from _find_related(payload, settings)
    if not (payload.get("lead_id") or person or organization):
        raise Rejected("no related person or organization: no lead is created", status=400)
    sent = _chosen(payload, "title", "expected_close_date", "visible_to")
    sent |= _links(person_id=person, organization_id=organization)
    if payload.get("amount") and payload.get("currency"):
        sent["value"] = _chosen(payload, "amount", "currency")
    yield _write("leads", payload.get("lead_id"), sent)


@integration.action(
    "Create or update a Note",
    slug="createUpdateNote",
    trigger='type = "track" and event = "Note Upserted"',
    fields=[
        *_of_property("note_id", kind="integer"),
        *_of_property("lead_id"),
        *RELATED,
        *DEAL,
        Field("content", default=path("$.properties.content"), required=True),
    ],
)
def create_update_note(payload, settings):
    person, organization, deal = yield from _find_related(payload, settings)
    lead, note = payload.get("lead_id"), payload.get("note_id")
    if not (note or lead or person or organization or deal):
        raise Rejected("nothing related was found: no note is created", status=400)
    sent = _chosen(payload, "content", "lead_id")
    sent |= _links(person_id=person, org_id=organization, deal_id=deal)
    yield _write("notes", note, sent)


def _find_related(payload, settings):
    """Look up what the payload names; three ids, None for what is not there."""
    person = yield from _find("person", payload, settings, "person_")
    organization = yield from _find("organization", payload, settings, "organization_")
    deal = yield from _find("deal", payload, settings, "deal_")
    return person, organization, deal


def _find(item, payload, settings, prefix=""):
    term = payload.get(f"{prefix}match_value")
    if not term:
        return None
    field = payload.get(f"{prefix}match_field") or settings.get(f"{item}Field") or "id"
    terms = {
        "term": term,
        "field_key": field,
        "exact_match": "true",
        "return_item_ids": "true",
        "field_type": f"{item}Field",
    }
    try:
        response = yield Request("GET", "/itemSearch/field", query=terms)
    except Rejected:
        # Pipedrive refuses terms that the field cannot hold: then there is no such item.
        return None
    found = response.objects("data")
    return found[0].get("id") if found else None


def _write(items, found, sent, payload=None, prefix=""):
    payload = payload or {}
    field = payload.get(f"{prefix}match_field")
    if not found and field and field != "id" and payload.get(f"{prefix}match_value"):
        # So that the next event finds it.
        sent[field] = payload[f"{prefix}match_value"]
    if "add_time" in sent:
        sent["add_time"] = text_of(sent["add_time"])
    sent |= payload.get("custom_fields") or {}
    if not found:
        return Request("POST", f"/{items}", json=sent)
    method = "PATCH" if items == "leads" else "PUT"
    return Request(method, f"/{items}/{quote(text_of(found), safe='')}", json=sent)


def _chosen(payload, *names):
    return {name: payload[name] for name in names if name in payload}


def _links(**ids):
    return {name: found for name, found in ids.items() if found}
