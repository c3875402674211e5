"""Klaviyo's objects, made from payloads. The facts are those of klaviyo.py."""

from destinations.catalog._klaviyo_phones import e164
from destinations.integration import InvalidPayload, find_moment

# In the order in which Segment looks for them.
IDENTIFIERS = ("external_id", "email", "phone_number")
DESCRIPTION = (
    "first_name",
    "last_name",
    "organization",
    "title",
    "image",
    "location",
    "properties",
)


def profile_of(payload, *names):
    """Return a profile with these attributes of the payload."""
    attributes = {name: payload[name] for name in names if name in payload}
    if "phone_number" in attributes:
        attributes["phone_number"] = e164(payload["phone_number"], payload.get("country_code"))
    return {"type": "profile", "attributes": attributes}


def made_of(payloads, make):
    """Return what `make` makes of the payloads, and the outcome of each: None, or its error.

    A telephone number of no country spoils its own payload, not the batch. Raises InvalidPayload
    when nothing is left.
    """
    made, outcomes = [], []
    for payload in payloads:
        try:
            made.append(make(payload))
            outcomes.append(None)
        except InvalidPayload as error:
            outcomes.append(error)
    if not made:
        raise outcomes[0]
    return made, outcomes


def import_job(profiles, list_id):
    """Return the job that creates or updates many profiles, and puts them on a list."""
    data = {
        "type": "profile-bulk-import-job",
        "attributes": {"profiles": {"data": profiles}},
    }
    if list_id:
        data["relationships"] = {"lists": {"data": [{"type": "list", "id": list_id}]}}
    return data


def _iso(value):
    return find_moment(value).isoformat(timespec="milliseconds")[:-6] + "Z"


def event_of(payload, metric, **changes):
    attributes = {
        name: payload[name] for name in ("properties", "value", "unique_id") if name in payload
    }
    if "time" in payload:
        attributes["time"] = _iso(payload["time"])
    attributes["metric"] = {"data": {"type": "metric", "attributes": {"name": metric}}}
    return {"type": "event", "attributes": {**attributes, **changes}}


def owner_of(payload):
    """Return the profile of an event: whatever the mapping says of the person."""
    profile = payload["profile"]
    return {"data": profile_of(profile, *(name for name in profile if name != "country_code"))}


def _consent(consent, payload):
    found = {"consent": consent}
    # A moment of consent counts for imports of the past only.
    if payload.get("historical_import") and "consented_at" in payload:
        found["consented_at"] = _iso(payload["consented_at"])
    return found


def subscriber_of(payload, consent, sms):
    profile = profile_of(payload, "email", "phone_number")
    subscriptions = {}
    if "email" in payload:
        subscriptions["email"] = {"marketing": _consent(consent, payload)}
    if "phone_number" in payload:
        subscriptions["sms"] = {kind: _consent(consent, payload) for kind in sms}
    profile["attributes"]["subscriptions"] = subscriptions
    return profile
