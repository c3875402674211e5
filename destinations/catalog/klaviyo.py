"""Klaviyo: e-mail and SMS for shops.

API: https://developers.klaviyo.com/en/reference/api_overview, revision 2025-01-15.
Facts: reference/destination-catalog/marketing.md, "Klaviyo (Actions)"; that a batch may name nobody
whom Klaviyo knows: segmentio/action-destinations, destinations/klaviyo. Both read 2026-11-25. Our
choices:

- The `unique_id` of an ordered product is made from that of its order, not at random: a repeated
  delivery must not count it twice.
- Segment ships no mappings; ours know a person by the user id, as the events do.
- Profiles are looked up by a hundred at a time, where there are more than Klaviyo's page of twenty.
- Countries are not compared with a list; a number of an unknown country is refused. Numbers are
  put into E.164 by their country's code and trunk prefix, without Google's tables of what exists.
- With batches, a profile never carries `country_code`; Segment leaves it in without a number.
"""

import re
from urllib.parse import quote

from destinations.auth import header
from destinations.catalog._klaviyo_fields import (
    ADD,
    EVENT,
    ORDER,
    REMOVE,
    REMOVE_FROM_AUDIENCE,
    SUBSCRIBE,
    UNSUBSCRIBE,
    UPSERT,
)
from destinations.catalog._klaviyo_objects import (
    DESCRIPTION,
    IDENTIFIERS,
    event_of,
    import_job,
    made_of,
    owner_of,
    profile_of,
    subscriber_of,
)
from destinations.integration import (
    Batch,
    Integration,
    Preset,
    Rejected,
    Request,
    ServerFault,
    Setting,
    for_status,
    json_text,
    path,
)

HEADERS = {"Accept": "application/json", "revision": "2025-01-15"}
PER_PAGE = 20
PER_LOOK_UP = 100
PER_JOB = 100

_SUBSCRIBED = 'type = "track" and event = "User Subscribed"'
_UNSUBSCRIBED = 'type = "track" and event = "User Unsubscribed"'
_OTHERS = " and ".join(
    f'event != "{name}"' for name in ("Order Completed", "User Subscribed", "User Unsubscribed")
)


def delete_user(user_id, settings):
    profile = {"data": {"type": "profile", "id": user_id}}
    job = {"type": "data-privacy-deletion-job", "attributes": {"profile": profile}}
    return _request("POST", "/data-privacy-deletion-jobs/", job)


integration = Integration(
    slug="klaviyo",
    name="Klaviyo",
    category="marketing",
    docs_url="https://developers.klaviyo.com/en/reference/api_overview",
    base_url="https://a.klaviyo.com/api",
    auth=header("Authorization", "api_key", "Klaviyo-API-Key "),
    check=Request("GET", "/accounts/", HEADERS),
    delete_user=delete_user,
    names=("Klaviyo (Actions)",),
    description="E-mail and SMS for shops.",
    settings=[
        Setting(
            "api_key",
            "Private API key",
            required=True,
            secret=True,
            help="Settings → API keys. Needs full access to events, lists, profiles, subscriptions",
        ),
    ],
    presets=[
        Preset(
            "Identify calls",
            "upsertProfile",
            'type = "identify"',
            {"external_id": path("$.userId")},
        ),
        Preset("Track calls", "trackEvent", f'type = "track" and {_OTHERS}'),
        Preset(
            "Orders",
            "orderCompleted",
            'type = "track" and event = "Order Completed"',
            {"products": path("$.properties.products")},
        ),
        Preset("User Subscribed", "subscribeProfile", _SUBSCRIBED),
        Preset("User Unsubscribed", "unsubscribeProfile", _UNSUBSCRIBED),
    ],
)


def _request(method, url, data=None, **parts):
    if data is not None:
        parts["json"] = {"data": data}
    return Request(method, url, HEADERS, **parts)


def _duplicate(answer):
    problems = answer.object().get("errors") or [{}]
    return (problems[0].get("meta") or {}).get("duplicate_profile_id")


def _create(profile, update):
    """Create a profile and return its id; one that exists is updated, if wanted."""
    try:
        answer = yield _request("POST", "/profiles/", profile)
    except Rejected as error:
        if error.status != 409:
            raise
        # The answer says whose address it is; should it not, ask again.
        known = _duplicate(error.response) or (yield from _find_one(profile))[0]
    else:
        return answer.object().get("data", {}).get("id")
    if update:
        yield _request("PATCH", f"/profiles/{quote(known, safe='')}", {**profile, "id": known})
    return known


def _find_one(profile):
    """Return the ids of a profile: several when its identifiers are those of several people."""
    found = yield from _find([profile["attributes"]])
    if not found:
        raise Rejected("Klaviyo does not know this profile", status=404)
    return found


def _find(people):
    """Return the ids of those people, given by their attributes, whom Klaviyo knows."""
    found = {}
    for name in IDENTIFIERS:
        values = list(dict.fromkeys(person[name] for person in people if name in person))
        for start in range(0, len(values), PER_LOOK_UP):
            wanted = values[start : start + PER_LOOK_UP]
            query = {"filter": f"any({name},{json_text(wanted)})"}
            if len(wanted) > PER_PAGE:
                query["page[size]"] = PER_LOOK_UP
            answer = yield _request("GET", "/profiles/", query=query)
            found |= dict.fromkeys(one.get("id") for one in answer.objects("data"))
    return list(found)


def _in_batch(payloads, make, requests):
    """Return the `requests` for what is made of the payloads; some may be beyond sending."""
    made, outcomes = made_of(payloads, make)
    return _without_the_spoilt(requests(made), outcomes) if any(outcomes) else requests(made)


def _without_the_spoilt(requests, outcomes):
    try:
        for request in requests:  # noqa: UP028  a list takes no answers
            yield request
    except Rejected as error:
        # The answer's indexes would not fit: those that are left are sent again by themselves.
        again = ServerFault(f"{error.message} (sent again)", status=429)
        return [outcome or again for outcome in outcomes]
    return outcomes


def _members(list_id, method, ids):
    url = f"/lists/{quote(list_id, safe='')}/relationships/profiles/"
    return _request(method, url, [{"type": "profile", "id": each} for each in ids])


def _list_of(payload):
    return payload.get("override_list_id") or payload.get("list_id")


@integration.action(
    "Upsert Profile",
    slug="upsertProfile",
    trigger='type = "identify"',
    fields=UPSERT,
    batch=Batch(10000, 10000, keys=("list_id", "override_list_id"), enabled=False),
)
def upsert_profile(payload, settings):
    known = yield from _create(profile_of(payload, *IDENTIFIERS, *DESCRIPTION), update=True)
    if known and _list_of(payload):
        yield _members(_list_of(payload), "POST", [known])


@upsert_profile.batch
def upsert_profiles(payloads, settings):
    def requests(profiles):
        job = import_job(profiles, _list_of(payloads[0]))
        return [_request("POST", "/profile-bulk-import-jobs/", job)]

    def make(payload):
        return profile_of(payload, *IDENTIFIERS, *DESCRIPTION)

    return _in_batch(payloads, make, requests)


@integration.action(
    "Add Profile to List",
    slug="addProfileToList",
    trigger='event = "Audience Entered"',
    fields=ADD,
    batch=Batch(10000, 10000, keys=("list_id",)),
)
def add_profile_to_list(payload, settings):
    known = yield from _create(profile_of(payload, *IDENTIFIERS, *DESCRIPTION), update=False)
    if known:
        yield _members(payload["list_id"], "POST", [known])


add_profile_to_list.batch(upsert_profiles)


def remove_profile(payload, settings):
    known = yield from _find_one(profile_of(payload, *IDENTIFIERS))
    yield _members(payload["list_id"], "DELETE", known)


def remove_profiles(payloads, settings):
    profiles, outcomes = made_of(payloads, lambda payload: profile_of(payload, *IDENTIFIERS))
    known = yield from _find([profile["attributes"] for profile in profiles])
    # Of a batch, as with Segment, whom Klaviyo does not know is on no list: that is well.
    if known:
        yield _members(payloads[0]["list_id"], "DELETE", known)
    return outcomes


for _slug, _label, _trigger, _fields in (
    (
        "removeProfileFromList",
        "Remove Profile from List (Engage)",
        'event = "Audience Exited"',
        REMOVE_FROM_AUDIENCE,
    ),
    ("removeProfile", "Remove Profile", 'type = "identify"', REMOVE),
):
    integration.action(
        _label,
        slug=_slug,
        trigger=_trigger,
        fields=_fields,
        batch=Batch(1000, 1000, keys=("list_id",)),
    )(remove_profile).batch(remove_profiles)


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=EVENT,
    batch=Batch(1000, 1000),
)
def track_event(payload, settings):
    event = event_of(payload, payload["metric_name"], profile=owner_of(payload))
    return _request("POST", "/events/", event)


@track_event.batch
def track_events(payloads, settings):
    return _in_batch(payloads, _bulk_event, _event_job)


def _bulk_event(payload):
    event = event_of(payload, payload["metric_name"])
    attributes = {"profile": owner_of(payload), "events": {"data": [event]}}
    return {"type": "event-bulk-create", "attributes": attributes}


def _event_job(events):
    data = {
        "type": "event-bulk-create-job",
        "attributes": {"events-bulk-create": {"data": events}},
    }
    return [_request("POST", "/event-bulk-create-jobs/", data)]


@track_event.answer
def read_event_answer(response, payloads):
    """A job is taken as a whole or not at all: who is not at fault tries again."""
    answer = response.json()
    errors = answer.get("errors") if type(answer) is dict else None
    if response.status < 300 or type(errors) is not list or len(payloads) == 1:
        return None
    found = {}
    for error in errors:
        pointer = str((error.get("source") or {}).get("pointer"))
        place = re.search(r"/(\d+)(?:/|$)", pointer)
        if place and int(place[1]) < len(payloads):
            said = f"Klaviyo refused this: {error.get('detail') or error.get('title')}"
            found[int(place[1])] = for_status(int(error.get("status") or 400), said)
    if not found:
        return None
    # Its status is Segment's. It is no Throttled: Klaviyo does not ask us to slow down.
    again = ServerFault("another event of the batch was refused", status=429)
    return [found.get(i, again) for i in range(len(payloads))]


@integration.action(
    "Order Completed",
    slug="orderCompleted",
    trigger='type = "track"',
    fields=ORDER,
)
def order_completed(payload, settings, *, event):
    profile = owner_of(payload)
    name = payload.get("event_name") or "Order Completed"
    events = [event_of(payload, name, profile=profile)]
    order = {k: v for k, v in payload["properties"].items() if k != "products"}
    product_name = payload.get("product_event_name") or "Ordered Product"
    unvalued = {k: v for k, v in payload.items() if k != "value"}
    order_id = payload.get("unique_id") or event["messageId"]
    for position, product in enumerate(payload.get("products") or (), start=1):
        if type(product) is not dict:
            continue
        parts = {
            "properties": {**order, **product},
            "profile": profile,
            "unique_id": f"{order_id}-{position}",
        }
        events.append(event_of(unvalued, product_name, **parts))
    return [_request("POST", "/events/", one) for one in events]


def _subscription_jobs(payloads, consent, sms, url, kind, attributes):
    list_id = payloads[0].get("list_id")
    relationships = {"list": {"data": {"type": "list", "id": list_id}}}

    def job(profiles):
        data = {"type": kind, "attributes": {**attributes, "profiles": {"data": profiles}}}
        return _request("POST", url, data | ({"relationships": relationships} if list_id else {}))

    def jobs(profiles):
        starts = range(0, len(profiles), PER_JOB)
        return [job(profiles[start : start + PER_JOB]) for start in starts]

    return _in_batch(payloads, lambda payload: subscriber_of(payload, consent, sms), jobs)


@integration.action(
    "Subscribe Profile",
    slug="subscribeProfile",
    trigger=_SUBSCRIBED,
    fields=SUBSCRIBE,
    batch=Batch(1000, 1000, keys=("list_id", "custom_source", "historical_import"), enabled=False),
)
def subscribe_profile(payload, settings):
    return subscribe_profiles([payload], settings)


@subscribe_profile.batch
def subscribe_profiles(payloads, settings):
    [first, *_] = payloads
    return _subscription_jobs(
        payloads,
        "SUBSCRIBED",
        ("marketing",),
        "/profile-subscription-bulk-create-jobs/",
        "profile-subscription-bulk-create-job",
        {
            "custom_source": first.get("custom_source") or "-59",
            "historical_import": bool(first.get("historical_import")),
        },
    )


@integration.action(
    "Unsubscribe Profile",
    slug="unsubscribeProfile",
    trigger=_UNSUBSCRIBED,
    fields=UNSUBSCRIBE,
    batch=Batch(100, 100, keys=("list_id",), enabled=False),
)
def unsubscribe_profile(payload, settings):
    return unsubscribe_profiles([payload], settings)


@unsubscribe_profile.batch
def unsubscribe_profiles(payloads, settings):
    return _subscription_jobs(
        payloads,
        "UNSUBSCRIBED",
        ("marketing", "transactional"),
        "/profile-subscription-bulk-delete-jobs",
        "profile-subscription-bulk-delete-job",
        {},
    )
