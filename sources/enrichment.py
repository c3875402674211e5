"""What the door adds to an event, or takes from it, when its source asks for it.

The IP policy, a parsed user agent, a mark on bots, a place by IP address. A part of `context` that
the caller sent is never overwritten, with one exception: the IP policy counts for every
`context.ip`, because it says what may be kept.
"""

import ipaddress
from functools import lru_cache
from typing import NamedTuple

import ua_parser

from . import places

MOST_USER_AGENT = 1_024  # what is longer is no browser's, and would cost the parser dearly
SPIDER = "Spider"  # ua-parser's word for the device of a crawler


class Enrichment(NamedTuple):
    """The switches of a source."""

    ip_policy: str
    parse_user_agent: bool
    flag_bots: bool
    locate: bool

    def apply(self, event: dict, user_agent: str | None) -> None:
        """Change `event["context"]`; `user_agent` is the connection's, for events without one."""
        context = dict(event.get("context") or {})
        if user_agent and not context.get("userAgent"):
            context["userAgent"] = user_agent
        if self.parse_user_agent or self.flag_bots:
            self._add_agent(context)
        if "ip" in context:
            self._treat_ip(context)
        if context or "context" in event:
            event["context"] = context

    def _treat_ip(self, context: dict) -> None:
        ip = context["ip"]
        if self.locate and "location" not in context and isinstance(ip, str):
            location = places.find(ip)
            if location is not None:
                context["location"] = location
        if self.ip_policy == "keep" or ip is None:
            return
        kept = masked(ip) if self.ip_policy == "mask" else None
        if kept is None:
            del context["ip"]
        else:
            context["ip"] = kept

    def _add_agent(self, context: dict) -> None:
        text = context.get("userAgent")
        if not isinstance(text, str) or not text:
            return
        agent = parse(text[:MOST_USER_AGENT])
        if self.parse_user_agent:
            for field, value in agent.parts:
                context.setdefault(field, value)
        if self.flag_bots and agent.bot:
            context.setdefault("bot", True)


class Agent(NamedTuple):
    """A user agent, as parts of `context`: (field, object), to be read only."""

    parts: tuple[tuple[str, dict], ...]
    bot: bool


@lru_cache(maxsize=4096)
def parse(user_agent: str) -> Agent:
    found = ua_parser.parse(user_agent)
    device, os, browser = found.device, found.os, found.user_agent
    parts = {
        "device": device
        and device.family != SPIDER
        and _without_nothing(manufacturer=device.brand, model=device.model),
        "os": os and _without_nothing(name=os.family, version=_version(os)),
        "browser": browser and _without_nothing(name=browser.family, version=_version(browser)),
    }
    known = tuple((field, value) for field, value in parts.items() if value)
    return Agent(known, bool(device) and device.family == SPIDER)


def _version(found) -> str:
    parts = [found.major, found.minor, found.patch]
    return ".".join(part for part in parts[: parts.index(None) if None in parts else 3])


def _without_nothing(**values) -> dict:
    return {name: value for name, value in values.items() if value}


@lru_cache(maxsize=4096)
def _masked(ip: str) -> str | None:
    try:
        address = ipaddress.ip_address(ip.strip())
        address = getattr(address, "ipv4_mapped", None) or address
        bits = 24 if address.version == 4 else 48
        return str(ipaddress.ip_network(f"{address}/{bits}", strict=False).network_address)
    except ValueError:
        return None


def masked(ip) -> str | None:
    """Return an address without its last octet (IPv6: its first 48 bits); None for no address."""
    return _masked(ip) if isinstance(ip, str) and len(ip) <= 64 else None
