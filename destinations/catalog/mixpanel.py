"""Mixpanel: product analytics.

API: https://mixpanel.com/docs/api-documentation (what one request carries) and, for the answers,
https://docs.mixpanel.com/troubleshooting/errors: 400-bad-request, historical-events-not-appearing
(read 2026-11-23).
Facts: reference/destination-catalog/analytics.md, "Mixpanel (Actions)" (read 2026-11-25), with
these choices:

- An event without `$insert_id` gets a digest of itself. Segment's random one would make each
  attempt to send it another event.
- One request carries 2,000 events. A purchase may become many, so those that find no room in a
  batch wait for the next.
- A group's `name` and date of creation are renamed, as a person's are.
"""

import re

from destinations.auth import basic_value
from destinations.catalog._mixpanel_events import (
    event_of,
    group_profile_of,
    known,
    profile_of,
    purchase_of,
)
from destinations.catalog._mixpanel_fields import EVENT, PERSON, PURCHASE
from destinations.integration import (
    UNSET,
    Batch,
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Rejected,
    Request,
    Setting,
    Throttled,
    first_of,
    json_text,
    path,
    template,
)

# Segment stores the flags with the names.
HOSTS = {
    "US 🇺🇸": "https://api.mixpanel.com",
    "EU 🇪🇺": "https://api-eu.mixpanel.com",
    "IN 🇮🇳": "https://api-in.mixpanel.com",
}
MAX_EVENTS = 2000
MAX_INCREMENTS = 20
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?\s*", re.ASCII | re.IGNORECASE)
BATCH = Batch(size=1000, max_size=MAX_EVENTS, bytes=2_000_000)

VIEWED = {"event": template("Viewed {{name}}")}


def _host(settings):
    return HOSTS.get(settings.get("apiRegion"), HOSTS["US 🇺🇸"])


def check(settings):
    url = "https://mixpanel.com/api/app/validate-project-credentials/"
    return Request("POST", url, json={"project_token": settings["projectToken"]})


integration = Integration(
    slug="mixpanel",
    name="Mixpanel",
    category="analytics",
    docs_url="https://docs.mixpanel.com/reference",
    base_url=_host,
    check=check,
    names=("Mixpanel (Actions)",),
    description="Product analytics: funnels, retention, people and groups.",
    settings=[
        Setting(
            "projectToken",
            "Project token",
            required=True,
            secret=True,
            help="Settings → Project settings → Access keys",
        ),
        Setting("apiSecret", "API secret", secret=True, help="Needed by older projects only"),
        Setting(
            "apiRegion",
            "Region",
            type="select",
            default="US 🇺🇸",
            choices=tuple(HOSTS),
        ),
        Setting("sourceName", "Source name", help="Sent as segment_source_name"),
        Setting(
            "strictMode",
            "Refuse invalid events",
            type="select",
            default="1",
            choices=(("1", "On"), ("0", "Off")),
        ),
    ],
    presets=[
        Preset("Track calls", "trackEvent", 'type = "track" and event != "Order Completed"'),
        Preset("Orders", "trackPurchase", 'type = "track" and event = "Order Completed"'),
        Preset("Page calls", "trackEvent", 'type = "page"', VIEWED),
        Preset("Screen calls", "trackEvent", 'type = "screen"', VIEWED),
        Preset("Identify calls", "identifyUser", 'type = "identify"'),
        Preset("Group calls", "groupIdentifyUser", 'type = "group"'),
    ],
)


def _import(events, settings):
    credentials = basic_value(settings.get("apiSecret") or settings["projectToken"])
    strict = settings.get("strictMode") or "1"
    return Request(
        "POST", "/import", {"Authorization": credentials}, query={"strict": strict}, json=events
    )


def _failed(response):
    """Return {position of an event: Rejected} of an answer that names the ones it refuses."""
    answer = response.json()
    records = answer.get("failed_records") if type(answer) is dict else None
    if type(records) is not list:
        return {}
    return {
        record["index"]: Rejected(str(record.get("message") or "refused"), status=400)
        for record in records
        if type(record) is dict and type(record.get("index")) is int
    }


@integration.action(
    "Track Event", slug="trackEvent", trigger='type = "track"', fields=EVENT, batch=BATCH
)
def track_event(payload, settings, *, now):
    return _import([event_of(payload, settings, now)], settings)


@track_event.batch
def track_events(payloads, settings, *, now):
    return _import([event_of(payload, settings, now) for payload in payloads], settings)


@track_event.answer
def read_track_answer(response, payloads):
    # Mixpanel answers 400, and yet keeps all but the events it names.
    failed = _failed(response)
    return [failed.get(i) for i in range(len(payloads))] if failed else None


def _event_count(payload):
    if not payload.get("generatePurchaseEventPerProduct"):
        return 1
    return 1 + len(payload.get("products", ()))


def _fitting(payloads):
    """Return how many of the payloads, from the first, one request can carry; at least one."""
    room = MAX_EVENTS
    for count, payload in enumerate(payloads):
        room -= _event_count(payload)
        if room < 0:
            return max(count, 1)
    return len(payloads)


@integration.action(
    "Track Purchase", slug="trackPurchase", trigger='type = "track"', fields=PURCHASE, batch=BATCH
)
def track_purchase(payload, settings, *, now):
    return _import(purchase_of(payload, settings, now), settings)


@track_purchase.batch
def track_purchases(payloads, settings, *, now):
    sent = payloads[: _fitting(payloads)]
    events = [event for payload in sent for event in purchase_of(payload, settings, now)]
    return _import(events, settings)


@track_purchase.answer
def read_purchase_answer(response, payloads):
    sent, failed = payloads[: _fitting(payloads)], _failed(response)
    if not failed and (response.status >= 300 or len(sent) == len(payloads)):
        return None
    outcomes, start = [], 0
    for payload in sent:
        events = range(start, start := start + _event_count(payload))
        outcomes.append(next((failed[i] for i in events if i in failed), None))
    full = Throttled("there was no room in the batch", status=429)
    return outcomes + [full] * (len(payloads) - len(sent))


@integration.action(
    "Identify User",
    slug="identifyUser",
    trigger='type = "identify"',
    fields=[*PERSON, Field("traits", "object", path("$.traits"))],
)
def identify_user(payload, settings):
    requests = []
    if payload.get("anonymous_id"):
        properties = {
            "$identified_id": payload.get("user_id", UNSET),
            "$anon_id": payload["anonymous_id"],
            "token": settings["projectToken"],
            "segment_source_name": settings.get("sourceName") or UNSET,
        }
        requests.append(_form("/track", {"event": "$identify", "properties": known(properties)}))
    if payload.get("traits"):
        person = _person(payload, settings)
        requests.append(_form("/engage", {**person, "$set": profile_of(payload["traits"])}))
    return requests


@integration.action(
    "Group Identify User",
    slug="groupIdentifyUser",
    trigger='type = "group"',
    fields=[
        Field("group_key"),
        Field("group_id", default=path("$.groupId"), required=True),
        Field("traits", "object", path("$.traits")),
    ],
)
def group_identify_user(payload, settings):
    traits = payload.get("traits")
    if traits is None:
        raise InvalidPayload([("traits", "is required")])
    key = payload.get("group_key") or "$group_id"
    data = {
        "$token": settings["projectToken"],
        "$group_key": key,
        # The older integration took the id of a group from its traits.
        "$group_id": traits.get(key) or payload["group_id"],
        "$set": group_profile_of(traits),
    }
    return _form("/groups", data)


@integration.action(
    "Alias",
    fields=[
        Field("alias", default=first_of("$.userId", "$.anonymousId"), allow_null=True),
        Field("distinct_id", default=path("$.previousId"), label="Distinct ID"),
    ],
)
def alias(payload, settings):
    properties = {name: payload[name] for name in ("distinct_id", "alias") if name in payload}
    properties["token"] = settings["projectToken"]
    return _form("/track", {"event": "$create_alias", "properties": properties})


@integration.action(
    "Increment Properties",
    slug="incrementProperties",
    trigger='type = "track"',
    fields=[
        *PERSON,
        Field("increment", "object", path("$.properties.increment"), required=True),
    ],
)
def increment_properties(payload, settings):
    increments = payload["increment"]
    if len(increments) > MAX_INCREMENTS:
        raise InvalidPayload([("increment", f"can hold {MAX_INCREMENTS} properties at most")])
    if not increments:
        return []
    # Segment adds nothing for what is neither a number nor a text, and says nothing.
    added = {
        name: _number(name, value)
        for name, value in increments.items()
        if type(value) in (int, float, str)
    }
    return _form("/engage", {**_person(payload, settings), "$add": added})


def _number(name, value):
    if type(value) is not str:
        return value
    if value.strip() and not _NUMBER.fullmatch(value):
        raise InvalidPayload([(f"increment.{name}", "must be a number")])
    number = float(value.strip() or 0)
    return int(number) if number.is_integer() else number


def _person(payload, settings):
    user_id = payload.get("user_id")
    distinct_id = payload.get("anonymous_id", UNSET) if user_id is None else user_id
    person = {
        "$token": settings["projectToken"],
        "$distinct_id": distinct_id,
        "$ip": payload.get("ip", UNSET),
    }
    return known(person)


def _form(where, data):
    return Request("POST", where, form={"data": json_text(data)})


def read_form_answer(response, payloads):
    # These addresses answer 200 with the body 0 when they have taken nothing.
    if response.status == 200 and response.body.strip() == b"0":
        return [Rejected("Mixpanel refused the data", status=400)] * len(payloads)
    return None


for _action in (identify_user, group_identify_user, alias, increment_properties):
    _action.answer(read_form_answer)
