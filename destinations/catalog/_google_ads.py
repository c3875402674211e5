"""Conversions as Google Ads wants them, made from payloads.

The facts are those of google_enhanced_conversions.py.
"""

import re
from base64 import urlsafe_b64encode

from destinations.catalog._bodies import present
from destinations.integration import InvalidPayload, epoch_ms, hashing, text_of

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
SESSION = (
    "gad_source",
    "gad_campaignid",
    "landing_page_url",
    "session_start_time_usec",
    "landing_page_referrer",
    "landing_page_user_agent",
)


def moment_of(text):
    """Return an ISO moment as Google spells it: 2024-01-02 03:04:05+00:00."""
    return None if text is None else re.sub(r"(\.\d+)?Z$", "+00:00", text.replace("T", " ", 1))


def normal_email(text):
    """Trimmed, lower case; at Gmail without the first dot."""
    local, at, domain = text.strip().lower().partition("@")
    if domain.startswith(("gmail", "googlemail")):
        local = local.replace(".", "", 1)
    text = local + at + domain
    if not ADDRESS.fullmatch(text):
        raise InvalidPayload([("email_address", "is no e-mail address")])
    return text


def _contact(payload):
    """Return the identifiers of a person by e-mail and telephone."""
    country = hashing.digits(payload.get("phone_country_code") or "1")

    def normal_phone(text):
        digits = hashing.digits(text)
        return "+" + (digits if digits.startswith(country) else country + digits)

    email = hashing.hashed(payload.get("email_address"), normal_email)
    phone = hashing.hashed(payload.get("phone_number"), normal_phone)
    return [
        *([{"hashedEmail": email}] if email else []),
        *([{"hashedPhoneNumber": phone}] if phone else []),
    ]


def _consent(payload):
    return (
        present(
            {
                "adUserData": payload.get("ad_user_data_consent_state"),
                "adPersonalization": payload.get("ad_personalization_consent_state"),
            }
        )
        or None
    )


def _action(payload, customer):
    return f"customers/{customer}/conversionActions/{text_of(payload['conversion_action'])}"


def _session(payload):
    """Return the attributes of the session: encoded by Google's own script, or one by one."""
    encoded = payload.get("session_attributes_encoded")
    if encoded:
        return {"sessionAttributesEncoded": encoded}
    given = dict(payload.get("session_attributes_key_value_pairs") or {})
    started_ms = epoch_ms(given.get("session_start_time_usec"))
    given["session_start_time_usec"] = None if started_ms is None else str(started_ms * 1000)
    pairs = [
        {"sessionAttributeKey": name, "sessionAttributeValue": given[name]}
        for name in SESSION
        if given.get(name)
    ]
    return {"sessionAttributesKeyValuePairs": {"keyValuePairs": pairs}} if pairs else {}


def custom_variables_of(payload, resources):
    """Return the custom variables that Google knows; `resources` is {name: resource name}, or None
    when Google knows none at all."""
    if "custom_variables" not in payload or resources is None:
        return {}
    found = [
        {"conversionCustomVariable": resources[name], "value": value}
        for name, value in payload["custom_variables"].items()
        if name in resources
    ]
    return {"customVariables": found}


def resources_in(answer):
    """Read {name: resource name} from what `googleAds:searchStream` answers: a list of pages, or
    an empty one."""
    if type(answer) is not list or not answer:
        return None
    found = {}
    for page in answer:
        for result in page.get("results", ()) if type(page) is dict else ():
            variable = result.get("conversionCustomVariable", {})
            if "name" in variable:
                found[variable["name"]] = variable.get("resourceName")
    return found


def click_conversion(payload, customer, resources):
    cart = {
        "merchantId": payload.get("merchant_id"),
        "feedCountryCode": payload.get("merchant_country_code"),
        "feedLanguageCode": payload.get("merchant_language_code"),
        "localTransactionCost": payload.get("local_cost"),
        "items": [
            present(
                {
                    "productId": item.get("product_id"),
                    "quantity": item.get("quantity"),
                    "unitPrice": item.get("price"),
                }
            )
            for item in payload.get("items", ())
        ],
    }
    return present(
        {
            "conversionAction": _action(payload, customer),
            "conversionDateTime": moment_of(payload["conversion_timestamp"]),
            "gclid": payload.get("gclid"),
            "gbraid": payload.get("gbraid"),
            "wbraid": payload.get("wbraid"),
            "userIpAddress": payload.get("user_ip_address"),
            **_session(payload),
            "orderId": payload.get("order_id"),
            "conversionValue": payload.get("value"),
            "currencyCode": payload.get("currency"),
            "conversionEnvironment": payload.get("conversion_environment"),
            "cartData": present(cart),
            "userIdentifiers": _contact(payload),
            "consent": _consent(payload),
            **custom_variables_of(payload, resources),
        }
    )


def call_conversion(payload, customer, resources):
    return present(
        {
            "conversionAction": _action(payload, customer),
            "callerId": payload["caller_id"],
            "callStartDateTime": moment_of(payload["call_timestamp"]),
            "conversionDateTime": moment_of(payload["conversion_timestamp"]),
            "conversionValue": payload.get("value"),
            "currencyCode": payload.get("currency"),
            "consent": _consent(payload),
            **custom_variables_of(payload, resources),
        }
    )


def _address_info(payload):
    return present(
        {
            # Names and streets are hashed as they come.
            "hashedFirstName": hashing.hashed(payload.get("first_name"), str),
            "hashedLastName": hashing.hashed(payload.get("last_name"), str),
            "hashedStreetAddress": hashing.hashed(payload.get("street_address"), str),
            "city": payload.get("city"),
            "state": payload.get("state"),
            "countryCode": payload.get("country"),
            "postalCode": payload.get("postal_code"),
        }
    )


def adjustment(payload, customer, now):
    adjusted_at = payload.get("adjustment_timestamp") or now.strftime("%Y-%m-%dT%H:%M:%SZ")
    click = {
        "gclid": payload.get("gclid"),
        "conversionDateTime": moment_of(payload.get("conversion_timestamp")),
    }
    address = _address_info(payload)
    found = {
        "conversionAction": _action(payload, customer),
        "adjustmentType": payload["adjustment_type"],
        "adjustmentDateTime": moment_of(adjusted_at),
        "orderId": payload.get("order_id"),
        "gclidDateTimePair": present(click),
        "userIdentifiers": [*_contact(payload), *([{"addressInfo": address}] if address else [])],
        "userAgent": payload.get("user_agent"),
    }
    if payload["adjustment_type"] != "RETRACTION":
        # Google refuses a value with a retraction.
        value = {
            "adjustedValue": payload.get("restatement_value"),
            "currencyCode": payload.get("restatement_currency_code"),
        }
        found["restatementValue"] = present(value)
    return present(found)


def _websafe(text):
    """The hash as Google's older API wants it: base64 for URLs."""
    return urlsafe_b64encode(bytes.fromhex(hashing.sha256_hex(text))).decode() if text else None


def _letters(text):
    return re.sub(r"[^a-z]", "", (text or "").lower())


def _legacy_email(text):
    text = text.lower().replace(" ", "")
    local, at, domain = text.partition("@")
    if domain.startswith("gmail") or domain == "googlemail.com":
        local = local.replace(".", "")
    return local + at + domain


def legacy_conversion(payload):
    """Return the body for Google's older API for enhanced conversions."""
    number = payload.get("phone_number")
    phone = _websafe(f"+{hashing.digits(number)}"[:15]) if number else None
    address = {
        "hashed_first_name": _websafe(_letters(payload.get("first_name"))),
        "hashed_last_name": _websafe(_letters(payload.get("last_name"))),
        "hashed_street_address": _websafe((payload.get("street_address") or "").lower()),
        "city": _letters(payload.get("city")) or None,
        "region": _letters(payload.get("region")) or None,
        "postcode": payload.get("post_code"),
        "country": payload.get("country"),
    }
    people = {
        "hashed_email": _websafe(_legacy_email(payload["email"])),
        "hashed_phone_number": [phone] if phone else None,
        "address": [present(address)],
    }
    return present(
        {
            "pii_data": present(people),
            "oid": payload["transaction_id"],
            "user_agent": payload.get("user_agent"),
            "conversion_time": epoch_ms(payload["conversion_time"]) * 1000,
            "label": payload["conversion_label"],
            "value": payload.get("value") or None,
            "currency_code": payload.get("currency_code"),
            "is_app_incrementality": int(payload.get("is_app_incrementality", False)),
            "pcc_game": int(payload.get("pcc_game", False)),
        }
    )
