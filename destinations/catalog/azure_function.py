"""Azure Function: the event as JSON to a function of yours.

Facts: reference/destination-catalog/raw-data.md, "Google Cloud Function / Azure Function" (read
2026-11-25). The URL holds the function's key, so it is a secret.
"""

from destinations.integration import CALL_TYPES, Field, Integration, Request, Setting, path

integration = Integration(
    slug="azure-function",
    name="Azure Function",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/azure-function/",
    names=("Azure Function",),
    description="Calls a function of yours with each event.",
    settings=[
        Setting(
            "httpTrigger",
            "HTTP trigger",
            type="url",
            required=True,
            secret=True,
            help="The function's URL with its key",
        ),
    ],
)


@integration.action(
    "Send",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    fields=[Field("data", "object", path("$."), required=True, hidden=True)],
)
def send(payload, settings):
    return Request("POST", settings["httpTrigger"], json=payload["data"])
