"""Marketo: leads, and custom activities of theirs.

API: https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/ (leads: "Create and
update"; activities: "Add custom activities"; 300 records a call, 100 calls in 20 s; read
2026-11-25). Facts: reference/destination-catalog/marketing.md, "Marketo v2 (classic)" and the
catalog page that it names (read 2026-11-25). A classic destination has one fixed translation; here
it is the actions `identify` and `track`, on by default. Choices where neither says more:

- A lead is found by the user ID, else by the e-mail address, else (with `anonymousActivity`) by the
  anonymous ID. For an event it is created when it is not there, as for an identify call.
- Leads and activities go by 300, as Marketo counts calls; of a lead that is in a batch twice the
  later values win. Marketo says of each record what became of it.
- A birthday is sent as a date, `address.postalCode` stands in for `address.zip`, and a company's
  name for a company.
- Lists of names are lines of text here: `trait: field type` and `event: activity ID, primary
  property, property=attribute type, …`. The type is optional.
- No action for page calls. Segment reports them through the address of Marketo's browser script,
  which Marketo does not document and which knows people by a cookie. A page view can be a custom
  activity: `track` with another trigger and mapping.
- The form's ID and URL belong to Segment's browser library.
"""

from destinations.catalog._bodies import present
from destinations.catalog._marketo import (
    answer_of,
    check_answer,
    client_credentials,
    find_record_error,
)
from destinations.catalog._marketo_values import value_of
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    InvalidSettings,
    Request,
    Setting,
    first_of,
    path,
    text_of,
)

LEADS = "/rest/v1/leads.json"
ACTIVITIES = "/rest/v1/activities/external.json"
PER_CALL = 300
MOST_BYTES = 900_000  # a call of more than 1 MB is refused


def base_url(settings):
    return f"https://{settings['accountId']}.mktorest.com"


integration = Integration(
    slug="marketo-v2",
    name="Marketo",
    category="marketing",
    docs_url="https://segment.com/docs/connections/destinations/catalog/marketo-v2/",
    base_url=base_url,
    auth=client_credentials(base_url, "GET", client_id="clientId", client_secret="clientSecret"),
    check=Request("GET", "/rest/v1/leads/describe.json"),
    check_answer=check_answer,
    names=("Marketo V2",),
    concurrency=10,
    description="Keeps leads up to date and records what they do as custom activities.",
    settings=[
        Setting(
            "accountId",
            "Munchkin account ID",
            required=True,
            pattern=r"[A-Za-z0-9-]+",
            help="Admin → Munchkin, such as 123-ABC-456",
        ),
        Setting("clientId", "Client ID", required=True, help="Admin → LaunchPoint → View details"),
        Setting("clientSecret", "Client secret", required=True, secret=True),
        Setting(
            "traits",
            "Marketo custom fields",
            type="map",
            help="Trait: REST API name of the field, and its type if need be (age: years integer)",
        ),
        Setting(
            "events",
            "Marketo custom activities",
            type="map",
            help=(
                "Event: activity ID, primary property, property=API name of the attribute, … "
                "(Order Completed: 100001, order_id, total=total float). Others are not sent"
            ),
        ),
        Setting(
            "anonymousActivity",
            "Track anonymous activity",
            type="boolean",
            default=False,
            help="Also send what has neither a user ID nor an e-mail address",
        ),
        Setting(
            "beta",
            "Send track events from the server",
            type="boolean",
            default=False,
            help="Of Segment's browser library; here all events go from the server",
        ),
    ],
)

USER_ID = Field("userId", default=path("$.userId"))
ANONYMOUS_ID = Field("anonymousId", default=path("$.anonymousId"))
# Under Marketo's names.
STANDARD = [
    Field("email", default=path("$.traits.email")),
    Field("firstName", default=path("$.traits.firstName")),
    Field("lastName", default=path("$.traits.lastName")),
    Field("company", default=first_of("$.traits.company.name", "$.traits.company")),
    Field("city", default=path("$.traits.address.city")),
    Field("country", default=path("$.traits.address.country")),
    Field("postalCode", default=first_of("$.traits.address.zip", "$.traits.address.postalCode")),
    Field("state", default=path("$.traits.address.state")),
    Field("dateOfBirth", default=path("$.traits.birthday")),
    Field("marketoSocialGender", default=path("$.traits.gender")),
    Field("phone", default=path("$.traits.phone")),
]


@integration.action(
    "Create or update a lead",
    trigger='type = "identify"',
    batch=Batch(PER_CALL, PER_CALL, MOST_BYTES),
    fields=[
        USER_ID,
        ANONYMOUS_ID,
        *STANDARD,
        Field("name", default=path("$.traits.name"), help="For a missing first or last name"),
        Field("traits", "object", path("$.traits")),
    ],
)
def identify(payload, settings):
    return (yield from identify_batch([payload], settings))


@identify.batch
def identify_batch(payloads, settings):
    leads = [_tried(_lead_of, payload, settings) for payload in payloads]
    return [error for _, error in (yield from _sync_leads(leads))]


@integration.action(
    "Record a custom activity",
    trigger='type = "track"',
    # By event: one that Marketo has no activity for counts as filtered.
    batch=Batch(PER_CALL, PER_CALL, MOST_BYTES, keys=("event",)),
    fields=[
        USER_ID,
        ANONYMOUS_ID,
        Field("email", default=first_of("$.properties.email", "$.context.traits.email")),
        Field("event", default=path("$.event"), required=True),
        Field("properties", "object", path("$.properties")),
        Field("activityDate", "datetime", path("$.timestamp"), required=True),
    ],
)
def track(payload, settings):
    return (yield from track_batch([payload], settings))


@track.batch
def track_batch(payloads, settings):
    activities = [_tried(_activity_of, payload, settings) for payload in payloads]
    leads = [
        _tried(_key_of, payload, settings) if activity and not _is_error(activity) else activity
        for payload, activity in zip(payloads, activities, strict=True)
    ]
    synced = yield from _sync_leads(leads)
    outcomes = [error for _, error in synced]
    sent = [n for n, activity in enumerate(activities) if activity and outcomes[n] is None]
    if sent:
        records = [{"leadId": synced[n][0], **activities[n]} for n in sent]
        response = yield Request("POST", ACTIVITIES, json={"input": records})
        for n, record in zip(sent, _records_of(response, len(sent)), strict=True):
            outcomes[n] = find_record_error(record)
    return outcomes


def _sync_leads(leads):
    """Create or update leads. Return (ID, None) or (None, error) for each.

    `leads` are (name of the field to find it by, its fields), None for nothing to do, or what is
    wrong.
    """
    found = [(None, lead if _is_error(lead) else None) for lead in leads]
    wanted = [(n, *lead) for n, lead in enumerate(leads) if lead and not _is_error(lead)]
    for field in dict.fromkeys(field for _, field, _ in wanted):
        records, places = {}, {}
        for n, own, record in wanted:
            if own == field:
                key = record[field].lower() if field == "email" else record[field]
                records[key] = {**records.get(key, {}), **record}
                places.setdefault(key, []).append(n)
        body = {"action": "createOrUpdate", "lookupField": field, "input": [*records.values()]}
        response = yield Request("POST", LEADS, json=body)
        answered = _records_of(response, len(records))
        for numbers, record in zip(places.values(), answered, strict=True):
            for n in numbers:
                found[n] = (record.get("id"), find_record_error(record))
    return found


def _records_of(response, count):
    """Return what an answer says of each record, in the order in which they were sent."""
    records = answer_of(response).get("result")
    records = records if type(records) is list else []
    records = [record if type(record) is dict else {} for record in records]
    return (records + [{}] * count)[:count]


def _tried(make, payload, settings):
    """Return what `make` makes, or the reason why it cannot, for one event of many."""
    try:
        return make(payload, settings)
    except (InvalidPayload, InvalidSettings) as error:
        return error


def _is_error(value):
    return isinstance(value, InvalidPayload | InvalidSettings)


def _key_of(payload, settings):
    """Return (field, {field: value}) to find a lead by."""
    anonymous = ("anonymousId",) if settings.get("anonymousActivity") else ()
    for name in ("userId", "email", *anonymous):
        if payload.get(name):
            return name, {name: payload[name]}
    raise InvalidPayload([("userId", "is required, or an e-mail address")])


def _lead_of(payload, settings):
    field, key = _key_of(payload, settings)
    first, _, last = payload.get("name", "").strip().partition(" ")
    names = {"firstName": first or None, "lastName": last.strip() or None}
    lead = present(names) | {
        name: payload[name]
        for name in ("userId", "anonymousId", *(one.name for one in STANDARD))
        if name in payload
    }
    if "dateOfBirth" in lead:
        lead["dateOfBirth"] = value_of(lead["dateOfBirth"], "date")
    traits = payload.get("traits") or {}
    for trait, target in _map_of(settings, "traits").items():
        name, kind = _name_and_type(target)
        if name and traits.get(trait) is not None:
            lead[name] = value_of(traits[trait], kind)
    return field, {**lead, **key}


def _activity_of(payload, settings):
    """Return the custom activity of an event, without its lead; None if there is none."""
    line = _map_of(settings, "events").get(payload["event"])
    if not line:
        return None
    number, primary, *others = [part.strip() for part in text_of(line).split(",")] + [""]
    if not number.isdecimal() or not primary:
        raise InvalidSettings(f"events: {payload['event']} needs an ID and a primary property")
    properties = payload.get("properties") or {}
    value = properties.get(primary)
    if value is None or value == "":
        raise InvalidPayload([(f"properties.{primary}", "is required: it is the primary field")])
    attributes = []
    for other in filter(None, others):
        name, _, target = other.partition("=")
        attribute, kind = _name_and_type(target or name)
        found = properties.get(name.strip())
        if found is not None:
            attributes.append({"name": attribute, "value": value_of(found, kind)})
    return {
        "activityDate": value_of(payload["activityDate"], "datetime"),
        "activityTypeId": int(number),
        "primaryAttributeValue": value_of(value, "string"),
        "attributes": attributes,
    }


def _map_of(settings, name):
    lines = settings.get(name)
    return lines if type(lines) is dict else {}


def _name_and_type(text):
    name, _, kind = text_of(text).strip().partition(" ")
    return name, kind.strip().lower()
