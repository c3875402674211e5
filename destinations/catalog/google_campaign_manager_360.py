"""Google Campaign Manager 360: offline conversions, and corrections of them.

API: https://developers.google.com/doubleclick-advertisers/rest/v5/conversions/batchinsert (and
batchupdate); how many conversions a request may hold:
https://developers.google.com/doubleclick-advertisers/guides/conversions_faq (read 2026-11-25).
Facts: reference/destination-catalog/advertising.md, "Google Campaign Manager 360", and, where it is
silent, Segment's open source (destinations/google-campaign-manager-360, read 2026-11-25).
Deliberate differences:

- Version 5 of the API: Google has shut down version 4, the reference's, on 2026-02-26
  (https://developers.google.com/ads/blog/posts/2026/01/campaign-manager-360-api-v4-sunset).
- Segment's app is its own; here the client or a token are settings.
- A cart is sent with its merchant as well; Segment drops it just then, which looks inverted.
- A batch holds 1,000 conversions, which is what Google takes, and only those of one encryption;
  Segment would put 2,000 into it.
- A conversion that Google refused is found by its position in the answer; Segment fails them all.
- Segment ships no mappings. Ours uploads orders that came from a click, each as one conversion.
"""

from destinations.catalog._batches import sort_out, together
from destinations.catalog._bodies import present
from destinations.catalog._campaign_manager_fields import ADJUSTMENT, GCLID, IDS, UPLOAD
from destinations.catalog._oauth import CLIENT, GOOGLE_CONSENT, oauth
from destinations.integration import (
    Batch,
    Integration,
    InvalidPayload,
    Preset,
    Rejected,
    Request,
    ServerFault,
    Setting,
    epoch_ms,
    hashing,
    path,
)

KIND = "dfareporting#"
ID_NAMES = (*(field.name for field in IDS), "encryptedUserIdCandidates")
BATCH = Batch(size=1000, max_size=1000, keys=("encryptionInfo",))
TIMEOUT_S = 30


def _request(method, conversions, settings, encryption=None):
    body = {
        "conversions": conversions,
        "kind": f"{KIND}conversionsBatch{method.capitalize()}Request",
        "encryptionInfo": encryption,
    }
    url = f"/userprofiles/{settings['profileId']}/conversions/batch{method}"
    return Request("POST", url, json=present(body), timeout_s=TIMEOUT_S)


def check(settings):
    return _request("insert", [], settings)


def check_answer(response):
    # Nothing is uploaded, which Google may say is too little.
    return None if 200 <= response.status < 300 or response.status == 400 else ""


integration = Integration(
    slug="google-campaign-manager-360",
    name="Google Campaign Manager 360",
    category="advertising",
    docs_url="https://developers.google.com/doubleclick-advertisers/guides/conversions_overview",
    base_url="https://dfareporting.googleapis.com/dfareporting/v5",
    auth=oauth(
        "https://www.googleapis.com/oauth2/v4/token",
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        scope="https://www.googleapis.com/auth/ddmconversions",
        consent=GOOGLE_CONSENT,
        pkce=True,
    ),
    check=check,
    check_answer=check_answer,
    names=("Google Campaign Manager 360",),
    description="Uploads offline conversions to Campaign Manager 360.",
    settings=[
        Setting("profileId", "Profile ID", required=True, help="Of your user profile"),
        Setting(
            "defaultFloodlightActivityId",
            "Default Floodlight activity ID",
            help="For mappings that name none",
        ),
        Setting(
            "defaultFloodlightConfigurationId",
            "Default Floodlight configuration ID",
            help="For mappings that name none",
        ),
        *CLIENT,
    ],
    presets=[
        Preset(
            "Orders",
            "conversionUpload",
            'type = "track" and event = "Order Completed"',
            {
                "requiredId": {"gclid": GCLID.default},
                "ordinal": path("$.properties.order_id"),
                "quantity": "1",
            },
        )
    ],
)


def _upload(method):
    def upload(payload, settings):
        conversion = _conversion(payload, settings)
        return _request(method, [conversion], settings, _encryption(payload))

    return upload


def _upload_batch(method):
    def upload(payloads, settings):
        """Upload what Google can take; the others have their own problem each."""
        conversions, problems = sort_out(payloads, lambda one: _conversion(one, settings))
        if not conversions:
            return problems
        taken = (one for one, problem in zip(payloads, problems, strict=True) if problem is None)
        encryption = next(filter(None, map(_encryption, taken)), None)
        response = yield _request(method, conversions, settings, encryption)
        return together(problems, read_answer(response, conversions))

    return upload


def read_answer(response, payloads):
    """Read which conversions Google refused although it answered 200."""
    answer = response.json()
    if type(answer) is not dict or answer.get("hasFailures") is not True:
        return None
    statuses = answer.get("status")
    statuses = statuses if type(statuses) is list else []
    outcomes = [_outcome(status) for status in statuses]
    if len(outcomes) != len(payloads) or not any(outcomes):
        first = next(filter(None, outcomes), None)
        first = first or Rejected("Google refused, and did not say why", status=400)
        return [first] * len(payloads)
    return outcomes


def _outcome(status):
    errors = status.get("errors") if type(status) is dict else None
    if not errors:
        return None
    error = errors[0]
    kind, code = (ServerFault, 500) if error.get("code") == "INTERNAL" else (Rejected, 400)
    return kind(f"Google refused: {error.get('message')}", status=code)


def _is_encrypted(ids):
    return bool(ids.get("encryptedUserId") or ids.get("encryptedUserIdCandidates"))


def _encryption(payload):
    if not _is_encrypted(payload["requiredId"]):
        return None
    return {**payload["encryptionInfo"], "kind": f"{KIND}encryptionInfo"}


def _conversion(payload, settings):
    ids = payload["requiredId"]
    activity = payload.get("floodlightActivityId") or settings.get("defaultFloodlightActivityId")
    configuration = payload.get("floodlightConfigurationId") or settings.get(
        "defaultFloodlightConfigurationId"
    )
    _check(payload, activity, configuration)
    candidates = ids.get("encryptedUserIdCandidates")
    return present(
        {
            "adUserDataConsent": payload.get("adUserDataConsent"),
            "cartData": _cart(payload),
            **{field.name: ids.get(field.name) or None for field in IDS},
            "floodlightActivityId": activity,
            "floodlightConfigurationId": configuration,
            "kind": f"{KIND}conversion",
            "limitAdTracking": payload.get("limitAdTracking"),
            "childDirectedTreatment": payload.get("childDirectedTreatment"),
            "nonPersonalizedAd": payload.get("nonPersonalizedAd"),
            "treatmentForUnderage": payload.get("treatmentForUnderage"),
            "ordinal": payload["ordinal"],
            "quantity": payload["quantity"],
            "timestampMicros": str(epoch_ms(payload["timestamp"]) * 1000),
            "value": payload["value"],
            "userIdentifiers": _user_identifiers(payload.get("userDetails") or {}),
            "customVariables": [
                {**variable, "kind": f"{KIND}customFloodlightVariable"}
                for variable in payload.get("customVariables", ())
                if variable["value"]
            ],
            # Segment hashes these, and not the one above.
            "encryptedUserIdCandidates": [
                _hashed(one) for one in (candidates.split(",") if candidates else ()) if one
            ],
        }
    )


def _check(payload, activity, configuration):
    ids = payload["requiredId"]
    problems = []
    if sum(bool(ids.get(name)) for name in ID_NAMES) != 1:
        problems.append(("requiredId", f"needs exactly one of {', '.join(ID_NAMES)}"))
    if not activity:
        problems.append(("floodlightActivityId", "is required"))
    if not configuration:
        problems.append(("floodlightConfigurationId", "is required"))
    if _is_encrypted(ids) and not payload.get("encryptionInfo"):
        problems.append(("encryptionInfo", "is required for encrypted IDs"))
    if problems:
        raise InvalidPayload(problems)


def _cart(payload):
    names = ("merchantFeedLabel", "merchantFeedLanguage")
    if not payload.get("cartDataItems") or not all(payload.get(name) for name in names):
        return None
    merchant = {name: payload.get(name) for name in ("merchantId", *names)}
    return present({**merchant, "items": payload["cartDataItems"]})


def _hashed(text):
    # As it comes: Segment normalises nothing here.
    return hashing.hashed(text, str)


def _user_identifiers(person):
    address = {
        "hashedFirstName": _hashed(person.get("firstName")),
        "hashedLastName": _hashed(person.get("lastName")),
        "hashedStreetAddress": _hashed(person.get("streetAddress")),
        **{name: person.get(name) for name in ("city", "state", "postalCode", "countryCode")},
    }
    found = [
        {"hashedEmail": _hashed(person.get("email"))},
        {"hashedPhoneNumber": _hashed(person.get("phone"))},
        {"addressInfo": present(address) if any(address.values()) else None},
    ]
    return [one for one in found if all(one.values())]


for _slug, _label, _method, _fields in (
    ("conversionUpload", "Conversion Upload", "insert", UPLOAD),
    ("conversionAdjustmentUpload", "Conversion Adjustment Upload", "update", ADJUSTMENT),
):
    _action = integration.action(_label, slug=_slug, fields=_fields, batch=BATCH)(_upload(_method))
    _action.batch(_upload_batch(_method))
    _action.answer(read_answer)
