"""SendGrid: contacts for marketing campaigns, and single e-mails from templates.

API: https://www.twilio.com/docs/sendgrid/api-reference.
Facts: reference/destination-catalog/marketing.md, "SendGrid" (read 2026-11-25), with these choices:

- Segment ships no mappings; ours upserts a contact for each identify.
- The account's custom fields are asked for only when a mapping has some.
- An unknown custom field costs its own contact, not the batch.
- A mail whose `send_at` has passed while it was tried again is sent at once; Segment refuses it.
"""

import re
from datetime import timedelta

from destinations.auth import bearer
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    all_of,
    epoch_s,
    find_moment,
    first_of,
    json_text,
    path,
    required_if,
    text_of,
)

ENDPOINTS = ("https://api.sendgrid.com", "https://api.eu.sendgrid.com")
# SendGrid sets these itself and refuses a mail that brings its own.
RESERVED_HEADERS = {
    "x-sg-id",
    "x-sg-eid",
    "received",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
}
LONGEST_CATEGORY = 255
LATEST = timedelta(hours=72)

integration = Integration(
    slug="sendgrid",
    name="SendGrid",
    category="marketing",
    docs_url="https://www.twilio.com/docs/sendgrid/api-reference",
    base_url=lambda settings: settings["endpoint"],
    auth=bearer("sendGridApiKey"),
    check=Request("GET", "/v3/user/account"),
    names=("Sendgrid Marketing Campaigns", "SendGrid Marketing Campaigns", "SendGrid"),
    description="Contacts for marketing campaigns, and single e-mails from templates.",
    settings=[
        Setting(
            "sendGridApiKey", "API key", required=True, secret=True, help="Settings → API keys"
        ),
        Setting("endpoint", "Region", type="select", default=ENDPOINTS[0], choices=ENDPOINTS),
    ],
    presets=[Preset("Identify calls", "updateUserProfile", 'type = "identify"')],
)


def _trait(name, key=None, **options):
    where = key or name
    default = first_of(f"$.traits.{where}", f"$.properties.{where}")
    return Field(name, default=default, allow_null=True, **options)


@integration.action(
    "Upsert Contact",
    slug="updateUserProfile",
    fields=[
        _trait("first_name"),
        _trait("last_name"),
        _trait("country", "address.country"),
        _trait("postal_code", "address.postal_code"),
        _trait("city", "address.city"),
        _trait("state", "address.state"),
        _trait("address_line_1", "address.line1"),
        _trait("address_line_2", "address.line2"),
        _trait("phone_number", "phone"),
        _trait("whatsapp"),
        _trait("line"),
        _trait("facebook"),
        _trait("unique_name"),
        _trait(
            "primary_email",
            "email",
            required=all_of(
                *(required_if(n, "is") for n in ("phone_number_id", "external_id", "anonymous_id"))
            ),
        ),
        _trait("phone_number_id", "phone"),
        _trait("external_id"),
        Field("anonymous_id", default=path("$.anonymousId"), allow_null=True),
        Field("customFields", "object", help="By the id or the name of the custom field"),
        Field("enable_batching", "boolean", True),
    ],
)
def update_user_profile(payload, settings):
    return (yield from update_user_profiles([payload], settings))


@update_user_profile.batch
def update_user_profiles(payloads, settings):
    ids = {}
    if any(payload.get("customFields") for payload in payloads):
        answer = yield Request("GET", "/v3/marketing/field_definitions")
        for field in answer.object().get("custom_fields") or ():
            ids[field["name"].lower()] = ids[field["id"]] = field["id"]
    contacts, outcomes = [], []
    for payload in payloads:
        try:
            contacts.append(_contact(payload, ids))
            outcomes.append(None)
        except InvalidPayload as error:
            outcomes.append(error)
    if contacts:
        yield Request("PUT", "/v3/marketing/contacts", json={"contacts": contacts})
    return outcomes


_RENAMED = {"primary_email": "email", "state": "state_province_region"}


def _contact(payload, ids):
    found = {
        _RENAMED.get(name, name): value
        for name, value in payload.items()
        if name not in ("customFields", "enable_batching")
    }
    custom = payload.get("customFields") or {}
    unknown = [name for name in custom if name not in ids and name.lower() not in ids]
    if unknown:
        raise InvalidPayload(
            [("customFields", f"SendGrid has no custom field {', '.join(unknown)}")]
        )
    if custom:
        found["custom_fields"] = {
            ids.get(name) or ids[name.lower()]: _plain(value) for name, value in custom.items()
        }
    return found


def _plain(value):
    """Custom fields are text, numbers and dates: everything else becomes JSON."""
    return json_text(value) if type(value) in (bool, dict, list) else value


def _address(name, **options):
    properties = (Field("email", format="email", required=name in ("from", "to")), Field("name"))
    return Field(name, "object", properties=properties, **options)


@integration.action(
    "Send Email with Dynamic Template",
    slug="sendEmail",
    fields=[
        Field("domain", help="Must be the domain of “from”; not sent"),
        _address("from", required=True),
        _address(
            "to",
            required=True,
            multiple=True,
            default=[{"email": path("$.properties.email"), "name": path("$.properties.name")}],
        ),
        _address("cc", multiple=True),
        _address("bcc", multiple=True),
        Field("headers", "object"),
        Field("dynamic_template_data", "object"),
        Field("template_id", required=True),
        Field("custom_args", "object"),
        Field("send_at", format="date-time"),
        _address("reply_to"),
        Field("categories", multiple=True),
        Field("ip_pool_name", minimum=3, maximum=63),
        Field("group_id", help="The unsubscribe group"),
    ],
)
def send_email(payload, settings, *, now):
    personalization = {"to": payload["to"]}
    for name in ("cc", "bcc"):
        if payload.get(name):
            personalization[name] = [one for one in payload[name] if one.get("email")]
    personalization["headers"] = _texts(payload.get("headers"))
    if payload.get("custom_args"):
        personalization["custom_args"] = _texts(payload["custom_args"])
    if "dynamic_template_data" in payload:
        personalization["dynamic_template_data"] = payload["dynamic_template_data"]
    if "send_at" in payload:
        personalization["send_at"] = epoch_s(payload["send_at"])
    _check(payload, now)
    body = {
        "personalizations": [personalization],
        "from": payload["from"],
        "reply_to": {**payload["from"], **(payload.get("reply_to") or {})},
        "template_id": _template_id(payload["template_id"]),
    }
    if payload.get("categories"):
        body["categories"] = payload["categories"]
    if "group_id" in payload:
        body["asm"] = {"group_id": _group_id(payload["group_id"])}
    if "ip_pool_name" in payload:
        body["ip_pool_name"] = payload["ip_pool_name"]
    return Request("POST", "/v3/mail/send", json=body)


def _texts(values):
    return {name: text_of(value) for name, value in (values or {}).items()}


def _check(payload, now):
    errors = []
    if not payload["from"]["email"].endswith(payload.get("domain", "")):
        errors.append(("from", "must be an address of the domain"))
    reserved = [name for name in payload.get("headers") or () if name.lower() in RESERVED_HEADERS]
    if reserved:
        errors.append(("headers", f"cannot hold {', '.join(reserved)}"))
    if any(len(name) > LONGEST_CATEGORY for name in payload.get("categories") or ()):
        errors.append(("categories", f"must be at most {LONGEST_CATEGORY} characters"))
    send_at = find_moment(payload.get("send_at"))
    if send_at is not None and send_at > now + LATEST:
        errors.append(("send_at", "must be within the next 72 hours"))
    if errors:
        raise InvalidPayload(errors)


def _template_id(text):
    # The form of Segment stores "Name [d-abc]".
    found = re.fullmatch(r"(?:.*\[)?(d-[^\[\]\s]+)\]?", text.strip(), re.S)
    if not found:
        raise InvalidPayload([("template_id", "must be a dynamic template: d-…")])
    return found[1]


def _group_id(text):
    # Segment reads the digits that come first; a label may hold them at its end.
    found = re.match(r"(?:.*\[(?=\d+\]$))?(\d+)", text.strip(), re.S | re.A)
    if not found:
        raise InvalidPayload([("group_id", "must be the number of an unsubscribe group")])
    return int(found[1])
