"""Pardot (Marketing Cloud Account Engagement): prospects.

API: https://developer.salesforce.com/docs/marketing/pardot/guide/prospect-v5.html ("Upsert"), its
error codes: …/error-codes.html, its limits: …/overview.html (a day's quota; 5 requests at a time;
both are told by the code in the body alone). Facts: reference/destination-catalog/crm.md, "Pardot
(Actions)", and, where it is silent, Segment's open source (destinations/actions-pardot). All read
2026-11-25. Segment connects through an app of its own; here the connected app of Salesforce, or an
access token, is a setting.

Segment gives up on every refusal. Here a code that means "later" is tried again; and one that means
"not with this token", or the page of XML that may mean it (Pardot sends it for a wrong business
unit, token or instance, and does not say which), is tried once more with a new token.
"""

from destinations.catalog._bodies import chosen
from destinations.catalog._oauth import CLIENT, oauth
from destinations.integration import (
    Field,
    Integration,
    Request,
    ServerFault,
    Setting,
    Throttled,
    Unauthorized,
    first_of,
)

PROSPECTS = "/api/v5/objects/prospects"
TOO_MUCH = {66, 122, 202}
PASSING = {183, 214}
WRONG_TOKEN = 184


def authorize_url(settings):
    return f"{_login(settings)}/services/oauth2/authorize"


def token_url(settings):
    return f"{_login(settings)}/services/oauth2/token"


def _login(settings):
    return f"https://{'test' if settings.get('isSandbox') else 'login'}.salesforce.com"


def base_url(settings):
    return f"https://{'pi.demo' if settings.get('isSandbox') else 'pi'}.pardot.com"


def _headers(settings):
    return {"Pardot-Business-Unit-Id": settings["businessUnitID"]}


def check(settings):
    return Request("GET", PROSPECTS, _headers(settings), {"fields": "id", "limit": 1})


def check_answer(response):
    error = find_error(response)
    if error is not None:
        return str(error)
    return None if 200 <= response.status < 300 else ""


def find_error(response):
    """Return the DeliveryError that an answer means, or None where its status says it."""
    kind = response.headers.get("content-type") or ""
    if "xml" in kind and response.status in (400, 403):
        said = "Pardot knows no such business unit, access token, or either on this instance"
        return Unauthorized(f"{said} (production or sandbox)", status=401)
    answer = response.json()
    if 200 <= response.status < 300 or type(answer) is not dict:
        return None
    code = answer.get("code")
    said = f"Pardot refused: {code} {answer.get('message')}"
    if code == WRONG_TOKEN:
        return Unauthorized(said, status=401)
    if code in TOO_MUCH:
        return Throttled(said, status=429)
    return ServerFault(said, status=500) if code in PASSING else None


integration = Integration(
    slug="actions-pardot",
    name="Pardot",
    category="crm",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-pardot/",
    base_url=base_url,
    auth=oauth(
        token_url,
        authorize_url=authorize_url,
        consent={"scope": "pardot_api refresh_token"},
        pkce=True,
    ),
    check=check,
    check_answer=check_answer,
    names=("Pardot Actions", "Pardot (Actions)"),
    concurrency=5,
    description="Creates and updates prospects.",
    settings=[
        Setting(
            "businessUnitID",
            "Business unit ID",
            required=True,
            help="Salesforce → Setup → Business unit setup: 18 characters, starting with 0Uv",
        ),
        Setting(
            "accountID",
            "Account ID",
            required=True,
            help="piAId in the tracking code of a campaign",
        ),
        Setting("isSandbox", "Sandbox", type="boolean", default=False),
        *CLIENT,
    ],
)


def _either(name):
    return first_of(f"$.traits.{name}", f"$.properties.{name}")


# Under Pardot's names.
PROSPECT = [
    Field("email", default=_either("email"), required=True, help="Upper and lower case matter"),
    Field("firstName", default=_either("first_name")),
    Field("lastName", default=_either("last_name")),
    Field("salutation"),
    Field("phone", default=_either("phone")),
    Field("company", default=_either("company")),
    Field("jobTitle", default=_either("title")),
    Field("industry"),
    Field("city", default=_either("address.city")),
    Field("state", default=_either("address.state")),
    Field("zip", default=_either("address.postal_code")),
    Field("country", default=_either("address.country")),
    Field("website", default=_either("website")),
]


@integration.action(
    "Upsert Prospect",
    slug="prospects",
    trigger='type = "identify"',
    fields=[
        *PROSPECT,
        Field(
            "secondaryDeletedSearch",
            "boolean",
            True,
            required=True,
            label="Search deleted prospects",
            help="Only where several prospects may have one e-mail address",
        ),
        Field("customFields", "object", help="API name of the field: value"),
    ],
)
def upsert_prospect(payload, settings):
    prospect = chosen(payload, *(field.name for field in PROSPECT))
    body = {
        "matchEmail": payload["email"],
        "prospect": {**prospect, **(payload.get("customFields") or {})},
        "secondaryDeletedSearch": payload["secondaryDeletedSearch"],
    }
    return Request("POST", f"{PROSPECTS}/do/upsertLatestByEmail", _headers(settings), json=body)


@upsert_prospect.answer
def read_answer(response, payloads):
    error = find_error(response)
    return None if error is None else [error] * len(payloads)
