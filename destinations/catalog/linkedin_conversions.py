"""LinkedIn Conversions API: conversions for a rule that exists in LinkedIn's Campaign Manager.

API: https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/conversions-api
(read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "LinkedIn Conversions API", and, where it is
silent, Segment's open source (destinations/linkedin-conversions/api, read 2026-11-25), with these
additions:

- The conversion rule of a mapping is what Segment's on-save hook has left (`onMappingSave`), or the
  field `conversionRuleId`, which a setting fills. Rules are made in LinkedIn, not here.
- Segment connects through an app of its own; here the client or a token are settings.
- Switched on, the e-mail address is also looked for where events of type track have it.
- Numbers of ten digits are seconds; Segment takes them for milliseconds, so for 1970.
"""

from datetime import timedelta

from destinations.catalog._batches import sort_out, together
from destinations.catalog._bodies import present
from destinations.catalog._oauth import CLIENT, oauth
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    ServerFault,
    Setting,
    epoch_ms,
    find_moment,
    first_of,
    for_status,
    hashing,
    path,
    setting,
)

OLDEST = timedelta(days=90)
HEADERS = {"LinkedIn-Version": "202603", "X-Restli-Protocol-Version": "2.0.0"}
# "AXCIOM_ID" is the reference's spelling; LinkedIn's documentation and the newest of Segment's
# source have "ACXIOM_ID" (2026-11-25).
IDS = {
    "linkedInUUID": "LINKEDIN_FIRST_PARTY_ADS_TRACKING_UUID",
    "acxiomID": "ACXIOM_ID",
    "oracleID": "ORACLE_MOAT_ID",
}
EMAIL = {"email": first_of("$.traits.email", "$.context.traits.email")}

integration = Integration(
    slug="linkedin-conversions",
    name="LinkedIn Conversions API",
    category="advertising",
    docs_url=(
        "https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/"
        "conversions-api"
    ),
    base_url="https://api.linkedin.com/rest",
    auth=oauth(
        "https://www.linkedin.com/oauth/v2/accessToken",
        authorize_url="https://www.linkedin.com/oauth/v2/authorization",
        scope="rw_conversions r_ads r_basicprofile",
        # Only some partners are given one. LinkedIn refuses a proof of who asked (`pkce`).
        needs_refresh_token=False,
    ),
    check=Request("GET", "/me", HEADERS),
    names=("LinkedIn Conversions API",),
    description="Tells LinkedIn's ads about conversions.",
    settings=[
        *CLIENT,
        Setting(
            "conversionRuleId",
            "Conversion rule ID",
            help="Campaign Manager → Conversion tracking. For mappings that name no rule",
        ),
    ],
    presets=[Preset("Track calls", "streamConversion", 'type = "track"', EMAIL)],
)


@integration.action(
    "Stream Conversion Event",
    slug="streamConversion",
    trigger='type = "track"',
    batch=Batch(size=5000, max_size=5000),
    fields=[
        Field("conversionHappenedAt", "datetime", path("$.timestamp"), required=True),
        Field(
            "conversionValue",
            "object",
            properties=(
                Field("currencyCode", default=path("$.properties.currency"), required=True),
                Field("amount", default=path("$.properties.revenue"), required=True),
            ),
        ),
        Field("eventId", default=path("$.messageId")),
        Field("email", default=path("$.traits.email")),
        Field("linkedInUUID"),
        Field("acxiomID"),
        Field("oracleID"),
        Field(
            "userInfo",
            "object",
            properties=(
                Field("firstName", required=True),
                Field("lastName", required=True),
                Field("companyName"),
                Field("title"),
                Field("countryCode"),
            ),
        ),
        Field("externalIds", multiple=True),
        Field("conversionRuleId", default=setting("conversionRuleId")),
        Field("onMappingSave", "object", hidden=True),
        Field("enable_batching", "boolean", True, hidden=True),
        Field("batch_size", "number", 5000, hidden=True),
    ],
)
def stream_conversion(payload, settings, *, now):
    return Request("POST", "/conversionEvents", HEADERS, json=_event(payload, now))


@stream_conversion.batch
def stream_conversions(payloads, settings, *, now):
    """Send what LinkedIn can take; the others have their own problem each."""
    elements, problems = sort_out(payloads, lambda payload: _event(payload, now))
    if not elements:
        return problems
    headers = {**HEADERS, "X-RestLi-Method": "BATCH_CREATE"}
    response = yield Request("POST", "/conversionEvents", headers, json={"elements": elements})
    return together(problems, read_answer(response, elements))


@stream_conversion.answer
def read_answer(response, payloads):
    answer = response.json()
    elements = answer.get("elements") if type(answer) is dict else None
    if not 200 <= response.status < 300 or type(elements) is not list:
        return None
    missing = ServerFault("LinkedIn did not say what became of this event", status=500)
    return [_outcome(elements[i]) if i < len(elements) else missing for i in range(len(payloads))]


def _outcome(element):
    element = element if type(element) is dict else {}
    status, error = element.get("status"), element.get("error")
    said = error.get("message") if type(error) is dict else None
    status = status if type(status) is int else 500
    return for_status(status, f"LinkedIn answered {status} for this event: {said}")


def _event(payload, now):
    if now - find_moment(payload["conversionHappenedAt"]) > OLDEST:
        raise InvalidPayload([("conversionHappenedAt", "is older than 90 days")])
    external = payload.get("externalIds")
    user = {
        "userIds": _user_ids(payload),
        "userInfo": payload.get("userInfo"),
        # LinkedIn takes one.
        "externalIds": external[:1] if external else None,
    }
    return present(
        {
            "conversion": f"urn:lla:llaPartnerConversion:{_rule_id(payload)}",
            "conversionHappenedAt": epoch_ms(payload["conversionHappenedAt"]),
            "conversionValue": payload.get("conversionValue"),
            "eventId": payload.get("eventId"),
            "user": present(user),
        }
    )


def _rule_id(payload):
    saved = payload.get("onMappingSave") or {}
    outputs = saved.get("outputs") if type(saved.get("outputs")) is dict else {}
    rule_id = outputs.get("id") or payload.get("conversionRuleId")
    if type(rule_id) not in (str, int):
        raise InvalidPayload([("conversionRuleId", "is required")])
    return rule_id


def _user_ids(payload):
    values = {
        "SHA256_EMAIL": hashing.hashed(payload.get("email")),
        **{kind: payload.get(name) for name, kind in IDS.items()},
    }
    found = [{"idType": kind, "idValue": value} for kind, value in values.items() if value]
    if not found:
        needed = "or linkedInUUID, acxiomID, oracleID is required"
        raise InvalidPayload([("email", needed)])
    return found
