"""Google Ads Conversions: clicks, calls and corrections, uploaded to Google Ads.

API: https://developers.google.com/google-ads/api/docs/conversions/overview, and
https://developers.google.com/google-ads/api/reference/rpc/v22/SessionAttributesKeyValuePairs for
the shape of session attributes (read 2026-11-23).
Facts: reference/destination-catalog/advertising.md, "Google Ads Conversions", and, where it is
silent, Segment's open source (destinations/google-enhanced-conversions, read 2026-11-25), with
these additions:

- Segment's app and developer token are its own; here the client, a token and the developer token
  are settings.
- `conversionActionId` is a setting that mappings without a `conversion_action` take. Segment ships
  no mappings; ours uploads orders, so that switching on does something once that setting is set.
- A refused conversion of a batch is found by its position in Google's answer; the rest is uploaded.
  So is what stands in a batch beside an e-mail address that is none; Segment gives up the batch.

The customer match list (`userList`) is for audiences and waits for them.
"""

from destinations.catalog._batches import sort_out, together
from destinations.catalog._bodies import needed
from destinations.catalog._google_ads import (
    adjustment,
    call_conversion,
    click_conversion,
    legacy_conversion,
    resources_in,
)
from destinations.catalog._google_ads_fields import ADJUSTMENT, CALL, CLICK, LEGACY
from destinations.catalog._oauth import CLIENT, GOOGLE_CONSENT, oauth
from destinations.integration import (
    Batch,
    Integration,
    Preset,
    Rejected,
    Request,
    ServerFault,
    Setting,
    Unauthorized,
    hashing,
    path,
)

LEGACY_URL = "https://www.google.com/ads/event/api/v1"
VARIABLES = (
    "SELECT conversion_custom_variable.id, conversion_custom_variable.name "
    "FROM conversion_custom_variable"
)
BATCH = Batch(size=1500, max_size=1500, enabled=False)
# What Google says of single conversions that may be uploaded again.
TEMPORARY = frozenset(
    {
        "TRANSIENT_ERROR",
        "INTERNAL_ERROR",
        "RESOURCE_EXHAUSTED",
        "RESOURCE_TEMPORARILY_EXHAUSTED",
        "CONCURRENT_MODIFICATION",
    }
)


def _headers(settings):
    headers = {"developer-token": needed(settings, "developer_token")}
    manager = hashing.digits(settings.get("loginCustomerId") or "")
    return {**headers, "login-customer-id": manager} if manager else headers


def check(settings):
    headers = {"developer-token": settings.get("developer_token") or ""}
    return Request("GET", "/customers:listAccessibleCustomers", headers)


integration = Integration(
    slug="google-enhanced-conversions",
    name="Google Ads Conversions",
    category="advertising",
    docs_url="https://developers.google.com/google-ads/api/docs/conversions/overview",
    base_url="https://googleads.googleapis.com/v22",
    auth=oauth(
        "https://www.googleapis.com/oauth2/v4/token",
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        scope="https://www.googleapis.com/auth/adwords",
        consent=GOOGLE_CONSENT,
        pkce=True,
    ),
    check=check,
    names=(
        "Actions Google Enhanced Conversions",
        "Google Enhanced Conversions",
        "Google Ads Conversions",
    ),
    description="Uploads conversions to Google Ads.",
    settings=[
        Setting("conversionTrackingId", "Conversion ID", help="For the older API; without AW-"),
        Setting("customerId", "Customer ID", help="Of the Google Ads account, 10 digits"),
        Setting("loginCustomerId", "Manager's customer ID", help="When a manager has the access"),
        *CLIENT,
        Setting(
            "developer_token",
            "Developer token",
            secret=True,
            help="Google Ads manager account → API Center",
        ),
        Setting(
            "conversionActionId",
            "Conversion action ID",
            help="`ctId` in the URL of the conversion. For mappings that name none",
        ),
    ],
    presets=[
        Preset(
            "Orders",
            "uploadClickConversion2",
            'type = "track" and event = "Order Completed"',
            {"gclid": path("$.properties.gclid")},
        )
    ],
)


def _customer(settings):
    return needed(settings, "customerId").replace("-", "")


def _ask_for_variables(payloads, settings):
    """Ask Google for the custom variables when a payload names some; return their resources."""
    if not any("custom_variables" in payload for payload in payloads):
        return None
    url = f"/customers/{_customer(settings)}/googleAds:searchStream"
    answer = yield Request("POST", url, _headers(settings), json={"query": VARIABLES})
    return resources_in(answer.json())


def _upload(payloads, settings, method, member, conversion_of):
    """Upload what is well-formed; the others have their own problem each."""
    conversions, problems = sort_out(payloads, conversion_of)
    if not conversions:
        return problems
    url = f"/customers/{_customer(settings)}:{method}"
    body = {member: conversions, "partialFailure": True}
    response = yield Request("POST", url, _headers(settings), json=body)
    return together(problems, read_answer(response, conversions))


def upload_clicks(payloads, settings):
    customer = _customer(settings)
    resources = yield from _ask_for_variables(payloads, settings)

    def conversion_of(payload):
        return click_conversion(payload, customer, resources)

    method = "uploadClickConversions"
    return (yield from _upload(payloads, settings, method, "conversions", conversion_of))


def upload_calls(payloads, settings):
    customer = _customer(settings)
    resources = yield from _ask_for_variables(payloads, settings)

    def conversion_of(payload):
        return call_conversion(payload, customer, resources)

    method = "uploadCallConversions"
    return (yield from _upload(payloads, settings, method, "conversions", conversion_of))


def upload_adjustments(payloads, settings, *, now):
    customer = _customer(settings)

    def conversion_of(payload):
        return adjustment(payload, customer, now)

    method, member = "uploadConversionAdjustments", "conversionAdjustments"
    return (yield from _upload(payloads, settings, method, member, conversion_of))


def upload_click(payload, settings):
    return (yield from upload_clicks([payload], settings))


def upload_call(payload, settings):
    return (yield from upload_calls([payload], settings))


def upload_adjustment(payload, settings, *, now):
    return (yield from upload_adjustments([payload], settings, now=now))


def read_answer(response, payloads):
    """Read which conversions Google refused although it answered 200."""
    answer = response.json()
    failure = answer.get("partialFailureError") if type(answer) is dict else None
    if response.status != 200 or type(failure) is not dict:
        return None
    refused = {}
    for error in _errors_in(failure):
        position = _position_in(error)
        if position is not None:
            refused.setdefault(position, _error_of(error))
    if not refused:
        return [Rejected(f"Google refused: {failure.get('message')}", status=400)] * len(payloads)
    return [refused.get(i) for i in range(len(payloads))]


def _errors_in(failure):
    details = failure.get("details")
    for detail in details if type(details) is list else ():
        errors = detail.get("errors") if type(detail) is dict else None
        yield from (error for error in errors or () if type(error) is dict)


def _position_in(error):
    elements = (error.get("location") or {}).get("fieldPathElements") or [{}]
    # Numbers of 64 bits are text in Google's JSON.
    index = str(elements[0].get("index", ""))
    return int(index) if index.isdigit() else None


def _error_of(error):
    codes = set(map(str, (error.get("errorCode") or {}).values()))
    kind, status = (ServerFault, 503) if codes & TEMPORARY else (Rejected, 400)
    return kind(f"Google refused: {error.get('message')}", status=status)


# The newer actions differ in nothing but that their mappings name a sync mode, which is "add".
for _slug, _label, _label2, _fields, _build, _build_batch in (
    (
        "uploadClickConversion",
        "Upload Click Conversion",
        "Click Conversion V2",
        CLICK,
        upload_click,
        upload_clicks,
    ),
    (
        "uploadCallConversion",
        "Upload Call Conversion",
        "Call Conversion V2",
        CALL,
        upload_call,
        upload_calls,
    ),
    (
        "uploadConversionAdjustment",
        "Upload Conversion Adjustment",
        "Conversion Adjustment V2",
        ADJUSTMENT,
        upload_adjustment,
        upload_adjustments,
    ),
):
    for _name, _title in ((_slug, _label), (f"{_slug}2", _label2)):
        _action = integration.action(_title, slug=_name, fields=_fields, batch=BATCH)(_build)
        _action.batch(_build_batch)
        _action.answer(read_answer)


@integration.action(
    "Upload Enhanced Conversion (Legacy)",
    slug="postConversion",
    fields=LEGACY,
    help="Google's older API for enhanced conversions of websites.",
)
def post_conversion(payload, settings):
    query = {"conversion_tracking_id": needed(settings, "conversionTrackingId")}
    return Request("POST", LEGACY_URL, query=query, json=legacy_conversion(payload))


@post_conversion.answer
def read_legacy_answer(response, payloads):
    # The older API answers 400 to a token that has run out.
    if response.status == 400 and b"INVALID_OAUTH_TOKEN" in response.body:
        return [Unauthorized("Google does not take the access token", status=401)] * len(payloads)
    return None
