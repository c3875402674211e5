"""Salesforce Marketing Cloud: contacts, rows of data extensions, and events that start journeys.

API: https://developer.salesforce.com/docs/marketing/marketing-cloud/references (rows of data
extensions, synchronous and asynchronous; `GET /v2/userinfo`). Facts:
reference/destination-catalog/marketing.md, "Salesforce Marketing Cloud (Actions)", and, where it is
silent, Segment's open source (destinations/salesforce-marketing-cloud). All read 2026-11-25.
Choices:

- The data extension of a V2 or asynchronous mapping is what Segment's on-save hook has left
  (`onMappingSave`), or the field `dataExtensionId`. They are made at Salesforce, not here.
- Rows that were sent asynchronously count as delivered when Salesforce has accepted them. Segment
  asks later what became of each; a builder here cannot wait.
- That some failures to save rows pass by themselves holds for single events, too; Segment repeats
  batches only.
- Segment ships no mappings. Ours creates contacts, as the other actions need names of columns.
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from destinations.auth import OAuth2, oauth2
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    InvalidSettings,
    Preset,
    Request,
    ServerFault,
    Setting,
    path,
    text_of,
)

SUBDOMAIN = r"[A-Za-z0-9-]+"
CANNOT_SAVE = (10006, "Unable to save rows for data extension ID")


def _url(settings, service, where):
    if not re.fullmatch(SUBDOMAIN, settings["subdomain"]):
        # It would send the client's secret, or people's data, to another host.
        raise InvalidSettings("the subdomain may hold letters, digits and hyphens only")
    return f"https://{settings['subdomain']}.{service}.marketingcloudapis.com{where}"


def token_url(settings):
    return _url(settings, "auth", "/v2/token")


@dataclass(frozen=True)
class AccountGrant(OAuth2):
    """Client credentials, for one account (business unit) of several."""

    def token_request(self, settings, auth, now=None):
        request = super().token_request(settings, auth, now)
        return replace(request, form={"account_id": settings["account_id"], **request.form})


integration = Integration(
    slug="salesforce-marketing-cloud",
    name="Salesforce Marketing Cloud",
    category="marketing",
    docs_url="https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/",
    base_url=lambda settings: f"https://{settings['subdomain']}.rest.marketingcloudapis.com",
    auth=replace(oauth2(token_url), oauth=AccountGrant(token_url, grant="client_credentials")),
    check=lambda settings: Request(
        "GET", f"https://{settings['subdomain']}.auth.marketingcloudapis.com/v2/userinfo"
    ),
    names=("Salesforce Marketing Cloud (Actions)",),
    description="Creates contacts, fills data extensions and starts journeys.",
    settings=[
        Setting(
            "subdomain",
            "Subdomain",
            required=True,
            pattern=SUBDOMAIN,
            help="The 28 characters before .rest.marketingcloudapis.com, starting with mc",
        ),
        Setting("account_id", "Account ID", required=True, help="The MID of the business unit"),
        Setting(
            "client_id",
            "Client ID",
            required=True,
            help="Setup → Installed packages → API integration (server to server)",
        ),
        Setting("client_secret", "Client secret", required=True, secret=True),
    ],
    presets=[Preset("Identify calls", "contact", 'type = "identify"')],
)

KEYS = Field("keys", "object", required=True, help="Primary keys of the row, by column")
CONTACT_KEYS = KEYS.with_(
    properties=(Field("contactKey", default=path("$.userId"), required=True),),
    additional_properties=True,
)
VALUES = Field("values", "object", required=True, help="The other values of the row, by column")
NAMED = [
    Field("key", label="Data extension key", help="The external key; goes before the ID"),
    Field("id", label="Data extension ID"),
]
SAVED = [
    Field("dataExtensionId", label="Data extension ID"),
    Field("onMappingSave", "object", hidden=True),
    Field("retlOnMappingSave", "object", hidden=True),
]
BATCHING = [
    Field("enable_batching", "boolean", False),
    Field("batch_size", "number", 10, hidden=True),
]
BY_NAME = Batch(size=10, max_size=5000, keys=("key", "id"), enabled=False)
BY_ID = Batch(size=10, max_size=5000, keys=("dataExtensionId",), enabled=False)


@integration.action(
    "Create Contact",
    slug="contact",
    trigger='type = "identify"',
    fields=[Field("contactKey", default=path("$.userId"), required=True)],
)
def create_contact(payload, settings):
    contact = {"contactKey": payload["contactKey"], "attributeSets": []}
    return Request("POST", _url(settings, "rest", "/contacts/v1/contacts"), json=contact)


@integration.action(
    "Send API Event",
    slug="apiEvent",
    fields=[
        Field("eventDefinitionKey", required=True, help="Of the journey's entry event"),
        Field("contactKey", default=path("$.userId"), required=True),
        Field("data", "object"),
    ],
)
def send_api_event(payload, settings):
    return Request("POST", _url(settings, "rest", "/interaction/v1/events"), json=payload)


def upsert_row(payload, settings):
    return upsert_rows([payload], settings)


def upsert_rows(payloads, settings):
    """Upsert the rows of one data extension; Salesforce stops at the first that it refuses."""
    rows = [{"keys": one["keys"], "values": one["values"]} for one in payloads]
    where = f"/hub/v1/dataevents/{_extension_of(payloads[0])}/rowset"
    return Request("POST", _url(settings, "rest", where), json=rows)


def _extension_of(payload):
    if payload.get("key"):
        return f"key:{quote(payload['key'], safe='')}"
    found = payload.get("id") or _saved_id(payload) or payload.get("dataExtensionId")
    if not found:
        raise InvalidPayload([("id", "or key is required: it names the data extension")])
    return quote(found, safe="")


def _saved_id(payload):
    for hook in ("onMappingSave", "retlOnMappingSave"):
        outputs = (payload.get(hook) or {}).get("outputs")
        if type(outputs) is dict and outputs.get("id"):
            return text_of(outputs["id"])
    return None


def read_answer(response, payloads):
    answer = response.json()
    if response.status != 400 or type(answer) is not dict or answer.get("additionalErrors"):
        return None
    code, words = CANNOT_SAVE
    if answer.get("errorcode") != code or words not in text_of(answer.get("message")):
        return None
    error = ServerFault(f"Salesforce Marketing Cloud said: {answer['message']}", status=500)
    return [error] * len(payloads)


def _register(slug, label, trigger, fields, batch):
    action = integration.action(
        label, slug=slug, trigger=trigger, batch=batch, fields=[*fields, VALUES, *BATCHING]
    )(upsert_row)
    action.batch(upsert_rows)
    action.answer(read_answer)


EVENT, CONTACT = "Send Event to Data Extension", "Send Contact to Data Extension"
IDENTIFY = 'type = "identify"'
_register("dataExtension", EVENT, "", [*NAMED, KEYS], BY_NAME)
_register("contactDataExtension", CONTACT, IDENTIFY, [*NAMED, CONTACT_KEYS], BY_NAME)
_register("dataExtensionV2", f"{EVENT} (V2)", "", [*SAVED, KEYS], BY_ID)
_register("contactDataExtensionV2", f"{CONTACT} (V2)", IDENTIFY, [*SAVED, CONTACT_KEYS], BY_ID)


@integration.action(
    "Send Event asynchronously to Data Extension",
    slug="asyncDataExtension",
    batch=Batch(size=28000, max_size=30000, bytes=5_000_000, keys=("dataExtensionId",)),
    fields=[
        *SAVED,
        KEYS,
        VALUES,
        Field("enable_batching", "boolean", True, hidden=True),
        Field("batch_bytes", "number", 5_000_000, hidden=True),
        Field("batch_size", "number", 28000, minimum=1000, maximum=30000, hidden=True),
        Field("subscription_type", default="async", choices=("sync", "async"), hidden=True),
    ],
)
def queue_row(payload, settings):
    return queue_rows([payload], settings)


@queue_row.batch
def queue_rows(payloads, settings):
    items = [{**one["keys"], **one["values"]} for one in payloads]
    where = f"/data/v1/async/dataextensions/{_extension_of(payloads[0])}/rows"
    return Request("PUT", _url(settings, "rest", where), json={"items": items})
