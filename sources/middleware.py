"""The short way for tracking calls, past everything that only the panel needs."""

import re

from django.urls import Resolver404, resolve

from .api import allow_origin, refusal
from .errors import Refused

PREFIX = "/v1/"


class TrackingFirst:
    """Answer /v1/… at once: no session, no CSRF, no messages. It is nearly all of the traffic."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info
        if not path.startswith(PREFIX):
            path = tidy(path)
            if path is None:
                return self.get_response(request)
        try:
            match = resolve_tracking(path)
        except Resolver404:
            error = Refused(404, "not_found", "There is no such call in the tracking API.")
            return allow_origin(request, refusal(error))
        return match.func(request, *match.args, **match.kwargs)


def tidy(path: str) -> str | None:
    """Return a tracking path that a host with a slash at its end has begun with two of them."""
    if not path.startswith("//"):
        return None
    path = re.sub("/+", "/", path)
    return path if path.startswith(PREFIX) else None


def resolve_tracking(path: str):
    """Return the call of a path; some SDKs end it with a slash. Raises Resolver404."""
    try:
        return resolve(path)
    except Resolver404:
        return resolve(re.sub("/+", "/", path).rstrip("/"))
