"""Close: leads and contacts of a CRM for sales.

Facts: reference/destination-catalog/crm.md, "Close" (read 2026-11-25). Close does the matching.
"""

from destinations.auth import basic
from destinations.integration import Field, Integration, Preset, Request, Setting, path

URL = "https://services.close.com/webhooks/segment/actions/create-update-contact-and-lead/"

# Fields of ours that are settings to Close.
ALLOWANCES = (
    "allow_creating_new_leads",
    "allow_updating_existing_leads",
    "allow_creating_new_contacts",
    "allow_updating_existing_contacts",
    "allow_creating_duplicate_contacts",
)
CUSTOM_FIELDS = ("contact_custom_field_id_for_user_id", "lead_custom_field_id_for_company_id")

integration = Integration(
    slug="close",
    name="Close",
    category="crm",
    docs_url="https://segment.com/docs/connections/destinations/catalog/close/",
    base_url="https://services.close.com",
    auth=basic("api_key"),
    check=Request("GET", "https://api.close.com/api/v1/me/", query={"_fields": "id"}),
    names=("Close",),
    description="Keeps leads and contacts up to date.",
    settings=[
        Setting("api_key", "API key", required=True, secret=True, help="Close → Settings → API"),
        Setting(
            "lead_custom_field_id_for_company_id",
            "Lead's custom field for the company ID",
            help="cf_…",
        ),
        Setting(
            "contact_custom_field_id_for_user_id",
            "Contact's custom field for the user ID",
            help="cf_…",
        ),
    ],
    presets=[Preset("Identify calls", "createUpdateContactAndLead", 'type = "identify"')],
)


@integration.action(
    "Create or Update Contact and Lead",
    slug="createUpdateContactAndLead",
    trigger='type = "identify"',
    fields=[
        Field("lead_name", default=path("$.traits.company.name")),
        Field("lead_external_id", default=path("$.traits.company.id")),
        Field("lead_description"),
        Field("lead_status_id"),
        Field("lead_custom_fields", "object"),
        Field("contact_name", default=path("$.traits.name")),
        Field("contact_email", default=path("$.traits.email")),
        Field("contact_phone", default=path("$.traits.phone")),
        Field("contact_url", default=path("$.traits.website")),
        Field("contact_title", default=path("$.traits.title")),
        Field("contact_external_id", default=path("$.userId")),
        Field("contact_custom_fields", "object"),
        *(Field(name, "boolean", True) for name in ALLOWANCES),
    ],
)
def create_update_contact_and_lead(payload, settings):
    theirs = {name: settings[name] for name in CUSTOM_FIELDS if settings.get(name)}
    theirs |= {name: payload[name] for name in ALLOWANCES if name in payload}
    mapped = {name: value for name, value in payload.items() if name not in ALLOWANCES}
    return Request("POST", URL, json={"action_payload": mapped, "settings": theirs})
