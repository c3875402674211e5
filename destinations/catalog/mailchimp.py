"""Mailchimp: members of an audience.

API: https://mailchimp.com/developer/marketing/api/list-members/.
Facts: reference/destination-catalog/marketing.md, "Mailchimp (classic)" (read 2026-11-25). A
classic destination has one fixed translation; here it is the action `identify`, on by default. Its
objects among the traits are left out like its lists: Mailchimp would refuse the member for them.

Concurrent updates of one member give odd 404s at Mailchimp; our deliveries keep the order of each
user's events, so that there are none.
"""

import hashlib
import re
from dataclasses import replace
from urllib.parse import quote

from destinations.auth import Auth, basic_value
from destinations.integration import Field, Integration, Request, Setting, json_text, path


def _sign(request, settings, auth, now):
    # Any user name will do.
    headers = {"Authorization": basic_value("any", settings["apiKey"]), **request.headers}
    return replace(request, headers=headers)


integration = Integration(
    slug="mailchimp",
    name="Mailchimp",
    category="marketing",
    docs_url="https://mailchimp.com/developer/marketing/api/list-members/",
    base_url=lambda settings: f"https://{settings['datacenter']}.api.mailchimp.com/3.0",
    auth=Auth("basic", _sign),
    # Asks about the audience, so that a wrong one is noticed as well as a wrong key.
    check=lambda settings: Request(
        "GET", f"/lists/{quote(settings['listId'], safe='')}", query={"fields": "id"}
    ),
    names=("MailChimp",),
    description="Adds people to an audience and keeps what is known of them up to date.",
    settings=[
        Setting(
            "apiKey", "API key", required=True, secret=True, help="Account → Extras → API keys"
        ),
        Setting(
            "datacenter",
            "Data center",
            required=True,
            pattern=r"[a-z]+[0-9]+",
            help="The end of the API key, such as us5",
        ),
        Setting("listId", "Audience ID", required=True, help="Audience → Settings"),
        Setting(
            "doubleOptIn",
            "Double opt-in",
            type="boolean",
            default=False,
            help="New members have to confirm by e-mail",
        ),
    ],
)


@integration.action(
    "Add or update a member",
    slug="identify",
    trigger='type = "identify"',
    fields=[
        Field("email", default=path("$.traits.email"), required=True),
        Field("traits", "object", path("$.traits")),
        Field("listId", default=path("$.integrations.MailChimp.listId"), label="Other audience"),
        Field(
            "subscriptionStatus",
            default=path("$.integrations.MailChimp.subscriptionStatus"),
            choices=("pending", "subscribed", "unsubscribed", "cleaned"),
            help="For members that exist; without it they keep their status",
        ),
    ],
)
def identify(payload, settings):
    audience = payload.get("listId") or settings["listId"]
    member = hashlib.md5(payload["email"].lower().encode(), usedforsecurity=False).hexdigest()
    body = {
        "email_address": payload["email"],
        "status_if_new": "pending" if settings.get("doubleOptIn") else "subscribed",
        "merge_fields": _merge_fields(payload.get("traits") or {}),
    }
    if "subscriptionStatus" in payload:
        body["status"] = payload["subscriptionStatus"]
    return Request("PUT", f"/lists/{quote(audience, safe='')}/members/{member}", json=body)


_TAGS = {"firstName": "FNAME", "lastName": "LNAME"}


def _merge_fields(traits):
    found = {}
    for name, value in traits.items():
        tag = _TAGS.get(name) or re.sub(r"[^A-Za-z0-9]", "", name).upper()[:10]
        if tag and name != "email" and type(value) not in (dict, list):
            found[tag] = json_text(value) if value is None or type(value) is bool else value
    return found
