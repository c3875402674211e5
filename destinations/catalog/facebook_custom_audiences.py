"""Facebook Custom Audiences: who is in an audience of Meta's ads, and who is not any more.

API: https://developers.facebook.com/docs/marketing-api/reference/custom-audience/users (read
2026-11-25). Limit: 10,000 people at a time.
Facts: reference/destination-catalog/advertising.md, "Facebook Custom Audiences (Actions)", for who
enters and who leaves reference/destinations.md, section 2.3, and, where these are silent, Segment's
open source (destinations/facebook-custom-audiences/sync, read 2026-11-25). Deliberate differences:

- Segment connects people through its own app; here a token is a setting. The tokens of Facebook's
  consent page end after hours, those of a system user need not:
  https://developers.facebook.com/docs/facebook-login/guides/access-tokens (read 2026-11-25).
- The audience is one that exists: making one when a mapping or an audience is saved is left out.
  Its id stands in the mapping, or is what Segment's on-save hook has left there.
- The field `member` lets a mapping say who enters and who leaves, for events that do not say so
  themselves: audiences are computed elsewhere. Without it all is as with Segment.
- Without a sync mode it is "mirror"; Segment then knows of audiences and journeys alone.
- Events of one batch are for one audience, whatever the mapping says which that is.
- Errors that the Graph API answers with 400 though they pass are tried again.
"""

from dataclasses import replace
from urllib.parse import quote

from destinations.auth import Auth
from destinations.catalog._facebook_answers import problem_in
from destinations.catalog._facebook_people import SCHEMA, row_of
from destinations.catalog._oauth import token_of
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    Rejected,
    Request,
    ServerFault,
    Setting,
    Throttled,
    Unauthorized,
    Unreachable,
    first_of,
    path,
)

# By the sync mode: the events of a table that is synced with which people enter or leave.
ENTER = {
    "add": ("new",),
    "update": ("updated",),
    "upsert": ("new", "updated"),
    "mirror": ("new", "updated"),
}
LEAVE = {"delete": ("deleted",), "mirror": ("deleted",)}
IDS = {"appId": "app_ids", "pageId": "page_ids", "igAccountIds": "ig_account_ids"}


def _sign(request, settings, auth, now):
    authorization = f"Bearer {token_of(settings, auth)}"
    return replace(request, headers={"Authorization": authorization, **request.headers})


def check(settings):
    account = settings["retlAdAccountId"].removeprefix("act_")
    return Request("GET", f"/act_{quote(account, safe='')}", query={"fields": "id,name"})


integration = Integration(
    slug="facebook-custom-audiences",
    name="Facebook Custom Audiences",
    category="advertising",
    docs_url="https://developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences",
    base_url="https://graph.facebook.com/v24.0",
    auth=Auth("bearer", _sign),
    check=check,
    names=("Facebook Custom Audiences (Actions)",),
    description="Adds people to audiences of Meta's ads, and removes them.",
    settings=[
        Setting(
            "retlAdAccountId", "Ad account ID", required=True, help="Ads Manager → Account settings"
        ),
        Setting(
            "access_token",
            "Access token",
            required=True,
            secret=True,
            aliases=("accessToken",),
            help="Of a system user with the permission ads_management. Business settings → Users",
        ),
    ],
)


def _either(name):
    return first_of(f"$.traits.{name}", f"$.properties.{name}")


FIELDS = [
    Field("externalId", default=path("$.userId"), required=True),
    Field("email", default=_either("email")),
    Field("phone", default=_either("phone"), help="With the code of the country"),
    Field("birth", "object", properties=[Field(name) for name in ("year", "month", "day")]),
    Field(
        "name",
        "object",
        properties=[
            Field("first", default=_either("first_name")),
            Field("last", default=_either("last_name")),
            Field("firstInitial"),
        ],
    ),
    Field("gender", default=_either("gender")),
    Field("city", default=_either("city")),
    Field("state", default=_either("state")),
    Field("zip", default=_either("postal_code")),
    Field("country", default=_either("country"), help="Two letters"),
    Field("mobileAdId"),
    Field("appId"),
    Field("pageId"),
    Field("igAccountIds"),
    Field(
        "external_audience_id",
        default=path("$.context.personas.external_audience_id"),
        label="Audience ID",
        help="Of an audience that exists: Ads Manager → Audiences",
    ),
    Field(
        "member",
        "boolean",
        help="True: the person enters the audience; false: leaves it. Empty: the event says so",
    ),
    Field("retlOnMappingSave", "object", hidden=True),
    Field("enable_batching", "boolean", True, required=True, hidden=True),
    Field("batch_size", "number", 10_000, required=True, hidden=True),
]


@integration.action(
    "Sync Audience",
    slug="sync",
    trigger='type = "track" or type = "identify"',
    fields=FIELDS,
    batch=Batch(size=10_000, max_size=10_000, keys=("external_audience_id", "retlOnMappingSave")),
)
def sync(payload, settings, *, event, sync_mode):
    return (yield from sync_batch([payload], settings, events=[event], sync_mode=sync_mode))


@sync.batch
def sync_batch(payloads, settings, *, events, sync_mode):
    url = f"/{quote(_audience_of(payloads[0]), safe='')}/users"
    members = [
        payload.get("member", _is_member(event or {}, sync_mode or "mirror"))
        for payload, event in zip(payloads, events, strict=True)
    ]
    outcomes = [_unknown() if member is None else None for member in members]
    for method, wanted in (("POST", True), ("DELETE", False)):
        positions = [i for i, member in enumerate(members) if member is wanted]
        if positions:
            body = _body([payloads[i] for i in positions])
            problem = yield from _send(Request(method, url, json=body))
            for i in positions:
                outcomes[i] = problem
    return outcomes


def _audience_of(payload):
    outputs = (payload.get("retlOnMappingSave") or {}).get("outputs")
    saved = outputs.get("audienceId") if type(outputs) is dict else None
    audience = saved or payload.get("external_audience_id")
    if type(audience) is not str:
        raise InvalidPayload([("external_audience_id", "is required")])
    return audience


def _is_member(event, sync_mode):
    """Return whether the event says that somebody enters (True) or leaves; None if neither."""
    kind = event.get("type")
    personas = _object(_object(event, "context"), "personas")
    key = personas.get("computation_key")
    if personas.get("computation_class") in ("audience", "journey_step") and type(key) is str:
        place = "traits" if kind == "identify" else "properties" if kind == "track" else None
        member = _object(event, place).get(key)
        if type(member) is bool:
            return member
    if kind != "track":
        return None
    if event.get("event") in ENTER.get(sync_mode, ()):
        return True
    return False if event.get("event") in LEAVE.get(sync_mode, ()) else None


def _object(value, name):
    member = value.get(name)
    return member if type(member) is dict else {}


def _unknown():
    return Rejected(
        "the event does not say whether the person enters or leaves the audience",
        code="INVALID_AUDIENCE_MEMBERSHIP",
        status=400,
    )


def _body(payloads):
    content = {"schema": SCHEMA, "data": [row_of(payload) for payload in payloads]}
    for field, member in IDS.items():
        ids = [payload.get(field) or "" for payload in payloads]
        if any(one.strip() for one in ids):
            content[member] = ids
    return {"payload": content}


def _send(request):
    """Send, and return the problem of all in the request, or None."""
    try:
        yield request
    except (Rejected, ServerFault, Throttled, Unauthorized, Unreachable) as error:
        return (problem_in(error.response) if error.response else None) or error
    return None
