"""What the webhooks share: methods, and headers and a body as a mapping gives them."""

from destinations.integration import UNSET, text_of

METHODS = ("POST", "PUT", "PATCH")


def headers_of(payload):
    """The headers of a payload as text; a mapping may have found numbers, or nothing, for some."""
    headers = payload.get("headers") or {}
    return {name: text_of(value) for name, value in headers.items() if value is not None}


def data_of(payload):
    """What is to be sent, UNSET where the mapping found nothing: then there is no body."""
    return payload.get("data", UNSET)
