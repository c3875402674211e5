"""Intercom: contacts, companies and events of a support inbox.

Facts: reference/destination-catalog/support-messaging.md, "Intercom Cloud Mode (Actions)" (read
2026-11-25); regions, and that Unix time goes as it was written: segmentio/action-destinations,
destinations/intercom (read 2026-11-25). Segment connects through an app of its own; here the app,
or the access token of one (Intercom → Developer Hub → your app → Authentication), is the
operator's.

Two things differ from Segment. `remote_created_at` is Unix seconds like every other moment, since
Intercom refuses text there; and a `contact_id` in the mapping is used for attaching the contact,
as Segment's description of that field says but its code does not.

A user is not deleted: Intercom deletes by its own id, which has to be asked for first.
"""

from urllib.parse import quote

from destinations.catalog._oauth import CLIENT, oauth
from destinations.integration import (
    Field,
    Integration,
    Preset,
    Rejected,
    Request,
    ServerFault,
    Setting,
    epoch_s,
    path,
)

HOSTS = {
    "north_america": "https://api.intercom.io",
    "europe": "https://api.eu.intercom.io",
    "australia": "https://api.au.intercom.io",
}

integration = Integration(
    slug="intercom",
    name="Intercom",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-intercom-cloud/",
    base_url=lambda settings: HOSTS.get(settings.get("endpoint"), HOSTS["north_america"]),
    auth=oauth(
        "https://api.intercom.io/auth/eagle/token",
        authorize_url="https://app.intercom.com/oauth",
        needs_refresh_token=False,
    ),
    check=Request("GET", "/me"),
    names=("Intercom Cloud Mode (Actions)",),
    description="Keeps contacts and companies up to date and records what they do.",
    settings=[
        *CLIENT,
        Setting(
            "endpoint",
            "Region",
            type="select",
            default="north_america",
            choices=(
                ("north_america", "North America"),
                ("europe", "Europe"),
                ("australia", "Australia"),
            ),
            help="Where Intercom keeps your data",
        ),
    ],
    presets=[
        Preset("Identify calls", "identifyContact", 'type = "identify"', {"role": "user"}),
        Preset("Group calls", "groupIdentifyContact", 'type = "group"'),
        Preset("Track calls", "trackEvent", 'type = "track"'),
    ],
)


@integration.action(
    "Identify Contact",
    slug="identifyContact",
    trigger='type = "identify"',
    fields=[
        Field("role", required=True, choices=("lead", "user")),
        Field("external_id", default=path("$.userId")),
        Field("email", default=path("$.traits.email"), format="email"),
        Field("phone", default=path("$.traits.phone")),
        Field("name", default=path("$.traits.name")),
        Field("avatar", default=path("$.traits.avatar"), format="uri"),
        Field("signed_up_at", "datetime"),
        Field("last_seen_at", "datetime", path("$.timestamp")),
        Field("owner_id", "number"),
        Field("unsubscribed_from_emails", "boolean"),
        Field("custom_attributes", "object"),
    ],
)
def identify_contact(payload, settings):
    contact = _with_seconds(payload, "signed_up_at", "last_seen_at")
    found = yield from _find_contact(payload)
    try:
        if found:
            yield Request("PUT", f"/contacts/{quote(found, safe='')}", json=contact)
        else:
            yield Request("POST", "/contacts", json=contact)
    except Rejected as error:
        if error.status != 409:
            raise
        # Intercom's search lags behind its contacts: it will be found in a while.
        raise ServerFault(f"{error} (not found by search yet)", status=409) from error


@integration.action(
    "Identify Company",
    slug="groupIdentifyContact",
    trigger='type = "group"',
    fields=[
        Field("remote_created_at", "datetime", path("$.traits.createdAt")),
        Field("external_id", default=path("$.userId")),
        Field("email", default=path("$.traits.email"), format="email"),
        Field("company_id", default=path("$.groupId"), required=True),
        Field("contact_id"),
        Field("name", default=path("$.traits.name")),
        Field("monthly_spend", "number", path("$.traits.monthly_spend")),
        Field("plan", default=path("$.traits.plan")),
        Field("size", "number", path("$.traits.employees")),
        Field("website", default=path("$.traits.website")),
        Field("industry", default=path("$.traits.industry")),
        Field("custom_attributes", "object"),
    ],
)
def identify_company(payload, settings):
    contact = payload.get("contact_id") or (yield from _find_contact(payload))
    company = _with_seconds(payload, "remote_created_at")
    for name in ("external_id", "email", "contact_id"):
        company.pop(name, None)
    response = yield Request("POST", "/companies", json=company)
    company_id = response.object().get("id")
    if contact and company_id:
        url = f"/contacts/{quote(contact, safe='')}/companies"
        yield Request("POST", url, json={"id": company_id})


@integration.action(
    "Track Event",
    slug="trackEvent",
    trigger='type = "track"',
    fields=[
        Field("event_name", default=path("$.event"), required=True),
        Field("created_at", "datetime", path("$.timestamp"), required=True),
        Field("user_id", default=path("$.userId")),
        Field("email", default=path("$.properties.email"), format="email"),
        Field("revenue", "number", path("$.properties.revenue")),
        Field("currency", default=path("$.properties.currency")),
        Field("id"),
        Field("metadata", "object", path("$.properties")),
    ],
)
def track_event(payload, settings):
    sent = _with_seconds(payload, "created_at")
    revenue, currency = sent.pop("revenue", None), sent.pop("currency", None)
    taken = ("email", "revenue", "currency")
    metadata = {n: v for n, v in (sent.pop("metadata", None) or {}).items() if n not in taken}
    if revenue is not None:
        cents = revenue * 100
        amount = int(cents) if type(cents) is float and cents.is_integer() else cents
        metadata["price"] = {"amount": amount, "currency": currency or "USD"}
    if metadata or "metadata" in payload:
        sent["metadata"] = metadata
    if payload.get("email") and not (payload.get("user_id") or payload.get("id")):
        # Events by e-mail reach users only; a lead has to be named by its id.
        sent["id"] = yield from _find_contact(payload)
        if not sent["id"]:
            raise Rejected("there is no one contact with this e-mail address", status=404)
    yield Request("POST", "/events", json=sent)


def _find_contact(payload):
    """Ask for the contact; return its id, or None unless there is exactly one."""
    for field in ("external_id", "email"):
        if payload.get(field):
            query = {"field": field, "operator": "=", "value": payload[field]}
            response = yield Request("POST", "/contacts/search", json={"query": query})
            found = response.object()
            return found["data"][0]["id"] if found.get("total_count") == 1 else None
    return None


def _with_seconds(payload, *names):
    found = {name: _seconds(payload[name]) for name in names if name in payload}
    return {**payload, **found}


def _seconds(value):
    is_text = type(value) is str and not value.isdigit()
    return epoch_s(value) if is_text else value
