"""GET /api/schema: the tracking API as OpenAPI 3.1, written by hand.

A generator would describe serializers, and this API has none: an event is what its caller made of
it. tests/sources/test_openapi.py holds it against the URLs and against real answers.
"""

from functools import cache

import orjson
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from .ingest import MOST_EVENT_BYTES, MOST_MESSAGE_ID, TYPES

JSON = "application/json"
TEXT = {"type": "string"}
OBJECT = {"type": "object"}
ID = {"type": ["string", "number", "null"]}
TIME = {"type": ["string", "number", "null"], "description": "ISO 8601, or seconds since 1970."}


@require_safe
def schema(request):
    response = HttpResponse(_schema(), content_type=JSON)
    response["Access-Control-Allow-Origin"] = "*"  # for viewers of such descriptions
    return response


@cache
def _schema() -> bytes:
    return orjson.dumps(describe())


def describe() -> dict:
    singles = {
        name: _post(f"One {kind} event.", "Event", f"From {caller}.", kind)
        for kind in sorted(TYPES)
        for name, caller in ((kind, "a server"), (kind[0], "a browser or a phone"))
    }
    batches = {
        "batch": _post("Many events.", "Batch", "From a server."),
        "b": _post("Many events.", "Batch", "From a browser or a phone."),
        "import": _post("Many events of the past.", "Batch", "Their times are kept as they are."),
    }
    paths = {f"/v1/{name}": {"post": call} for name, call in (singles | batches).items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Switchyard's tracking API",
            "version": "1",
            "description": "Segment's HTTP API. docs/tracking-api.md says more, also what bad "
            f"input gets. An event may have {MOST_EVENT_BYTES:,} bytes, a body 512,000.",
        },
        "security": [{"writeKey": []}, {}],
        "paths": paths | _others(),
        "components": {
            "securitySchemes": {
                "writeKey": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The write key as user name, no password. Or `writeKey` in "
                    "the body.",
                }
            },
            "schemas": _schemas(),
            "responses": _responses(),
        },
    }


def _post(summary: str, body: str, description: str, kind: str = "") -> dict:
    described = {"$ref": f"#/components/schemas/{body}"}
    if kind in NEEDED:
        described = {"allOf": [described, {"required": [NEEDED[kind]]}]}
    names = {
        200: "Stored",
        400: "Refused",
        401: "Refused",
        403: "Refused",
        405: "Refused",
        408: "Refused",
        429: "Limited",
    }
    names[503] = "Unavailable"
    return {
        "summary": summary,
        "description": description,
        "requestBody": {
            "required": True,
            "description": "JSON, whatever its type is said to be; gzip is understood.",
            "content": {JSON: {"schema": described}, "text/plain": {"schema": described}},
        },
        "responses": {
            str(status): {"$ref": f"#/components/responses/{name}"}
            for status, name in names.items()
        },
    }


NEEDED = {"track": "event"}


def _others() -> dict:
    image = {"description": "An image of one pixel, always.", "content": {"image/gif": {}}}
    settings = {"description": "Where events go.", "content": {JSON: {"schema": OBJECT}}}
    return {
        "/v1/pixel/{type}": {
            "get": {
                "summary": "One event in a query.",
                "security": [],
                "parameters": [
                    _in("path", "type", {"enum": sorted(TYPES)}),
                    _in(
                        "query",
                        "data",
                        TEXT,
                        "The event as base64 of JSON; or its fields, with dots between names.",
                    ),
                ],
                "responses": {"200": image},
            }
        },
        "/v1/projects/{write_key}/settings": {
            "get": {
                "summary": "The settings of analytics.js.",
                "security": [],
                "parameters": [_in("path", "write_key", TEXT)],
                "responses": {"200": settings},
            }
        },
        "/v1/m": {
            "post": {
                "summary": "Counters of analytics.js about itself, which are forgotten.",
                "security": [],
                "responses": {"200": {"$ref": "#/components/responses/Stored"}},
            }
        },
    }


def _in(place: str, name: str, schema: dict, description: str = "") -> dict:
    described = {"description": description} if description else {}
    return {"in": place, "name": name, "required": place == "path", "schema": schema} | described


def _schemas() -> dict:
    event = {
        "userId": ID,
        "anonymousId": ID,
        "messageId": ID | {"maxLength": MOST_MESSAGE_ID},
        "event": TEXT,
        "name": {"type": ["string", "null"]},
        "category": {"type": ["string", "null"]},
        "groupId": ID,
        "previousId": ID,
        "timestamp": TIME,
        "sentAt": TIME,
        "writeKey": TEXT,
        **{
            name: {"type": ["object", "null"]}
            for name in ("properties", "traits", "context", "integrations")
        },
    }
    typed = {"required": ["type"], "properties": {"type": {"enum": sorted(TYPES)}}}
    messages = {"type": "array", "items": {"allOf": [_ref("Event"), typed]}, "maxItems": 2_500}
    shared = {"context": OBJECT, "integrations": OBJECT, "sentAt": TIME, "writeKey": TEXT}
    rejected = {"index": {"type": "integer"}, "messageId": {"type": ["string", "null"]}}
    rejected |= {"code": TEXT, "message": TEXT}
    return {
        "Event": OBJECT
        | {
            "description": "A userId or an anonymousId is needed. Other members are kept.",
            "properties": event,
        },
        "Batch": OBJECT | {"required": ["batch"], "properties": {"batch": messages} | shared},
        "Rejected": OBJECT | {"required": list(rejected), "properties": rejected},
    }


def _responses() -> dict:
    rejected = {"type": "array", "items": _ref("Rejected")}
    success = {"success": {"type": "boolean"}}
    failure = success | {"code": TEXT, "message": TEXT}
    waiting = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
    limited = waiting | {"X-RateLimit-Reset": waiting["Retry-After"]}
    return {
        "Stored": _answer(
            "All is on disk but what `rejected` names.",
            {**failure, "rejected": rejected},
            ["success"],
        ),
        "Refused": _answer(
            "Nothing can be made of it; `rejected` with strict sources.",
            {**failure, "rejected": rejected},
            list(failure),
        ),
        "Limited": _answer("Too many events.", failure, list(failure)) | {"headers": limited},
        "Unavailable": _answer("Not stored.", failure, list(failure)) | {"headers": waiting},
    }


def _answer(description: str, properties: dict, required: list[str]) -> dict:
    described = OBJECT | {"properties": properties, "required": required}
    return {"description": description, "content": {JSON: {"schema": described}}}


def _ref(name: str) -> dict:
    return {"$ref": f"#/components/schemas/{name}"}
