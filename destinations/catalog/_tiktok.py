"""What TikTok's three tools have in common: one endpoint, one way to hash and one to answer.

API: https://business-api.tiktok.com/portal/docs (Events API 2.0); the codes of answers are those of
https://help.sleekflow.io/en_US/tiktok-business-messaging/troubleshooting-your-tiktok-business-messaging-channels
(both read 2026-11-23). TikTok's own list of codes could not be read.
Facts: the entries of the reference, and, where they are silent, Segment's open source (folders
tiktok-conversions, tiktok-app-events, tiktok-offline-conversions; read 2026-11-25). One deliberate
difference: a telephone number without a digit is left out, where Segment sends the hash of "+".
"""

from urllib.parse import parse_qs, urlsplit

from destinations.auth import header
from destinations.catalog._bodies import as_is, chosen
from destinations.integration import (
    Field,
    Preset,
    Rejected,
    Request,
    ServerFault,
    Setting,
    Throttled,
    Unauthorized,
    epoch_s,
    first_of,
    hashing,
    path,
)

BASE_URL = "https://business-api.tiktok.com/open_api/v1.3"
TRACK = "/event/track/"
auth = header("Access-Token", "accessToken")

ACCESS_TOKEN = Setting(
    "accessToken",
    "Access token",
    required=True,
    secret=True,
    help="TikTok Ads Manager → Events → your data source → Settings → Events API",
)

TOO_OFTEN = 40100
NO_ACCESS = (40001, 40102, 40104, 40105)
FAULTS = range(50000, 60000)

CONTENT = (
    Field("price", "number"),
    Field("quantity", "number"),
    Field("content_category"),
    Field("content_id"),
    Field("content_name"),
    Field("brand"),
)
CONTENTS = Field("contents", "object", multiple=True, properties=CONTENT)
CONTENT_TYPE = Field("content_type", default="product", choices=("product", "product_group"))

_PRODUCT = {
    "price": path("$.price"),
    "quantity": path("$.quantity"),
    "content_category": path("$.category"),
    "content_id": path("$.product_id"),
    "content_name": path("$.name"),
    "brand": path("$.brand"),
}
ONE_PRODUCT = {"contents": {"@arrayPath": ["$.properties", _PRODUCT]}}
PRODUCTS = {"contents": {"@arrayPath": ["$.properties.products", _PRODUCT]}}
NOTHING = {}

# (event, name at TikTok, where its contents are) of what a website or a shop tells.
SHOP_EVENTS = (
    ("Order Completed", "CompletePayment", PRODUCTS),
    ("Callback Started", "Contact", NOTHING),
    ("Subscription Created", "Subscribe", NOTHING),
    ("Form Submitted", "SubmitForm", NOTHING),
    (None, "PageView", PRODUCTS),
    ("Product Viewed", "ViewContent", ONE_PRODUCT),
    ("Product Clicked", "ClickButton", ONE_PRODUCT),
    ("Products Searched", "Search", ONE_PRODUCT),
    ("Product Added to Wishlist", "AddToWishlist", ONE_PRODUCT),
    ("Product Added", "AddToCart", ONE_PRODUCT),
    ("Checkout Started", "InitiateCheckout", PRODUCTS),
    ("Payment Info Entered", "AddPaymentInfo", PRODUCTS),
    ("Order Placed", "PlaceAnOrder", PRODUCTS),
    ("Download Link Clicked", "Download", NOTHING),
    ("Signed Up", "CompleteRegistration", NOTHING),
)


def presets_of(events, action):
    return [
        Preset(
            event or "Page calls",
            action,
            f'event = "{event}"' if event else 'type="page"',
            {**contents, "event": name},
        )
        for event, name, contents in events
    ]


def people_fields(phone, email, external_id):
    """The three fields that say who it was, under the names an action gives them."""
    return [
        Field(
            phone, default=first_of("$.properties.phone", "$.context.traits.phone"), multiple=True
        ),
        Field(
            email, default=first_of("$.properties.email", "$.context.traits.email"), multiple=True
        ),
        Field(external_id, default=first_of("$.userId", "$.anonymousId"), multiple=True),
    ]


def _phone(text):
    text = hashing.digits(text)
    return f"+{text}"[:15] if text else ""


def people_of(external_ids, phones, emails):
    """Return who it was, hashed; a list for each way to say it, empty if it was not said."""
    return {
        "external_id": _present(hashed(one, str.lower) for one in external_ids or ()),
        "phone": _present(hashing.hashed(one, _phone) for one in phones or ()),
        "email": _present(hashed(one, str.lower) for one in emails or ()),
    }


def hashed(text, normalise):
    """Return the hash of `text`, or None. A digest is known as one after it is normalised."""
    return None if text is None else hashing.hashed(normalise(text), as_is)


def _present(values):
    return [value for value in values if value]


def origin_of(payload):
    return chosen(payload, "ttp", "ip", "user_agent", "locale")


def click_in(url):
    """Return the click id that TikTok has put into a URL, or None."""
    try:
        parts = urlsplit(url or "")
        return parse_qs(parts.query).get("ttclid", [None])[0] if parts.scheme else None
    except ValueError:
        return None


def event_time(payload, now):
    return epoch_s(payload["timestamp"]) if "timestamp" in payload else int(now.timestamp())


def track(source, source_id, event, test_event_code=None):
    """Return the Request that reports one event."""
    body = {"event_source": source, "event_source_id": source_id, "partner_name": "Segment"}
    if test_event_code:
        body["test_event_code"] = test_event_code
    return Request("POST", TRACK, json={**body, "data": [event]})


def read_answer(response, payloads):
    error = _error_in(response)
    return None if error is None else [error] * len(payloads)


def check_answer(response):
    """Tell a wrong token from a right one. That TikTok does not like the event of the check says
    nothing of the token."""
    if not 200 <= response.status < 300:
        return ""
    error = _error_in(response)
    return None if error is None or type(error) is Rejected else error.message


def _error_in(response):
    """Return what an answer of 2xx complains of, or None."""
    # TikTok answers 200 whatever it thinks of an event; `code` says what that is.
    answer = response.json()
    code = answer.get("code") if type(answer) is dict else None
    if not 200 <= response.status < 300 or type(code) is not int or code == 0:
        return None
    said = f"TikTok answered with code {code}: {answer.get('message')}"
    if code == TOO_OFTEN:
        return Throttled(said, code=str(code), status=429)
    if code in FAULTS:
        return ServerFault(said, code=str(code), status=500)
    if code in NO_ACCESS:
        return Unauthorized(said, code=str(code), status=401)
    return Rejected(said, code=str(code), status=400)
