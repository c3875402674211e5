"""The browser SDK, ours and Segment's own, against the real collector; and one beside the other."""

import pytest

from tests.sources.test_tracking import stored

from .collector import KEY, wait_for
from .conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CALLS = """analytics.identify("ann", {plan: "pro"}); analytics.track("Signed Up", {n: 1})"""
OFFICIAL = f"/analytics.js/v1/{KEY}/analytics.min.js"


def events_in_log(source, count):
    wait_for(lambda: len(stored(source)) >= count)
    events = stored(source)
    return {event["type"]: event for event in events}, [event["type"] for event in events]


def test_our_script_and_snippet_reach_the_log(live_server, source, visitor, pages):
    page = Site(visitor, pages, live_server.url).open("/?utm_source=news", CALLS)

    events, order = events_in_log(source, 3)
    assert order == ["page", "identify", "track"]
    assert events["track"]["userId"] == "ann"
    assert events["track"]["context"]["campaign"] == {"source": "news"}
    assert events["track"]["context"]["ip"] == "127.0.0.1"
    assert events["track"]["anonymousId"] == page.evaluate("analytics.user().anonymousId()")


def test_the_snippet_that_segment_publishes_needs_another_host_alone(
    live_server, source, visitor, pages, segment
):
    html = segment.snippet(live_server.url) + f"<script>{CALLS}</script>"

    page = Site(visitor, pages, live_server.url).show(html)

    _, order = events_in_log(source, 3)
    assert order == ["page", "identify", "track"]
    assert page.evaluate("analytics.SNIPPET_VERSION") == "5.2.0"


def test_the_script_that_segment_publishes_reaches_the_log(
    live_server, source, visitor, pages, segment
):
    pages.scripts[OFFICIAL] = segment.script()
    html = (
        f"<script>window.analytics = []; analytics._cdn = '{live_server.url}'</script>"
        f"{segment.snippet(pages.url)}<script>{CALLS}</script>"
    )

    Site(visitor, pages, live_server.url).show(html)

    events, order = events_in_log(source, 3)
    assert sorted(order) == ["identify", "page", "track"]
    assert events["identify"]["traits"] == {"plan": "pro"}
    assert events["track"]["context"]["library"]["version"] == "next-1.84.3"


# Left out is where we differ on purpose: a user id that is given with a call stays.
SAME_CALLS = """[
  ["page"],
  ["page", "Home"],
  ["page", "Docs", "Pricing", {section: 2}, {ip: "0.0.0.0"}],
  ["page", {title: "Mine", extra: 1}],
  ["page", "Name", {a: 1}, {context: {page: {hash: "#x"}}}],
  ["screen", "Main", {dark: true}],
  ["track", "A"],
  ["track", "B", {day: "2026-05-01", at: "2026-05-01T10:00:00+02:00", local: "2026-05-01T10:00:00",
                  list: ["2026-05-01", {deep: "2026-05-01T10:00:00.5Z"}], none: null}],
  ["track", {event: "C", properties: {a: 1}}, {traits: {seats: 3}, "dotted.key": 1}],
  ["track", "D", {}, {integrations: {Slack: false}, context: {locale: "de"}, groupId: "g"}],
  ["track", "E", "nothing"],
  ["alias", "new", "old"],
  ["alias", "new"],
  ["identify", {source: "form"}],
  ["identify", "ann", {plan: "pro"}],
  ["identify", "ann", {seats: 3}],
  ["identify", null, {more: 1}],
  ["identify"],
  ["track", "F"],
  ["group", "acme", {size: 5}],
  ["group", {size: 6}],
  ["identify", 7],
  ["track", "G", {}, {anonymousId: "device-1"}],
  ["track", "H"],
]"""


def test_ours_and_segments_script_send_the_same_events(visitor, pages, collector, segment):
    pages.scripts[OFFICIAL] = segment.script()
    site, count = Site(visitor, pages, collector.url), SAME_CALLS.count("\n  [")
    sent = []
    for host in (collector.url, pages.url):
        html = (
            f"<script>window.analytics = []; analytics._cdn = '{collector.url}'</script>"
            + segment.snippet(host).replace("analytics.page();", "")
        )
        page = site.show(html, "/a?utm_source=news&utm_campaign=May")
        page.wait_for_function("analytics.initialized")
        page.evaluate(
            f"""async () => {{
              analytics.reset()
              analytics.setAnonymousId("device-1")
              for (const [name, ...args] of {SAME_CALLS}) await analytics[name](...args)
            }}"""
        )
        wait_for(lambda: len(collector.stored()) == count)
        sent.append([comparable(event) for event in collector.stored()])
        collector.posts.clear()

    ours, theirs = sent
    for mine, other in zip(ours, theirs, strict=True):
        assert mine == other


def comparable(event):
    """Return the event without what is each library's own or of the moment."""
    own = {"messageId", "sentAt", "writeKey", "timestamp", "_metadata"}
    kept = {name: value for name, value in event.items() if name not in own}
    for name in ("library", "userAgentData"):
        kept["context"].pop(name, None)
    if kept["anonymousId"] != "device-1":
        kept["anonymousId"] = "another"
    if kept.get("userId", "") is None:
        del kept["userId"]
    return kept
