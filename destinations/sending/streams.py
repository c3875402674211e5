"""Sending to what does not speak HTTP, by the scheme of a request's URL.

A Request says it in HTTP's words, so that all that plans, shows and counts requests can stay as it
is; what the words mean for a scheme, its module says.
"""

import asyncio
from urllib.parse import urlsplit

from ..request import Request, Response
from . import kafka, redis_streams, sftp

SCHEMES = {"kafka": kafka.call, "redis": redis_streams.call, "sftp": sftp.call}


def handles(request: Request) -> bool:
    return urlsplit(request.url).scheme in SCHEMES


def call(request: Request) -> Response:
    """As http.call."""
    return SCHEMES[urlsplit(request.url).scheme](request)


async def send(request: Request) -> Response:
    """As http.send: raises Unreachable, Unauthorized or InvalidSettings when there is no answer."""
    return await asyncio.to_thread(call, request)
