"""Help Scout: customers of a shared inbox.

API: https://developer.helpscout.com/mailbox-api/endpoints/customers/ (read 2026-11-23). Facts:
reference/destination-catalog/support-messaging.md, "Help Scout (classic)" (read 2026-11-25).

A customer who is there already is patched: Help Scout's PUT empties every field that it is not
given. A telephone number goes along only with a new customer, since there is a list of them.
"""

from destinations.catalog._oauth import CLIENT_ALONE, oauth
from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Request,
    first_of,
    path,
    text_of,
)

# What can be patched, under Help Scout's names.
PATCHED = ("firstName", "lastName", "jobTitle", "organization", "photoUrl", "background")

integration = Integration(
    slug="help-scout",
    name="Help Scout",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/help-scout/",
    base_url="https://api.helpscout.net/v2",
    auth=oauth("https://api.helpscout.net/v2/oauth2/token", grant="client_credentials"),
    check=Request("GET", "/users/me"),
    names=("Help Scout",),
    description="Keeps customers of the inbox up to date.",
    settings=[*CLIENT_ALONE],
)


@integration.action(
    "Create or update a customer",
    slug="identify",
    trigger='type = "identify"',
    fields=[
        Field("email", default=first_of("$.traits.email", "$.userId"), required=True),
        Field("name", default=path("$.traits.name")),
        Field("firstName", default=path("$.traits.firstName")),
        Field("lastName", default=path("$.traits.lastName")),
        Field("phone", default=path("$.traits.phone")),
        Field("jobTitle", default=first_of("$.traits.jobTitle", "$.traits.title")),
        Field("organization", default=first_of("$.traits.organization", "$.traits.company.name")),
        Field("photoUrl", default=path("$.traits.avatar")),
        Field("background", default=path("$.traits.description")),
    ],
)
def identify(payload, settings):
    if "@" not in payload["email"] or '"' in payload["email"]:
        # It is the userId, which may be an e-mail address; and it goes between quotes.
        raise InvalidPayload([("email", "must be an e-mail address")])
    customer = _customer_of(payload)
    query = {"query": f'(email:"{payload["email"]}")'}
    response = yield Request("GET", "/customers", query=query)
    found = (response.object().get("_embedded") or {}).get("customers") or []
    if found:
        patch = [
            {"op": "replace", "path": f"/{name}", "value": customer[name]}
            for name in PATCHED
            if name in customer
        ]
        yield Request("PATCH", f"/customers/{text_of(found[0]['id'])}", json=patch)
        return
    customer["emails"] = [{"type": "work", "value": payload["email"]}]
    if "phone" in payload:
        customer["phone"] = payload["phone"]
    yield Request("POST", "/customers", json=customer)


def _customer_of(payload):
    first, last = payload.get("firstName"), payload.get("lastName")
    if not (first and last):
        if not payload.get("name"):
            raise InvalidPayload([("name", "is required, or a firstName and a lastName")])
        first, _, last = payload["name"].partition(" ")
    customer = {"firstName": first, "lastName": last}
    customer |= {name: payload[name] for name in PATCHED[2:] if name in payload}
    return {name: value for name, value in customer.items() if value}
