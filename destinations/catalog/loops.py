"""Loops: e-mail for software companies.

API: https://loops.so/docs/api-reference.
Facts: reference/destination-catalog/marketing.md, "Loops (Actions)" (read 2026-11-25).
"""

from destinations.auth import bearer
from destinations.integration import Field, Integration, Request, Setting, first_of, path


def delete_user(user_id, settings):
    return Request("POST", "/contacts/delete", json={"userId": [user_id]})


integration = Integration(
    slug="loops",
    name="Loops",
    category="marketing",
    docs_url="https://loops.so/docs/api-reference",
    base_url="https://app.loops.so/api/v1",
    auth=bearer("apiKey"),
    check=Request("GET", "/api-key"),
    delete_user=delete_user,
    names=("Loops (Actions)",),
    description="E-mail for software companies.",
    settings=[Setting("apiKey", "API key", required=True, secret=True, help="Settings → API")],
)

_SOURCE = path("$.traits.source")


@integration.action(
    "Create or update a contact",
    slug="createOrUpdateContact",
    trigger='type = "identify"',
    fields=[
        Field("createdAt", "datetime", format="date-time"),
        Field("customAttributes", "object", path("$.traits")),
        Field("email", default=first_of("$.traits.email", "$.email"), format="email"),
        Field("firstName", default=path("$.traits.firstName")),
        Field("lastName", default=path("$.traits.lastName")),
        Field("mailingLists", "object", help="The id of each list, and true or false"),
        Field("source", default={"@if": {"exists": _SOURCE, "then": _SOURCE, "else": "Segment"}}),
        Field("subscribed", "boolean"),
        Field("userGroup", default=path("$.traits.userGroup")),
        Field("userId", default=path("$.userId"), required=True),
    ],
)
def create_or_update_contact(payload, settings):
    body = dict(payload)
    custom = body.pop("customAttributes", {})
    lists = body.get("mailingLists") or custom.get("mailingLists")
    # Sent always, if only to say that no list is joined or left.
    body = {**custom, **body, "mailingLists": _memberships(lists)}
    return Request("PUT", "/contacts/update", json=body)


def _memberships(lists):
    """Return which lists to join and to leave; what is neither is left out."""
    known = {"true": True, "false": False}
    if type(lists) is not dict:
        return {}
    found = {each: known.get(v, v) if type(v) is str else v for each, v in lists.items()}
    return {each: value for each, value in found.items() if type(value) is bool}


@integration.action(
    "Send Event",
    slug="sendEvent",
    trigger='type = "track"',
    fields=[
        Field(
            "email",
            default=first_of("$.properties.email", "$.context.traits.email"),
            format="email",
        ),
        Field("eventName", default=path("$.event"), required=True),
        Field("userId", default=path("$.userId"), required=True),
        Field("contactProperties", "object"),
        Field("eventProperties", "object", path("$.properties")),
    ],
)
def send_event(payload, settings):
    names = ("email", "eventName", "userId", "eventProperties")
    event = {name: payload[name] for name in names if name in payload}
    body = {**event, **(payload.get("contactProperties") or {})}
    return Request("POST", "/events/send", json=body)
