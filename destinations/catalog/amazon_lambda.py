"""Amazon Lambda: a function is called with each event, and awaited.

API: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html (read 2026-11-23). Facts:
reference/destination-catalog/raw-data.md, "Amazon Lambda" (read 2026-11-25).
Credentials: see _aws.py.

A function that raised answers 200 with X-Amz-Function-Error; it is tried again, as after any other
failure of the receiver's.
"""

from base64 import b64encode

from destinations.auth import sigv4
from destinations.catalog import _aws
from destinations.integration import (
    Field,
    Integration,
    Request,
    ServerFault,
    Setting,
    encode_json,
    path,
)

integration = Integration(
    slug="amazon-lambda",
    name="Amazon Lambda",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/amazon-lambda/",
    auth=sigv4("lambda", role="roleAddress", external_id="externalId"),
    base_url=lambda settings: _aws.url_of("lambda", settings["region"], settings),
    # Tells whether the keys may call the function, without calling it.
    check=lambda settings: _request(settings, {}, **{"X-Amz-Invocation-Type": "DryRun"}),
    description="Calls a Lambda function with each event.",
    settings=[
        Setting("function", "Function", required=True, help="Its ARN or its name"),
        Setting("region", "Region", required=True, default="us-west-2"),
        Setting("logType", "Log type", type="select", default="None", choices=("None", "Tail")),
        Setting("clientContext", "Client context", type="map"),
        *_aws.key_settings("roleAddress", "externalId"),
    ],
)


def _request(settings, event, **headers):
    headers = {"Content-Type": "application/json", **headers}
    if settings.get("clientContext"):
        context = b64encode(encode_json(settings["clientContext"])).decode()
        headers["X-Amz-Client-Context"] = context
    # The colons of an ARN are sent as they are, for the sender would undo any encoding of them.
    url = f"/2015-03-31/functions/{settings['function']}/invocations"
    return Request("POST", url, headers, json=event, timeout_s=5)


@integration.action(
    "Invoke",
    slug="invoke",
    trigger=_aws.ALL_CALLS,
    fields=[Field("payload", "object", path("$."), required=True)],
)
def invoke(payload, settings):
    return _request(
        settings,
        payload["payload"],
        **{
            "X-Amz-Invocation-Type": "RequestResponse",
            "X-Amz-Log-Type": settings.get("logType") or "None",
        },
    )


@invoke.answer
def outcomes(response, payloads):
    kind = response.headers.get("x-amz-function-error")
    if kind and 200 <= response.status < 300:
        said = response.body[:300].decode("utf-8", "replace")
        return [ServerFault(f"The function failed ({kind}): {said}", code="EXECUTION_ERROR")]
    return _aws.outcomes_of(response, payloads, [None])
