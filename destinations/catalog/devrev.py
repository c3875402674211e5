"""DevRev: customers, tickets and product events.

Facts: reference/destination-catalog/support-messaging.md, "DevRev" (read 2026-11-25). That a new
user belongs to its account's default workspace (`/internal/rev-orgs.list`), that DevRev wants the
values of a look-up in quotes, and the `event_source` of an event: segmentio/action-destinations,
destinations/devrev (read 2026-11-25). An e-mail address is trimmed here, and must be one: it goes
between quotes.

Nothing is created by default for "Create Work": it needs a part and an owner of the customer's own.
"""

import binascii
import re
from base64 import urlsafe_b64decode

import orjson

from destinations.auth import header
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    first_of,
    path,
    text_of,
)

PUBLIC_MAIL = "gmail.com,hotmail.com,outlook.com,yahoo.com,aol.com,icloud.com,me.com,msn.com"
DEFAULT_WORKSPACE = "devrev:platform:revorg:account"


def base_url(settings):
    """The token says who issued it, and with that which API it is for."""
    try:
        claims = settings["apiKey"].split(".")[1]
        issuer = orjson.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["iss"]
        return issuer.replace("auth-token", "api").rstrip("/")
    except (IndexError, KeyError, ValueError, TypeError, AttributeError, binascii.Error):
        return "https://api.devrev.ai"


integration = Integration(
    slug="devrev",
    name="DevRev",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-devrev/",
    base_url=base_url,
    auth=header("Authorization", "apiKey"),
    check=Request("GET", "/dev-users.self"),
    names=("DevRev",),
    description="Creates customers and tickets and records product events.",
    settings=[
        Setting("apiKey", "API key", required=True, secret=True, help="A personal access token"),
        Setting(
            "blacklistedDomains",
            "Mail domains of no company",
            default=PUBLIC_MAIL,
            help="Separated by commas. Their users get an account each",
        ),
    ],
    presets=[
        Preset("Identify calls", "createRevUser", 'type = "identify"'),
        Preset("Track calls", "streamEvent", 'type = "track"'),
    ],
)


@integration.action(
    "Create Work",
    slug="createWork",
    trigger='type = "track" and event = "Work Requested"',
    fields=[
        Field("partId", required=True),
        Field("title", default=first_of("$.properties.work_title", "$.event"), required=True),
        Field("description", default=path("$.properties.description"), required=True),
        Field("email", default=path("$.properties.email"), format="email"),
        Field("assignTo", required=True),
        Field("priority", default="p2", required=True, choices=("p0", "p1", "p2", "p3")),
        Field("type", default="issue", required=True, choices=("issue", "ticket")),
    ],
)
def create_work(payload, settings):
    work = {
        "applies_to_part": payload["partId"],
        "title": payload["title"],
        "body": payload["description"],
        "owned_by": [payload["assignTo"]],
        "type": payload["type"],
        "priority": payload["priority"],
    }
    return Request("POST", "/internal/works.create", json=work)


@integration.action(
    "Create Rev User",
    slug="createRevUser",
    trigger='type = "identify"',
    fields=[
        Field("email", default=first_of("$.traits.email", "$.properties.email"), required=True),
        Field("fullName", default=first_of("$.traits.name", "$.properties.name")),
        Field("firstName", default=first_of("$.traits.first_name", "$.properties.first_name")),
        Field("lastName", default=first_of("$.traits.last_name", "$.properties.last_name")),
        Field("comment"),
        Field("tag"),
    ],
)
def create_rev_user(payload, settings):
    email = payload["email"].strip().lower()
    if not re.fullmatch(r'[^@\s"]+@[^@\s"]+', email):
        raise InvalidPayload([("email", "must be an e-mail address")])
    response = yield _look_up("/internal/rev-users.list", email=email)
    users = response.object().get("rev_users") or []
    if users:
        user = min(users, key=lambda one: text_of(one.get("created_date")))
    else:
        user = yield from _create_user(email, payload, settings)
    tags = [one["tag"]["id"] for one in user.get("tags") or []]
    user_id, tag = user.get("id"), payload.get("tag")
    if user_id and tag and tag not in tags:
        tagged = {"id": user_id, "tags": [{"id": one} for one in [*tags, tag]]}
        yield Request("POST", "/internal/rev-users.update", json=tagged)
    if user_id and payload.get("comment"):
        comment = {
            "object": user_id,
            "type": "timeline_comment",
            "body_type": "text",
            "body": payload["comment"],
        }
        yield Request("POST", "/timeline-entries.create", json=comment)


@integration.action(
    "Stream Event",
    slug="streamEvent",
    trigger='type = "track"',
    fields=[
        Field("eventName", default=path("$.event"), required=True),
        Field("timestamp", "datetime", path("$.timestamp"), required=True),
        Field("userId", default=path("$.userId")),
        *(
            Field(name, default=first_of(f"$.traits.{name}", f"$.integrations.DevRev.{name}"))
            for name in ("userRef", "accountRef", "workspaceRef")
        ),
        Field("email", default=first_of("$.properties.email", "$.email"), format="email"),
        Field("properties", "object", path("$.properties")),
        Field("messageId", default=path("$.messageId")),
        Field("context", "object", path("$.context")),
        Field("anonymousId", default=path("$.anonymousId")),
    ],
)
def stream_event(payload, settings):
    event = {"name": payload["eventName"], "event_time": text_of(payload["timestamp"])}
    if "messageId" in payload:
        event["event_id"] = payload["messageId"]
    event["payload"] = {**payload, "event_source": "segment"}
    return Request("POST", "/internal/track-events.publish", json={"events_list": [event]})


def _create_user(email, payload, settings):
    account_id = yield from _account_of(email, payload, settings)
    user = {"email": email, "display_name": _name_of(payload), "external_ref": email}
    if account_id:
        query = {"account": account_id}
        response = yield Request("GET", "/internal/rev-orgs.list", query=query)
        workspaces = response.object().get("rev_orgs") or []
        own = (w["id"] for w in workspaces if w.get("external_ref_issuer") == DEFAULT_WORKSPACE)
        user["org_id"] = next(own, None)
    tags = [{"id": payload["tag"]}] if payload.get("tag") else []
    if tags:
        user["tags"] = tags
    user = {name: value for name, value in user.items() if value is not None}
    response = yield Request("POST", "/internal/rev-users.create", json=user)
    created = response.object().get("rev_user") or {}
    return {**created, "tags": [{"tag": one} for one in tags]}


def _account_of(email, payload, settings):
    """Find or create the account of an e-mail's company. Who has none gets one for the address."""
    domain = email.rpartition("@")[2]
    listed = (settings.get("blacklistedDomains") or "").split(",")
    if domain in [one.strip() for one in listed]:
        reference, look_up = email, _look_up("/internal/accounts.list", external_refs=email)
    else:
        reference, look_up = domain, _look_up("/internal/accounts.list", domains=domain)
    response = yield look_up
    accounts = response.object().get("accounts") or []
    if accounts:
        return accounts[0]["id"]
    account = {"display_name": reference, "external_refs": [reference]}
    if payload.get("tag"):
        account["tags"] = [{"id": payload["tag"]}]
    if reference == domain:
        account["domains"] = [domain]
    response = yield Request("POST", "/internal/accounts.create", json=account)
    return (response.object().get("account") or {}).get("id")


def _look_up(url, **terms):
    return Request("GET", url, query={name: f'"{value}"' for name, value in terms.items()})


def _name_of(payload):
    parts = (payload[name] for name in ("firstName", "lastName") if payload.get(name))
    return payload.get("fullName") or " ".join(parts)
