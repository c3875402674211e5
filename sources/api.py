"""The tracking API: /v1/identify, track, page, screen, group, alias, batch, import, short forms.

A DRF view without DRF's machinery for content negotiation, parsers and throttles: measured, that
machinery costs more than all our own work on a call. CORS and the shape of answers follow what
SDKs need (sdk-wire): exactly 200, or JSON with `code` and `message`.
"""

from datetime import UTC, datetime

import orjson
from django.db import Error as DatabaseError
from django.http import HttpResponse
from rest_framework.views import APIView

from workspaces.sign_in_limit import client_address

from . import body, door_counts, ingest, origins, rates
from .authentication import KnownSource, basic_user, find_source
from .errors import LogUnavailable, Refused, RejectedEvent
from .ingest import Caller
from .models import DoorCount

MOST_EVENTS = 2_500
ALLOWED_HEADERS = "authorization, content-type, content-encoding, x-retry-count"


def answer(status: int, content: dict) -> HttpResponse:
    text = orjson.dumps(content)
    # Without a length the server would have to answer in chunks.
    headers = {"Content-Type": "application/json", "Content-Length": str(len(text))}
    return HttpResponse(text, status=status, headers=headers)


def refusal(error: Refused) -> HttpResponse:
    content = {"success": False, "code": error.code, "message": error.message}
    return answer(error.status, content)


class TrackingView(APIView):
    """What all tracking calls share; subclasses say which messages a body holds."""

    from_device = False  # only then the connection's address is the user's
    history = False  # times are kept as they are
    most_bytes = body.MOST_BODY_BYTES  # after decompression

    def dispatch(self, request, *args, **kwargs):
        try:
            response = self._respond(request)
        except Refused as error:
            response = refusal(error)
        except (LogUnavailable, DatabaseError):
            response = answer(503, _UNAVAILABLE)
            response["Retry-After"] = str(LogUnavailable.retry_after_s)
        return allow_origin(request, response)

    def _respond(self, request) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204)
        if request.method != "POST":
            response = refusal(Refused(405, "method_not_allowed", "Events are sent by POST."))
            response["Allow"] = "POST, OPTIONS"
            return response
        received_at = datetime.now(UTC)
        raw = body.read(request)
        if len(raw) > self.most_bytes:
            raise body.too_large()
        content = body.parse(raw)
        source = self.authenticate_key(request, content)
        messages, envelope = self.messages(content)
        if "HTTP_X_RETRY_COUNT" in request.META:
            door_counts.note_repeated(source.source_id, request.META["HTTP_X_RETRY_COUNT"])
        if source.limit is not None and (wait_s := rates.wait_s(source.limit, len(messages))):
            return _come_later(source, wait_s)
        caller = self.caller(request, source)
        if not source.enabled:
            rejected = ingest.reject_all(caller, messages, SOURCE_DISABLED)
            return _result(source, rejected, len(messages))
        if len(messages) > MOST_EVENTS:
            ingest.reject_all(caller, messages, _TOO_MANY)
            return refusal(
                Refused(400 if source.strict else 200, _TOO_MANY.code, _TOO_MANY.message)
            )
        rejected = ingest.accept(caller, messages, envelope, received_at, self.history)
        return _result(source, rejected, len(messages))

    def caller(self, request, source: KnownSource) -> Caller:
        ip = client_address(request) or None
        if not self.from_device:
            return Caller(source.source_id, None, ip, source.enrichment)
        agent = source.enrichment and request.META.get("HTTP_USER_AGENT")
        return Caller(source.source_id, ip, ip, source.enrichment, agent)

    def authenticate_key(self, request, content: dict) -> KnownSource:
        """Return the source that the key opens. The header wins over the body."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        key = basic_user(header) or content.get("writeKey") or self.key_of_item(content)
        source = find_source(key) if isinstance(key, str) else None
        if source is None:
            raise Refused(401, "invalid_write_key", "This write key is unknown or was revoked.")
        if not origins.allows(source.origins, origins.of_call(request.META)):
            raise Refused(403, "origin_not_allowed", "Pages of this origin may not use this key.")
        return source

    def key_of_item(self, content: dict):
        return None

    def messages(self, content: dict) -> tuple[list, dict]:
        """Return the messages of the body, and the envelope whose fields count for all."""
        raise NotImplementedError


class SingleView(TrackingView):
    """One message; its type is in the path."""

    type = ""
    most_bytes = ingest.MOST_EVENT_BYTES

    def messages(self, content):
        content["type"] = self.type
        return [content], {}


class BatchView(TrackingView):
    """Many messages, each with its own type."""

    def messages(self, content):
        batch = content.get("batch")
        if not isinstance(batch, list):
            raise body.invalid("The body of a batch needs a list called `batch`.")
        return batch, content

    def key_of_item(self, content):
        batch = content.get("batch")
        first = batch[0] if isinstance(batch, list) and batch else None
        return first.get("writeKey") if isinstance(first, dict) else None


_SUCCESS = {"success": True}
_UNAVAILABLE = {
    "success": False,
    "code": "unavailable",
    "message": "Events cannot be stored at the moment. Send them again.",
}
_TOO_MANY = RejectedEvent("batch_too_many_events", "A batch may have 2,500 events at most.")
SOURCE_DISABLED = RejectedEvent("source_disabled", "The source is switched off.")


def _result(source: KnownSource, rejected: list[ingest.Rejected], count: int) -> HttpResponse:
    """Say what was rejected: beside a success, or as a failure to who asked for strictness."""
    if not rejected:
        return answer(200, _SUCCESS)
    public = [_public(item) for item in rejected]
    if not source.strict:
        return answer(200, {"success": True, "rejected": public})
    first = public[0]["message"]
    message = f"{len(public)} of {count} events were rejected. The first one: {first}"
    failure = {"success": False, "code": public[0]["code"], "message": message}
    return answer(400, failure | {"rejected": public})


def _come_later(source: KnownSource, wait_s: int) -> HttpResponse:
    """Browsers obey `Retry-After` on a 429; Segment names both headers (tracking-api §6)."""
    door_counts.note(source.source_id, DoorCount.What.LIMITED)
    message = f"Too many events for the limit of this source. Send them again in {wait_s} s."
    response = refusal(Refused(429, "rate_limited", message))
    response["Retry-After"] = response["X-RateLimit-Reset"] = str(wait_s)
    return response


def _public(item: ingest.Rejected) -> dict:
    return {
        "index": item.index,
        "messageId": item.message_id,
        "code": item.code,
        "message": item.message,
    }


def allow_origin(request, response: HttpResponse) -> HttpResponse:
    """Let a page of any origin read the answer; without it a browser repeats the call ten times."""
    origin = request.META.get("HTTP_ORIGIN")
    if origin is None:
        return response
    response["Access-Control-Allow-Origin"] = origin
    response["Access-Control-Allow-Credentials"] = "true"
    response["Access-Control-Expose-Headers"] = "Retry-After, X-RateLimit-Reset"
    response["Vary"] = "Origin"
    if request.method == "OPTIONS":
        response["Access-Control-Allow-Methods"] = "POST, GET, OPTIONS"
        asked = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS")
        response["Access-Control-Allow-Headers"] = asked or ALLOWED_HEADERS
        response["Access-Control-Max-Age"] = "86400"
    return response
