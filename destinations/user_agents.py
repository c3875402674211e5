"""What a browser's user agent says about its device.

The rules come with the package `ua-parser`, whose maintainers gather them from the field; its
engine in Rust knows them all at once. Few user agents make most events, so answers are kept.
"""

import re
from functools import lru_cache

# The package names some systems otherwise than the tools that read user agents in JavaScript.
_OS_NAMES = {"Mac OS X": "Mac OS"}

_TABLET = re.compile(r"ipad|tablet|kindle|playbook|silk(?!.*mobile)|android(?!.*mobile)", re.I)
_TELEVISION = re.compile(r"smart-?tv|appletv|apple tv|googletv|crkey|hbbtv|bravia|web0s|roku", re.I)
_CONSOLE = re.compile(r"playstation|xbox|nintendo", re.I)
_MOBILE = re.compile(r"mobi|iphone|ipod|windows phone|blackberry", re.I)

# Longer than any browser sends; the rules are for nothing else.
MAX_CHARACTERS = 1000


@lru_cache(maxsize=20_000)
def parse_user_agent(text):
    """Return a dict with those of os_name, browser_name, browser_version (its major number),
    manufacturer, model and type (mobile, tablet, smarttv, console) that can be told."""
    import ua_parser  # loads its rules: worth 0.2 s only to those who need them

    parsed = ua_parser.parse(text[:MAX_CHARACTERS])
    browser, system, device = parsed.user_agent, parsed.os, parsed.device
    found = {
        "os_name": system and _OS_NAMES.get(system.family, system.family),
        "browser_name": browser and browser.family,
        "browser_version": browser and browser.major,
        "manufacturer": device and device.brand,
        "model": device and device.model,
        "type": _device_type(text[:MAX_CHARACTERS]),
    }
    return {name: value for name, value in found.items() if value and value != "Other"}


def _device_type(text):
    for kind, pattern in (
        ("smarttv", _TELEVISION),
        ("console", _CONSOLE),
        ("tablet", _TABLET),
        ("mobile", _MOBILE),
    ):
        if pattern.search(text):
            return kind
    return None
