"""Code to copy: the first event of a source, in the language of whoever sends it. Pure.

Option names were read off the published SDKs (docs/reference of sdk-wire and browser-sdk).
"""

import json
import shlex
from dataclasses import dataclass
from string import Template
from urllib.parse import urlsplit

FIRST = {"website": "browser", "server": "python", "mobile": "curl", "other": "curl"}

CURL = """\
curl -u $basic $track_url \\
  -H 'Content-Type: application/json' \\
  -d '{"userId": "user-1", "event": "Signed Up",
       "properties": {"plan": "pro"}}'
"""

PYTHON = """\
# pip install segment-analytics-python
import segment.analytics as analytics

analytics.write_key = $key
analytics.host = $host

analytics.track("user-1", "Signed Up", {"plan": "pro"})
analytics.flush()
"""

NODE = """\
// npm install @segment/analytics-node
import { Analytics } from "@segment/analytics-node"

const analytics = new Analytics({ writeKey: $key, host: $host })

analytics.track({
  userId: "user-1",
  event: "Signed Up",
  properties: { plan: "pro" },
})
await analytics.closeAndFlush()
"""

# The shape that pages with Segment's know (browser-sdk §1): an array that keeps the calls, with the
# page they were made on, until the script is there. Older than ES2015, as any page may hold it.
BROWSER = """\
<script>
(function (name, host, key) {
  var queue = (window[name] = window[name] || []);
  if (queue.initialize) return;
  if (queue.invoked) {
    if (window.console) console.error("The analytics snippet is on this page twice.");
    return;
  }
  queue.invoked = true;
  queue.methods = (
    "trackSubmit trackClick trackLink trackForm pageview identify reset group track ready alias " +
    "debug page screen once off on addSourceMiddleware addDestinationMiddleware " +
    "setAnonymousId register deregister consent"
  ).split(" ");
  queue.factory = function (method) {
    return function () {
      var live = window[name];
      if (live.initialized) return live[method].apply(live, arguments);
      var call = [method].concat(Array.prototype.slice.call(arguments));
      if (/^(track|screen|alias|group|page|identify)$$/.test(method)) {
        var link = document.querySelector("link[rel='canonical']");
        call.push({
          __t: "bpc",
          c: (link && link.getAttribute("href")) || undefined,
          p: location.pathname,
          u: location.href,
          s: location.search,
          t: document.title,
          r: document.referrer,
        });
      }
      queue.push(call);
      return queue;
    };
  };
  for (var i = 0; i < queue.methods.length; i++) {
    queue[queue.methods[i]] = queue.factory(queue.methods[i]);
  }
  queue.load = function (key, options) {
    var script = document.createElement("script");
    script.async = true;
    script.src = host + "/analytics.js/v1/" + key + "/analytics.min.js";
    script.setAttribute("data-global-segment-analytics-key", name);
    var first = document.getElementsByTagName("script")[0];
    first.parentNode.insertBefore(script, first);
    queue._loadOptions = options;
  };
  queue._writeKey = key;
  queue._cdn = host;
  queue.SNIPPET_VERSION = "5.2.1";
  queue.load(key);
  queue.page();
})("analytics", $host_in_page, $key_in_page);
</script>
"""

# `cdnSettings` spares the library the settings it would fetch from Segment; without the sample
# rate of 0 it would send counters of its own there.
NPM = """\
// npm install @segment/analytics-next
import { AnalyticsBrowser } from "@segment/analytics-next"

const api = {
  apiKey: $key,
  apiHost: $api_host,
  protocol: $protocol,
}
const integrations = { "Segment.io": api }
const analytics = AnalyticsBrowser.load(
  {
    writeKey: $key,
    cdnSettings: { integrations, metrics: { sampleRate: 0 } },
  },
  { integrations },
)

analytics.page()
analytics.track("Signed Up", { plan: "pro" })
"""

LANGUAGES = (
    ("browser", "Browser", BROWSER),
    ("npm", "npm", NPM),
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
        "key_in_page": _in_page(write_key),
        "host_in_page": _in_page(public_url),
        "api_host": json.dumps(f"{address.netloc}{address.path}/v1"),
        "protocol": json.dumps(address.scheme),
        "basic": shlex.quote(f"{write_key}:"),
        "track_url": shlex.quote(f"{public_url}/v1/track"),
    }
    made = [
        Snippet(slug, label, Template(code).substitute(values)) for slug, label, code in LANGUAGES
    ]
    first = FIRST.get(kind)
    return sorted(made, key=lambda snippet: snippet.slug != first)


def _in_page(text: str) -> str:
    """Return a JavaScript string that cannot end the script element it stands in."""
    return json.dumps(text).replace("<", "\\u003c")
