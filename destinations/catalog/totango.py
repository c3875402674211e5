"""Totango: the health of accounts, from what their users do.

Facts: reference/destination-catalog/support-messaging.md, "Totango (classic)" (read 2026-11-25).
Totango answers 200 with a picture whatever it was sent, so what it misses is looked for here.
"""

from destinations.integration import (
    Field,
    Integration,
    InvalidPayload,
    Request,
    Setting,
    first_of,
    json_text,
    path,
    text_of,
)

HOSTS = {"US": "https://sdr.totango.com", "EU": "https://sdr-eu1.totango.com"}

ACCOUNT = Field(
    "account",
    default=path("$.context.groupId"),
    required=True,
    help="Totango takes nothing from a server without it",
)
USER = Field("userId", default=path("$.userId"), required=True)

integration = Integration(
    slug="totango",
    name="Totango",
    category="support-messaging",
    docs_url="https://segment.com/docs/connections/destinations/catalog/totango/",
    base_url=lambda settings: HOSTS.get(settings.get("region"), HOSTS["US"]),
    names=("Totango",),
    description="Tells customer success what accounts and their users do.",
    settings=[
        Setting("serviceId", "Service ID", required=True, help="SP-… in Totango's settings"),
        Setting("region", "Region", type="select", default="US", choices=("US", "EU")),
        Setting("trackNamedPages", "Send named pages", type="boolean", default=True),
        Setting("trackCategorizedPages", "Send categorized pages", type="boolean", default=True),
        Setting(
            "disableHeartbeat",
            "No heartbeat",
            type="boolean",
            default=False,
            help="Of Segment's browser library; from a server none is sent",
        ),
    ],
)


@integration.action(
    "Describe a user",
    slug="identify",
    trigger='type = "identify"',
    fields=[ACCOUNT, USER, Field("traits", "object", path("$.traits"))],
)
def identify(payload, settings):
    return _pixel(payload, settings, **_attributes("sdr_u", payload.get("traits")))


@integration.action(
    "Describe an account",
    slug="group",
    trigger='type = "group"',
    fields=[
        ACCOUNT.with_(default=first_of("$.groupId", "$.context.groupId")),
        USER.with_(required=False),
        Field("traits", "object", path("$.traits")),
    ],
)
def group(payload, settings):
    traits = dict(payload.get("traits") or {})
    known = {"account_name": traits.pop("name", None), "Create Date": traits.pop("created", None)}
    # An account without a plan is a free one.
    known["Status"] = traits.pop("plan", None) or "Free"
    return _pixel(payload, settings, **_attributes("sdr_o", {**known, **traits}))


@integration.action(
    "Record an activity",
    slug="track",
    trigger='type = "track"',
    fields=[
        ACCOUNT,
        USER,
        Field("activity", default=path("$.event"), required=True),
        Field("module", default=path("$.properties.category")),
    ],
)
def track(payload, settings):
    return _activity(payload, settings)


@integration.action(
    "Record a page",
    slug="page",
    trigger='type = "page"',
    fields=[
        ACCOUNT,
        USER,
        Field("activity", default=first_of("$.name", "$.properties.name")),
        Field("module", default=first_of("$.category", "$.properties.category")),
    ],
)
def page(payload, settings):
    named = payload.get("activity") and settings.get("trackNamedPages")
    categorized = payload.get("module") and settings.get("trackCategorizedPages")
    if not (named or categorized):
        return []
    return _activity({"activity": payload.get("module"), **payload}, settings)


def _activity(payload, settings):
    if not payload.get("activity"):
        raise InvalidPayload([("activity", "is required")])
    return _pixel(payload, settings, sdr_a=payload["activity"], sdr_m=payload.get("module"))


def _pixel(payload, settings, **parts):
    form = {
        "sdr_s": settings["serviceId"],
        "sdr_o": payload["account"],
        "sdr_u": payload.get("userId"),
        **parts,
    }
    form = {name: value for name, value in form.items() if value is not None}
    return Request("POST", "/pixel.gif/", form=form)


def _attributes(prefix, values):
    return {
        f"{prefix}.{name}": json_text(value) if type(value) in (dict, list) else text_of(value)
        for name, value in (values or {}).items()
        if value is not None
    }
