"""Code to copy: the first event of a source, in the language of whoever sends it. Pure."""

import json
import shlex
from dataclasses import dataclass
from string import Template
from urllib.parse import quote, urlencode, urlsplit

from . import snippet_code as code

LANGUAGES = (
    ("browser", "Browser", code.BROWSER),
    ("npm", "npm", code.NPM),
    ("image", "Image", code.IMAGE),
    ("swift", "Swift", code.SWIFT),
    ("kotlin", "Kotlin", code.KOTLIN),
    ("react-native", "React Native", code.REACT_NATIVE),
    ("flutter", "Flutter", code.FLUTTER),
    ("python", "Python", code.PYTHON),
    ("node", "Node.js", code.NODE),
    ("go", "Go", code.GO),
    ("java", "Java", code.JAVA),
    ("ruby", "Ruby", code.RUBY),
    ("php", "PHP", code.PHP),
    ("dotnet", ".NET", code.DOTNET),
    ("curl", "curl", code.CURL),
)
HTTPS_NOTE = "// It speaks https alone: reach this server by https first, and set PUBLIC_URL.\n"
# What a kind of source is shown before the rest.
FIRST = {
    "website": ("browser", "npm", "image"),
    "mobile": ("swift", "kotlin", "react-native", "flutter"),
    "server": ("python", "node", "go", "java", "ruby", "php", "dotnet", "curl"),
    "other": ("curl",),
}


@dataclass(frozen=True)
class Snippet:
    slug: str
    label: str
    code: str


def snippets(write_key: str, public_url: str, kind: str = "") -> list[Snippet]:
    """Return the snippets with key and address filled in, what suits `kind` first."""
    address = urlsplit(public_url)
    values = {
        "key": json.dumps(write_key),
        "host": json.dumps(public_url),
        "key_in_page": _in_page(write_key),
        "host_in_page": _in_page(public_url),
        "api_host": json.dumps(f"{address.netloc}{address.path}/v1"),
        "protocol": json.dumps(address.scheme),
        "https_note": "" if address.scheme == "https" else HTTPS_NOTE,
        "api_url": json.dumps(f"{public_url}/v1"),
        "netloc": json.dumps(f"{address.netloc}{address.path}"),
        "hostname": json.dumps(address.hostname),
        "port": address.port or (443 if address.scheme == "https" else 80),
        "ssl": json.dumps(address.scheme == "https"),
        # Where a dollar or a hash inside double quotes begins an expression.
        "key_in_kotlin": json.dumps(write_key).replace("$", "\\$"),
        "key_in_ruby": _in_single_quotes(write_key),
        "pixel_url": f"{public_url}/v1/pixel/track?{_pixel(write_key)}",
        "basic": shlex.quote(f"{write_key}:"),
        "track_url": shlex.quote(f"{public_url}/v1/track"),
    }
    made = [
        Snippet(slug, label, Template(text).substitute(values)) for slug, label, text in LANGUAGES
    ]
    first = FIRST.get(kind, ())
    return sorted(made, key=lambda snippet: snippet.slug not in first)


def _in_single_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _pixel(write_key: str) -> str:
    fields = {"writeKey": write_key, "userId": "user-1", "event": "Email Opened"}
    return urlencode(fields, quote_via=quote).replace("&", "&amp;")


def _in_page(text: str) -> str:
    """Return a JavaScript string that cannot end the script element it stands in."""
    return json.dumps(text).replace("<", "\\u003c")
