"""The fields of Campaign Manager 360's conversions. Facts as in google_campaign_manager_360.py."""

from destinations.integration import Field, each, first_of, path

ENTITY_TYPES = (
    "ADWORDS_CUSTOMER",
    "DBM_ADVERTISER",
    "DBM_PARTNER",
    "DCM_ACCOUNT",
    "DCM_ADVERTISER",
    "ENCRYPTION_ENTITY_TYPE_UNKNOWN",
    "DFP_NETWORK_CODE",
)
SOURCES = ("AD_SERVING", "ENCRYPTION_SCOPE_UNKNOWN", "DATA_TRANSFER")


def _click(name):
    return Field(
        name,
        default=first_of(f"$.integrations.Campaign Manager 360.{name}", f"$.properties.{name}"),
    )


def _trait(name, where):
    return Field(name, default=first_of(f"$.traits.{where}", f"$.context.traits.{where}"))


GCLID = _click("gclid")
IDS = (
    GCLID,
    _click("dclid"),
    Field("encryptedUserId", default=path("$.userId")),
    Field("mobileDeviceId", default=path("$.context.device.id")),
    Field("matchId", default=path("$.properties.matchId")),
    Field("impressionId", default=path("$.properties.impressionId")),
)
CANDIDATES = Field(
    "encryptedUserIdCandidates",
    default=path("$.properties.encryptedUserIdCandidates"),
    help="Separated by commas",
)
COMMON = [
    Field("floodlightConfigurationId"),
    Field("floodlightActivityId"),
    Field(
        "encryptionInfo",
        "object",
        properties=(
            Field("encryptionEntityId", required=True),
            Field("encryptionEntityType", required=True, choices=ENTITY_TYPES),
            Field("encryptionSource", required=True, choices=SOURCES),
        ),
    ),
    Field(
        "userDetails",
        "object",
        properties=(
            _trait("email", "email"),
            _trait("phone", "phone"),
            _trait("firstName", "first_name"),
            _trait("lastName", "last_name"),
            _trait("streetAddress", "address.street"),
            _trait("city", "address.city"),
            _trait("state", "address.state"),
            _trait("postalCode", "address.postal_code"),
            _trait("countryCode", "address.country"),
        ),
    ),
    Field("timestamp", "datetime", path("$.timestamp"), required=True),
    Field("value", "number", first_of("$.properties.total", "$.properties.revenue"), required=True),
    Field("quantity", default=path("$.quantity"), required=True),
    Field("ordinal", required=True, help="Tells conversions of one person and moment apart"),
    Field("limitAdTracking", "boolean", False),
    Field("childDirectedTreatment", "boolean", False),
    Field("nonPersonalizedAd", "boolean", True),
    Field("treatmentForUnderage", "boolean", False),
    Field("adUserDataConsent", choices=("GRANTED", "DENIED")),
    Field("merchantId"),
    Field("merchantFeedLabel"),
    Field("merchantFeedLanguage"),
    Field(
        "cartDataItems",
        "object",
        each("$.properties.products"),
        multiple=True,
        properties=(
            Field("itemId", default=path("$.product_id"), required=True),
            Field("quantity", "number", path("$.quantity"), required=True),
            Field("unitPrice", "number", path("$.price"), required=True),
        ),
    ),
    Field("batch_size", "number", 2000, hidden=True),
]
UPLOAD = [
    Field(
        "customVariables",
        "object",
        each("$.properties.customVariables"),
        multiple=True,
        properties=(
            Field(
                "type",
                default=path("$.type"),
                required=True,
                choices=tuple(f"U{number}" for number in range(1, 101)),
            ),
            Field("value", default=path("$.value"), required=True),
        ),
    ),
    Field("requiredId", "object", required=True, properties=(*IDS, CANDIDATES)),
    *COMMON,
]
ADJUSTMENT = [Field("requiredId", "object", required=True, properties=IDS), *COMMON]
