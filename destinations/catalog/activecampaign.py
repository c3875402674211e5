"""ActiveCampaign: contacts, lists, tags, and what contacts did.

API: https://developers.activecampaign.com/reference/overview (contacts, custom fields, tags, event
tracking).
Facts: reference/destination-catalog/marketing.md, "ActiveCampaign (classic)" (read 2026-11-25). A
classic destination has one fixed translation; here it is the actions `identify`, `track` and
`page`, on by default. `actid` and `key`, which Segment does not ask for, are those of event
tracking, which each account has to switch on.
"""

import json
from urllib.parse import quote

from destinations.integration import (
    Field,
    Integration,
    InvalidSettings,
    Rejected,
    Request,
    Setting,
    first_of,
    path,
    required_if,
    text_of,
)

TRACKER = "https://trackcmp.net"
LONGEST_EVENT = 32
PAGE = 100
STATUS = {"active": 1, "unsubscribed": 2}

# Traits with a meaning of their own are never custom fields.
RESERVED = {"email", "firstName", "lastName", "phone", "tags", "tagsReset", "lists"}


def _api(method, url, settings, body=None, **parts):
    # Not the integration's auth: the tracker must not see the API key.
    if body is not None:
        parts["json"] = body
    headers = {"Api-Token": settings["apiKey"]}
    return Request(method, f"{settings['apiSecret'].rstrip('/')}/api/3/{url}", headers, **parts)


integration = Integration(
    slug="activecampaign",
    name="ActiveCampaign",
    category="marketing",
    docs_url="https://developers.activecampaign.com/reference/overview",
    check=lambda settings: _api("GET", "users/me", settings),
    names=("ActiveCampaign",),
    description="Contacts, lists, tags, and what contacts did.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="Settings → Developer"),
        Setting(
            "apiSecret",
            "API URL",
            type="url",
            required=True,
            secret=True,
            aliases=("apiUrl",),
            help="Settings → Developer. Segment calls it the API secret",
        ),
        Setting("actid", "Event tracking: actid", help="Settings → Tracking → Event tracking"),
        Setting("key", "Event tracking: key", secret=True, help="Settings → Tracking → Event key"),
    ],
)


@integration.action(
    "Create or update a contact",
    trigger='type = "identify"',
    fields=[
        Field("email", default=path("$.traits.email"), required=True),
        # A contact is created only with a name.
        Field("firstName", default=path("$.traits.firstName")),
        Field(
            "lastName", default=path("$.traits.lastName"), required=required_if("firstName", "is")
        ),
        Field("phone", default=path("$.traits.phone")),
        Field("tags", default=path("$.traits.tags"), multiple=True),
        Field("tagsReset", "boolean", path("$.traits.tagsReset")),
        Field(
            "lists",
            "object",
            path("$.traits.lists"),
            multiple=True,
            properties=(
                Field("id", required=True),
                Field("status", default="active", choices=tuple(STATUS)),
            ),
        ),
        Field("traits", "object", path("$.traits")),
    ],
)
def identify(payload, settings):
    names = ("email", "firstName", "lastName", "phone")
    contact = {name: payload[name] for name in names if name in payload}
    custom = {k: v for k, v in (payload.get("traits") or {}).items() if k not in RESERVED}
    if custom:
        values = yield from _field_values(custom, settings)
        contact |= {"fieldValues": values} if values else {}
    answer = yield _api("POST", "contact/sync", settings, {"contact": contact})
    contact_id = answer.object().get("contact", {}).get("id")
    for one in payload.get("lists") or ():
        membership = {
            "list": one["id"],
            "contact": contact_id,
            "status": STATUS[one.get("status", "active")],
        }
        yield _api("POST", "contactLists", settings, {"contactList": membership})
    if payload.get("tagsReset"):
        yield from _remove_tags(contact_id, settings)
    for tag in payload.get("tags") or ():
        tag_id = yield from _find_or_create_tag(tag, settings)
        added = {"contact": contact_id, "tag": tag_id}
        yield _api("POST", "contactTags", settings, {"contactTag": added})


def _field_values(traits, settings):
    """Return the traits that have a custom field of the same name, by the field's id."""
    found, offset = [], 0
    wanted = {name.lower(): value for name, value in traits.items() if value is not None}
    while True:
        query = {"limit": PAGE, "offset": offset}
        answer = yield _api("GET", "fields", settings, query=query)
        fields = answer.object().get("fields") or []
        for field in fields:
            for name in (field.get("title"), field.get("perstag")):
                if str(name).lower() in wanted:
                    value = wanted.pop(str(name).lower())
                    found.append({"field": field["id"], "value": _field_value(value)})
        offset += PAGE
        if len(fields) < PAGE or not wanted:
            return found


def _field_value(value):
    if type(value) is list:
        # How ActiveCampaign writes several choices.
        return f"||{'||'.join(map(text_of, value))}||"
    return text_of(value)


def _find_or_create_tag(tag, settings):
    answer = yield _api("GET", "tags", settings, query={"search": tag})
    for one in answer.object().get("tags") or ():
        if one.get("tag") == tag:
            return one.get("id")
    body = {"tag": {"tag": tag, "tagType": "contact"}}
    answer = yield _api("POST", "tags", settings, body)
    return answer.object().get("tag", {}).get("id")


def _remove_tags(contact_id, settings):
    url = f"contacts/{quote(str(contact_id), safe='')}/contactTags"
    answer = yield _api("GET", url, settings)
    for one in answer.object().get("contactTags") or ():
        yield _api("DELETE", f"contactTags/{quote(str(one.get('id')), safe='')}", settings)


EMAIL = Field(
    "email",
    default=first_of("$.context.traits.email", "$.traits.email", "$.properties.email"),
    required=True,
)


def _tracking(settings, *names):
    for name in names:
        if not settings.get(name):
            raise InvalidSettings(f"event tracking needs the setting {name}")
    return {name: settings[name] for name in names}


@integration.action(
    "Record an event",
    trigger='type = "track"',
    fields=[
        EMAIL,
        Field("event", default=path("$.event"), required=True),
        Field("eventdata", default=path("$.properties.acValue")),
    ],
)
def track(payload, settings):
    form = {
        **_tracking(settings, "actid", "key"),
        "event": payload["event"][:LONGEST_EVENT],
        "visit": json.dumps({"email": payload["email"]}),
    }
    if "eventdata" in payload:
        form["eventdata"] = payload["eventdata"]
    return Request("POST", f"{TRACKER}/event", form=form)


@track.answer
def read_event_answer(response, payloads):
    # The tracker answers 200 and means no.
    answer = response.json()
    if response.status >= 300 or type(answer) is not dict or answer.get("success") != 0:
        return None
    said = f"ActiveCampaign refused this: {answer.get('message')}"
    return [Rejected(said, status=400)] * len(payloads)


@integration.action(
    "Record a page view",
    trigger='type = "page"',
    fields=[
        EMAIL,
        Field("url", default=first_of("$.properties.url", "$.context.page.url"), required=True),
        Field("referrer", default=first_of("$.properties.referrer", "$.context.page.referrer")),
    ],
)
def page(payload, settings):
    query = {
        **_tracking(settings, "actid"),
        "e": payload["email"],
        "u": payload["url"],
    }
    if "referrer" in payload:
        query["r"] = payload["referrer"]
    return Request("GET", f"{TRACKER}/visit", query=query)
