"""Google Cloud Function: the event as JSON to a function of yours.

Facts: reference/destination-catalog/raw-data.md, "Google Cloud Function / Azure Function" (read
2026-11-25).
"""

from dataclasses import replace

from destinations.auth import Auth, basic_value
from destinations.integration import CALL_TYPES, Field, Integration, Request, Setting, path


def _sign(request, settings, auth, now):
    if not settings.get("apiKey"):
        return request
    value = basic_value(settings["apiKey"])
    return replace(request, headers={"Authorization": value, **request.headers})


integration = Integration(
    slug="google-cloud-function",
    name="Google Cloud Function",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/google-cloud-function/",
    auth=Auth("basic", _sign),
    names=("Google Cloud Function",),
    description="Calls a function of yours with each event.",
    settings=[
        Setting("httpTrigger", "HTTP trigger", type="url", required=True, help="The URL"),
        Setting("apiKey", "API key", secret=True, help="Sent as the user name, no password"),
    ],
)


@integration.action(
    "Send",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    fields=[Field("data", "object", path("$."), required=True, hidden=True)],
)
def send(payload, settings):
    return Request("POST", settings["httpTrigger"], json=payload["data"])
