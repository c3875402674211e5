"""Code to copy: the first event of a source, in the language of whoever sends it. Pure.

Option names were read off the published SDKs (docs/reference of sdk-wire and browser-sdk).
"""

import json
import shlex
from dataclasses import dataclass
from urllib.parse import urlsplit

FIRST = {"website": "browser", "server": "python", "mobile": "curl", "other": "curl"}

CURL = """\
curl -u {basic} {track_url} \\
  -H 'Content-Type: application/json' \\
  -d '{{"userId": "user-1", "event": "Signed Up",
       "properties": {{"plan": "pro"}}}}'
"""

PYTHON = """\
# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = {key}
analytics.host = {host}

analytics.track("user-1", "Signed Up", {{"plan": "pro"}})
analytics.flush()
"""

NODE = """\
// npm install @segment/analytics-node
import {{ Analytics }} from "@segment/analytics-node"

const analytics = new Analytics({{ writeKey: {key}, host: {host} }})

analytics.track({{
  userId: "user-1",
  event: "Signed Up",
  properties: {{ plan: "pro" }},
}})
await analytics.closeAndFlush()
"""

# `cdnSettings` spares the library the settings it would fetch from Segment; without the sample
# rate of 0 it would send counters of its own there.
BROWSER = """\
// npm install @segment/analytics-next
import {{ AnalyticsBrowser }} from "@segment/analytics-next"

const api = {{
  apiKey: {key},
  apiHost: {api_host},
  protocol: {protocol},
}}
const integrations = {{ "Segment.io": api }}
const analytics = AnalyticsBrowser.load(
  {{
    writeKey: {key},
    cdnSettings: {{ integrations, metrics: {{ sampleRate: 0 }} }},
  }},
  {{ integrations }},
)

analytics.page()
analytics.track("Signed Up", {{ plan: "pro" }})
"""

LANGUAGES = (
    ("browser", "Browser", BROWSER),
    ("python", "Python", PYTHON),
    ("node", "Node.js", NODE),
    ("curl", "curl", CURL),
)


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
        "api_host": json.dumps(f"{address.netloc}{address.path}/v1"),
        "protocol": json.dumps(address.scheme),
        "basic": shlex.quote(f"{write_key}:"),
        "track_url": shlex.quote(f"{public_url}/v1/track"),
    }
    made = [Snippet(slug, label, code.format(**values)) for slug, label, code in LANGUAGES]
    first = FIRST.get(kind)
    return sorted(made, key=lambda snippet: snippet.slug != first)
