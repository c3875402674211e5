"""The first event in the languages that SDKs exist for: templates that `snippets` fills in.

Option names were read off the published SDKs (docs/reference of sdk-wire and browser-sdk, and their
repositories). Those for phones speak https alone.
"""

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

SWIFT = """\
// https://github.com/segmentio/analytics-swift
${https_note}import Segment

let configuration = Configuration(writeKey: $key)
    .apiHost($api_host)
    .cdnHost($api_host)
    .trackApplicationLifecycleEvents(true)
let analytics = Analytics(configuration: configuration)

analytics.track(name: "Signed Up", properties: ["plan": "pro"])
"""

KOTLIN = """\
// implementation("com.segment.analytics.kotlin:android:1.+")
${https_note}import com.segment.analytics.kotlin.android.Analytics
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

val analytics = Analytics($key_in_kotlin, applicationContext) {
    apiHost = $api_host
    cdnHost = $api_host
    trackApplicationLifecycleEvents = true
}

analytics.track("Signed Up", buildJsonObject { put("plan", "pro") })
"""

REACT_NATIVE = """\
// npm install @segment/analytics-react-native
import { createClient } from "@segment/analytics-react-native"

const analytics = createClient({
  writeKey: $key,
  proxy: $api_url,
  cdnProxy: $api_url,
  useSegmentEndpoints: true,
  trackAppLifecycleEvents: true,
})

analytics.track("Signed Up", { plan: "pro" })
"""

FLUTTER = """\
// flutter pub add segment_analytics
${https_note}final analytics = createClient(Configuration(
  $key_in_kotlin,
  apiHost: $api_host,
  cdnHost: $api_host,
  trackApplicationLifecycleEvents: true,
));

analytics.track("Signed Up", properties: {"plan": "pro"});
"""

GO = """\
// go get github.com/segmentio/analytics-go/v3
client, err := analytics.NewWithConfig($key, analytics.Config{
	Endpoint: $host,
})
if err != nil {
	log.Fatal(err)
}
defer client.Close()

client.Enqueue(analytics.Track{
	UserId:     "user-1",
	Event:      "Signed Up",
	Properties: analytics.NewProperties().Set("plan", "pro"),
})
"""

JAVA = """\
// com.segment.analytics.java:analytics
Analytics analytics = Analytics.builder($key)
    .endpoint($host)
    .build();

analytics.enqueue(TrackMessage.builder("Signed Up")
    .userId("user-1")
    .properties(Map.of("plan", "pro")));
analytics.flush();
"""

RUBY = """\
# gem install analytics-ruby
require "segment/analytics"

analytics = Segment::Analytics.new(
  write_key: $key_in_ruby,
  host: $hostname, port: $port, ssl: $ssl
)

analytics.track(user_id: "user-1", event: "Signed Up", properties: { plan: "pro" })
analytics.flush
"""

PHP = """\
// composer require segmentio/analytics-php
use Segment\\Segment;

Segment::init($key_in_ruby, ["host" => $netloc, "ssl" => $ssl]);

Segment::track([
  "userId" => "user-1",
  "event" => "Signed Up",
  "properties" => ["plan" => "pro"],
]);
Segment::flush();
"""

DOTNET = """\
// dotnet add package Segment.Analytics.CSharp
${https_note}using Segment.Analytics;
using Segment.Serialization;

var configuration = new Configuration($key, apiHost: $api_host, cdnHost: $api_host);
var analytics = new Analytics(configuration);

analytics.Track("Signed Up", new JsonObject { ["plan"] = "pro" });
analytics.Flush();
"""

IMAGE = """\
<img width="1" height="1" alt="" src="$pixel_url">
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
