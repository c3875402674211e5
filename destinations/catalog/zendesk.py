"""Zendesk: users, organizations and events of a help desk.

API: https://developer.zendesk.com/api-reference/ (users, organizations, organization memberships,
user events). Facts: reference/destination-catalog/support-messaging.md, "Zendesk (classic)" (read
2026-11-25). Segment connects through an app of its own; here an agent's e-mail and an API token
are settings.

Where Segment drops a call that cannot be told apart (several users with one e-mail address, several
organizations with one name) we refuse it with the reason.
"""

import re
from dataclasses import replace

from destinations.auth import Auth, basic_value
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Rejected,
    Request,
    Setting,
    path,
    text_of,
)

# Traits with a place of their own in Zendesk, under our name.
USER_TRAITS = {
    "email": "email",
    "organizationId": "organization_id",
    "timezone": "time_zone",
    "phone": "phone",
}
ORGANIZATION_TRAITS = {
    "name": "name",
    "domainNames": "domain_names",
    "tags": "tags",
    "url": "url",
    "deleted": "deleted",
}
NAME_TRAITS = ("name", "firstName", "lastName")


def _sign(request, settings, auth, now):
    token = (auth or {}).get("accessToken")
    value = (
        f"Bearer {token}" if token else basic_value(f"{settings['email']}/token", settings["token"])
    )
    return replace(request, headers={"Authorization": value, **request.headers})


integration = Integration(
    slug="zendesk",
    name="Zendesk",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/zendesk/",
    base_url=lambda settings: f"https://{settings['subdomain']}.zendesk.com/api/v2",
    auth=Auth("basic", _sign),
    check=Request("GET", "/users/me.json"),
    names=("Zendesk",),
    description="Keeps users and organizations of the help desk up to date.",
    settings=[
        Setting(
            "subdomain",
            "Subdomain",
            required=True,
            pattern=r"[A-Za-z0-9-]+",
            help="What stands before .zendesk.com",
        ),
        Setting("email", "Agent's e-mail", required=True, help="An administrator's, for groups"),
        Setting(
            "token",
            "API token",
            required=True,
            secret=True,
            aliases=("apiToken", "api_token"),
            help="Zendesk → Admin Center → APIs → Zendesk API",
        ),
        Setting("verified", "Create users as verified", type="boolean", default=False),
        Setting(
            "removeUsersFromOrganizations",
            "Remove users from organizations",
            type="boolean",
            default=False,
            help="When traits.company has an id and remove: true",
        ),
        Setting(
            "allowGroupWithoutUserId",
            "Allow groups without a user",
            type="boolean",
            default=False,
        ),
        Setting("events", "Track events to send", type="list", help="One name a line"),
    ],
)


@integration.action(
    "Create or update a user",
    slug="identify",
    trigger='type = "identify"',
    fields=[
        Field("userId", default=path("$.userId")),
        Field("traits", "object", path("$.traits"), required=True),
    ],
)
def identify(payload, settings):
    traits = payload["traits"]
    user = _user_of(traits, settings)
    if payload.get("userId"):
        user["external_id"] = payload["userId"]
    if traits.get("email"):
        query = {"query": f'email:"{text_of(traits["email"])}"'}
        response = yield Request("GET", "/users/search.json", query=query)
        if response.object().get("count", 0) > 1:
            raise Rejected("several users have this e-mail address", code="AMBIGUOUS_USER")
    response = yield Request("POST", "/users/create_or_update.json", json={"user": user})
    company = traits.get("company")
    if settings.get("removeUsersFromOrganizations") and type(company) is dict:
        user_id = response.object().get("user", {}).get("id")
        if company.get("id") and company.get("remove") is True and user_id:
            yield from _remove_from_organization(user_id, company["id"])


@integration.action(
    "Create or update an organization",
    slug="group",
    trigger='type = "group"',
    fields=[
        Field("groupId", default=path("$.groupId"), required=True),
        Field("userId", default=path("$.userId")),
        Field("traits", "object", path("$.traits")),
    ],
)
def group(payload, settings):
    user = payload.get("userId")
    if not user and not settings.get("allowGroupWithoutUserId"):
        raise InvalidPayload([("userId", "is required")])
    organization = _organization_of(payload.get("traits") or {})
    if organization.get("name"):
        query = {"name": text_of(organization["name"])}
        response = yield Request("GET", "/organizations/search.json", query=query)
        if response.object().get("count", 0) > 1:
            raise Rejected("several organizations have this name", code="AMBIGUOUS_ORGANIZATION")
    organization["external_id"] = payload["groupId"]
    body = {"organization": organization}
    response = yield Request("POST", "/organizations/create_or_update.json", json=body)
    organization_id = response.object().get("organization", {}).get("id")
    if user and organization_id:
        yield from _add_member(user, organization_id)


@integration.action(
    "Record an event of a user",
    slug="track",
    trigger='type = "track"',
    help="Only events named in the settings are sent, of known users. Needs a Sunshine plan.",
    fields=[
        Field("event", default=path("$.event"), required=True),
        Field("userId", default=path("$.userId")),
        Field("email", default=path("$.properties.email")),
        Field("properties", "object", path("$.properties")),
    ],
)
def track(payload, settings):
    if payload["event"] not in (settings.get("events") or ()) or "userId" not in payload:
        return []
    if payload.get("email"):
        identifier = {"type": "email", "value": payload["email"]}
    else:
        identifier = {"type": "external_id", "value": payload["userId"]}
    event = {
        "source": "segment",
        "type": payload["event"],
        "description": payload["event"],
        "properties": payload.get("properties") or {},
    }
    profile = {"source": "segment", "type": "customer", "identifiers": [identifier]}
    return Request("POST", "/user_profiles/events", json={"event": event, "profile": profile})


def _user_of(traits, settings):
    first_last = [text_of(traits[name]) for name in NAME_TRAITS[1:] if traits.get(name)]
    name = text_of(traits.get("name")) or (" ".join(first_last) if len(first_last) == 2 else "")
    if not name:
        raise InvalidPayload([("traits", "must hold a name, or a firstName and a lastName")])
    user = {"name": name, **_renamed(traits, USER_TRAITS)}
    user["verified"] = bool(settings.get("verified"))
    company = traits.get("company")
    directive = ("company",) if type(company) is dict and "remove" in company else ()
    user["user_fields"] = _others(traits, (*USER_TRAITS, *NAME_TRAITS, *directive))
    return user


def _organization_of(traits):
    found = _renamed(traits, ORGANIZATION_TRAITS)
    found["organization_fields"] = _others(traits, ORGANIZATION_TRAITS)
    return found


def _renamed(traits, names):
    return {ours: traits[theirs] for theirs, ours in names.items() if theirs in traits}


def _others(traits, known):
    """The traits that are custom fields; Zendesk spells their keys in snake case."""
    return {_snake_case(name): value for name, value in traits.items() if name not in known}


def _snake_case(name):
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    return re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()


def _add_member(user, organization_id):
    query = {"external_id": user}
    response = yield Request("GET", "/users/search.json", query=query)
    users = response.object().get("users") or []
    if not users:
        raise Rejected("the user of this group is not known: identify comes first", status=404)
    membership = {"user_id": users[0]["id"], "organization_id": organization_id}
    body = {"organization_membership": membership}
    try:
        yield Request("POST", "/organization_memberships.json", json=body)
    except Rejected as error:
        # 422: is a member already.
        if error.status != 422:
            raise


def _remove_from_organization(user_id, group_id):
    query = {"external_id": text_of(group_id)}
    response = yield Request("GET", "/organizations/search.json", query=query)
    for organization in response.object().get("organizations") or []:
        try:
            yield Request("DELETE", f"/users/{user_id}/organizations/{organization['id']}.json")
        except Rejected as error:
            # 404: is no member any more.
            if error.status != 404:
                raise
