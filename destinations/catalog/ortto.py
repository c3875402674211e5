"""Ortto: customer data and journeys.

API: Ortto's intake for Segment; https://help.ortto.com/a-250-api-reference.
Facts: reference/destination-catalog/marketing.md, "Ortto (Actions)" (read 2026-11-25). An audience
is what Segment's on-save hook has left in a mapping (`onMappingSave`); there is no hook here.
Segment sends all that was mapped, the switches of batching and of audiences too; so do we.
"""

from destinations.auth import bearer
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    first_of,
    for_status,
    path,
    required_if,
)

# Ortto's own events: sent back, they would go round for ever.
OWN_NAMESPACE = "ortto.com"


def _base_url(settings):
    """The key tells the region in its second and third character, a test system in its first."""
    key = settings["api_key"]
    region = "".join(c for c in key[1:3].lower() if c.isascii() and c.isalnum())
    host = "ortto-stg.app" if key[:1] == "s" else "ortto.app"
    return f"https://segment-action-api-{region}.{host}/v1"


integration = Integration(
    slug="ortto",
    name="Ortto",
    category="marketing",
    docs_url="https://help.ortto.com/a-250-api-reference",
    base_url=_base_url,
    auth=bearer("api_key"),
    check=Request("GET", "/me"),
    names=("Ortto (Actions)",),
    description="Customer data and journeys.",
    settings=[
        Setting(
            "api_key",
            "API key",
            required=True,
            secret=True,
            pattern=r"[A-Za-z0-9]{3}-\S+",
            help="Settings → Segment data source",
        ),
    ],
    presets=[
        Preset("Identify calls", "upsertContactProfile", 'type = "identify"'),
        Preset("Track calls", "trackActivity", 'type = "track"'),
    ],
)


def _address(name):
    places = (f"$.traits.address.{name}", f"$.context.traits.address.{name}")
    theirs = "post_code" if name == "postal_code" else name
    return Field(theirs, default=first_of(*places), allow_null=True)


CONTACT = [
    Field("timestamp", default=path("$.timestamp"), format="date-time", hidden=True),
    Field("message_id", default=path("$.messageId"), hidden=True),
    Field("user_id", default=path("$.userId"), required=required_if("anonymous_id", "is")),
    Field("anonymous_id", default=path("$.anonymousId"), required=required_if("user_id", "is")),
    Field("ip", default=path("$.context.ip"), format="ipv4", allow_null=True),
    Field(
        "location",
        "object",
        allow_null=True,
        properties=tuple(map(_address, ("country", "state", "city", "postal_code"))),
    ),
    Field("traits", "object", first_of("$.traits", "$.context.traits")),
    Field("audience_update_mode", default="add", choices=("add", "remove")),
    Field("onMappingSave", "object", hidden=True),
    Field("enable_batching", "boolean", True),
    Field("batch_size", "number", 500, hidden=True),
]
ACTIVITY = [
    *CONTACT,
    Field("event", default=path("$.event"), required=True),
    Field("namespace", default=path("$.context.app.namespace"), hidden=True),
    Field("properties", "object", path("$.properties")),
]
BATCH = Batch(size=500)


def _clean(payload):
    found = _named(payload)
    hook = found.pop("onMappingSave", {})
    outputs = hook.get("outputs")
    audience = outputs.get("id") if type(outputs) is dict else None
    if audience and "audience_update_mode" in found:
        found["audience"] = {"mode": found["audience_update_mode"], "id": audience}
    return found


def _named(value):
    """Return the value without members that have no name, at any depth but in lists."""
    if type(value) is not dict:
        return value
    return {name: _named(member) for name, member in value.items() if name != ""}


def _is_nameless(payload):
    return "event" in payload and not payload["event"].strip()


def _nameless():
    return InvalidPayload([("event", "needs a name")])


def _sent(payloads):
    """Return the positions of the payloads that are sent."""
    return [
        i
        for i, one in enumerate(payloads)
        if one.get("namespace") != OWN_NAMESPACE and not _is_nameless(one)
    ]


def _request(url, payloads):
    body = [_clean(payloads[i]) for i in _sent(payloads)]
    return Request("POST", url, json=body) if body else []


def read_answer(response, payloads):
    if response.status >= 300:
        return None
    answer = response.json()
    errors = answer.get("errors") if type(answer) is dict else None
    sent, outcomes = _sent(payloads), [_nameless() if _is_nameless(p) else None for p in payloads]
    for error in errors if type(errors) is list else ():
        index = error.get("index") if type(error) is dict else None
        if type(index) is int and 0 <= index < len(sent):
            status = error.get("status")
            said = f"Ortto refused this: {error.get('message')}"
            status = status if type(status) is int and status >= 400 else 400
            outcomes[sent[index]] = for_status(status, said)
    return outcomes


@integration.action(
    "Upsert Contact",
    slug="upsertContactProfile",
    trigger='type = "identify"',
    fields=CONTACT,
    batch=BATCH,
)
def upsert_contact_profile(payload, settings):
    return _request("/identify", [payload])


@upsert_contact_profile.batch
def upsert_contact_profiles(payloads, settings):
    return _request("/identify", payloads)


@integration.action(
    "Track Activity",
    slug="trackActivity",
    trigger='type = "track"',
    fields=ACTIVITY,
    batch=BATCH,
)
def track_activity(payload, settings):
    if _is_nameless(payload):
        raise _nameless()
    return _request("/track", [payload])


@track_activity.batch
def track_activities(payloads, settings):
    return _request("/track", payloads)


upsert_contact_profile.answer(read_answer)
track_activity.answer(read_answer)
