"""Airship: push messages, e-mail and SMS.

API: https://docs.airship.com/api/ua/.
Facts: reference/destination-catalog/marketing.md, "Airship (Actions)" (read 2026-11-25), with these
choices:

- In the User-Agent our name stands where Segment's stood.
- Text is a date in ISO 8601 or as in e-mails; JavaScript, and so Segment, also takes such things as
  "Engineer 2020" for one. Telephone numbers are never dates.
- Nothing is sent where there is no tag to add or remove.
- The choice of double opt-in is told to Airship (`opt_in_mode`), which Segment does not do.
- A new address whose old one Airship does not know is registered; Segment gives up.
"""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from destinations.auth import Auth
from destinations.catalog._airship_fields import ASSOCIATE, ATTRIBUTES, EVENT, TAGS
from destinations.integration import (
    Batch,
    Integration,
    InvalidPayload,
    Preset,
    Rejected,
    Request,
    Setting,
    find_moment,
)

HOSTS = {"US": "https://go.urbanairship.com", "EU": "https://go.airship.eu"}
OLDEST = timedelta(days=90)


def _sign(request, settings, auth, now):
    headers = {
        "Authorization": f"Bearer {settings['access_token']}",
        "X-UA-Appkey": settings["app_key"],
        "Accept": "application/vnd.urbanairship+json; version=3",
        "User-Agent": f"PartnerIntegrations/Switchyard ({settings['app_key']})",
    }
    return replace(request, headers={**headers, **request.headers})


# As Segment does: the token of a partner may send events and read nothing.
_CHECK = {
    "body": {"name": "test_segment_auth"},
    "user": {"named_user_id": "549ce761-56c9-4899-9026-816d0c3bffd1"},
}


def delete_user(user_id, settings):
    return Request("POST", "/api/named_users/uninstall", json={"named_user_id": [user_id]})


integration = Integration(
    slug="airship",
    name="Airship",
    category="marketing",
    docs_url="https://docs.airship.com/api/ua/",
    base_url=lambda settings: HOSTS.get(settings["endpoint"], HOSTS["US"]),
    auth=Auth("bearer", _sign),
    check=Request("POST", "/api/custom-events/", json=_CHECK),
    delete_user=delete_user,
    names=("Airship (Actions)",),
    description="Push messages, e-mail and SMS.",
    settings=[
        Setting(
            "access_token", "Access token", required=True, secret=True, help="Settings → Tokens"
        ),
        Setting("app_key", "App key", required=True, secret=True, help="Settings → Tokens"),
        Setting(
            "endpoint",
            "Region",
            type="select",
            required=True,
            default="US",
            choices=tuple(HOSTS),
        ),
    ],
    presets=[
        Preset("Track calls", "customEvents", 'type = "track"'),
        Preset("Identify calls", "setAttributes", 'type = "identify"'),
    ],
)

_CHANNELS = {
    "ios": "ios_channel",
    "android": "android_channel",
    "amazon": "amazon_channel",
    "web": "web_channel",
}


def _audience(payload):
    if payload.get("channel_id"):
        kind = _CHANNELS.get((payload.get("channel_type") or "").lower(), "channel")
        return {kind: payload["channel_id"]}
    if not payload.get("named_user_id"):
        raise InvalidPayload([("named_user_id", "is required, or a channel_id")])
    return {"named_user_id": payload["named_user_id"]}


def _time(moment):
    """A moment as Airship writes it: UTC, without a zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _occurred(payload, now):
    # Airship refuses what is older; false says so, as Segment says it.
    moment = find_moment(payload["occurred"])
    return _time(moment) if now - moment <= OLDEST else False


def _event(payload, now):
    return {
        "occurred": _occurred(payload, now),
        "user": _audience(payload),
        "body": {
            "name": payload["name"].lower(),
            "interaction_type": "cdp",
            "properties": {**(payload.get("properties") or {}), "source": "Segment"},
        },
    }


@integration.action(
    "Custom Events",
    slug="customEvents",
    trigger='type = "track"',
    fields=EVENT,
    batch=Batch(enabled=False),
)
def custom_events(payload, settings, *, now):
    return Request("POST", "/api/custom-events", json=[_event(payload, now)])


@custom_events.batch
def custom_events_batch(payloads, settings, *, now):
    events = [_event(payload, now) for payload in payloads]
    return Request("POST", "/api/custom-events", json=events)


_PHONES = ("home_phone", "work_phone", "mobile_phone")
_NUMBER = re.compile(r"[\s+.,()-]*[\d\s+.,()-]+", re.ASCII)


def _attribute(name, value, timestamp):
    if value is None or value == "":
        return {"action": "remove", "key": name, "timestamp": timestamp}
    if type(value) is dict:
        name = f"{name}#default"
    elif name in _PHONES:
        value = int(re.sub(r"[^0-9]", "", str(value)) or 0)
    elif type(value) is str:
        value = _date_or_text(value)
    return {"action": "set", "key": name, "value": value, "timestamp": timestamp}


def _date_or_text(text):
    """Text that spells a date becomes a moment; plain numbers are no dates."""
    if len(text) < 8 or (_NUMBER.fullmatch(text) and not re.match(r"\d{4}-\d{2}-\d{2}$", text)):
        return text
    moment = find_moment(text)
    return text if moment is None or not 1900 <= moment.year <= 2100 else _time(moment)


@integration.action(
    "Set Attributes", slug="setAttributes", trigger='type = "identify"', fields=ATTRIBUTES
)
def set_attributes(payload, settings, *, now):
    timestamp = _occurred(payload, now)
    attributes = (payload.get("attributes") or {}).items()
    found = [_attribute(name, value, timestamp) for name, value in attributes]
    body = {"attributes": found, "audience": _audience(payload)}
    return Request("POST", "/api/channels/attributes", json=body)


@integration.action("Manage Tags", slug="manageTags", fields=TAGS)
def manage_tags(payload, settings):
    tags = (payload.get("tags") or {}).items()
    body = {"audience": _audience(payload)}
    for verb, wanted in (("add", True), ("remove", False)):
        chosen = [name for name, value in tags if value is wanted]
        if chosen:
            body[verb] = {payload["tag_group"]: chosen}
    whose = "channels" if payload.get("channel_id") else "named_users"
    # Without a tag there is nothing to say.
    return Request("POST", f"/api/{whose}/tags", json=body) if len(body) > 1 else []


def _locale(payload):
    language, _, country = payload.get("locale", "").partition("-")
    # Airship is told both or, of such things as "en" or "zh-Hant-TW", none.
    known = language and country and "-" not in country
    found = {"locale_language": language, "locale_country": country} if known else {}
    if "timezone" in payload:
        found["timezone"] = payload["timezone"]
    return found


def _opt_ins(channel):
    found = {}
    for name, value in channel.items():
        if name.endswith(("_opted_in", "_opted_out")) and name != "sms_opted_in":
            moment = find_moment(value)
            found[name] = value if moment is None else _time(moment)
    if "suppression_state" in channel:
        found["suppression_state"] = channel["suppression_state"]
    return found


@integration.action(
    "Register And Associate",
    slug="registerAndAssociate",
    trigger='type = "track" and event = "Address Registered"',
    fields=ASSOCIATE,
)
def register_and_associate(payload, settings):
    channel, kind = payload["channel_object"], payload.get("channel_type", "email")
    register = _register_sms if kind == "sms" else _register_email
    answer = yield from register(payload, channel)
    channel_id = answer.object().get("channel_id")
    if channel_id and payload.get("named_user_id"):
        body = {
            "channel_id": channel_id,
            "device_type": kind,
            "named_user_id": payload["named_user_id"],
        }
        yield Request("POST", "/api/named_users/associate", json=body)


def _register_email(payload, channel):
    old, new = channel["address"], channel.get("new_address")
    described = {"type": "email", "address": new or old, **_opt_ins(channel), **_locale(payload)}
    body = {"channel": described}
    if payload.get("opt_in_choices") == "double":
        body["opt_in_mode"] = "double"
    known = (yield from _find_email(old)) if new else None
    url = f"/replace/{quote(known, safe='')}" if known else ""
    return (yield Request("POST", f"/api/channels/email{url}", json=body))


def _find_email(address):
    try:
        answer = yield Request("GET", f"/api/channels/email/{quote(address, safe='')}")
    except Rejected as error:
        # An address that was never registered cannot be replaced.
        if error.status != 404:
            raise
        return None
    return answer.object().get("channel", {}).get("channel_id")


def _register_sms(payload, channel):
    if not payload.get("sms_sender"):
        raise InvalidPayload([("sms_sender", "is required for SMS")])
    body = {"msisdn": channel["address"], "sender": payload["sms_sender"], **_locale(payload)}
    if "sms_opted_in" in channel:
        moment = find_moment(channel["sms_opted_in"])
        body["opted_in"] = channel["sms_opted_in"] if moment is None else _time(moment)
    return (yield Request("POST", "/api/channels/sms", json=body))
