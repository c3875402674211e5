"""GET /v1/pixel/<type>: events from where no script runs, such as an opened e-mail.

Whatever happens, the answer is 200 and a transparent image of one pixel (tracking-api §11); what
cannot be stored as an event is a rejection on the source's page, like that of any other call.
"""

import base64
import binascii
import logging
from datetime import UTC, datetime

from django.core.exceptions import SuspiciousOperation
from django.db import Error as DatabaseError
from django.http import HttpResponse

from . import body, ingest, rates
from .api import SOURCE_DISABLED, SingleView, allow_origin
from .errors import LogUnavailable, Refused

logger = logging.getLogger(__name__)

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
MOST_DOTS = 20


class PixelView(SingleView):
    """One message in the query of an image's address."""

    from_device = True

    def dispatch(self, request, type: str):
        if request.method == "GET":  # a HEAD comes from a scanner, and nobody has seen anything
            try:
                self.store(request, type)
            except (Refused, SuspiciousOperation):
                pass  # no known key, no JSON, or a thousand fields: there is nobody to tell
            except (LogUnavailable, DatabaseError):
                logger.warning("An event by pixel was lost: the log cannot be written.")
        response = HttpResponse(GIF, content_type="image/gif")
        response["Content-Length"] = str(len(GIF))
        response["Cache-Control"] = "no-store, no-cache, must-revalidate, private"
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return allow_origin(request, response)

    def store(self, request, type: str) -> None:
        message = {**read_query(request.GET), "type": type}
        source = self.authenticate_key(request, message)
        caller = self.caller(request, source)
        if not source.enabled:
            ingest.reject_all(caller, [message], SOURCE_DISABLED)
        elif source.limit is None or not rates.wait_s(source.limit, 1):
            ingest.accept(caller, [message], {}, datetime.now(UTC))


def read_query(query) -> dict:
    """Return the message of `?data=<base64>`, or of dotted fields; the former wins.

    Raises Refused when `data` is no JSON object.
    """
    fields = {name: value for name, value in query.items() if name != "data"}
    message = nested(fields)
    if data := query.get("data"):
        message |= body.parse(decode(data))
    return message


def decode(data: str) -> bytes:
    """Decode either alphabet of base64, padded or not. A query has turned each `+` into a space."""
    alphabet = str.maketrans(" -_", "++/")
    text = data.strip("\r\n\t").translate(alphabet).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise body.invalid("`data` has to be base64.") from None


def nested(fields: dict[str, str]) -> dict:
    """Return {"a.b": "x"} as {"a": {"b": "x"}}. A longer name wins over its own beginning."""
    made: dict = {}
    for name in sorted(fields):
        *parents, last = name.split(".", MOST_DOTS)
        place = made
        for parent in parents:
            if not isinstance(place.get(parent), dict):
                place[parent] = {}
            place = place[parent]
        place[last] = fields[name]
    return made
