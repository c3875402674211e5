"""The browser SDK in a real Chromium: pages of one origin, the collector at another."""

import html
import json
from urllib.parse import urlsplit

import pytest

from sources.snippets import snippets

from .collector import KEY, wait_for

pytestmark = pytest.mark.browser

# What differs from call to call.
PASSING = {"timestamp", "sentAt", "messageId", "anonymousId"}


def without_passing(event):
    return {name: value for name, value in event.items() if name not in PASSING}


def queued(page):
    """Return what the page's storage holds for later."""
    text = page.evaluate(f"localStorage['persisted-queue:v1:{KEY}:dest-Segment.io:items'] || '[]'")
    return json.loads(text)


def test_calls_of_the_snippet_arrive_in_order_as_segment_writes_them(site, collector, pages):
    page = site.open(
        "/pricing?utm_source=news&utm_campaign=May#top",
        """analytics.identify(7, {email: "ann@example.com", born: "1990-05-01"})
           analytics.track("Signed Up", {plan: "pro", nothing: undefined, none: null},
                           {ip: "0.0.0.0", integrations: {Slack: false}})
           analytics.group("acme", {seats: 3})
           analytics.page("Docs", "Pricing", {section: 2})
           analytics.alias("ann", "7")""",
    )

    names = ("page", "identify", "Signed Up", "group", "page", "alias")
    first, identify, track, group, named, alias = collector.wait_for(*names)
    url = f"{pages.url}/pricing?utm_source=news&utm_campaign=May"
    where = {
        "path": "/pricing",
        "referrer": "",
        "search": "?utm_source=news&utm_campaign=May",
        "title": "Shop",
        "url": url,
    }
    agent = page.evaluate("navigator.userAgent")
    common = {
        "page": where,
        "userAgent": agent,
        "locale": "en-GB",
        "library": {"name": "analytics.js", "version": "switchyard-1.0.0"},
        "timezone": "Europe/Paris",
        "campaign": {"name": "May", "source": "news"},
    }
    first["context"].pop("userAgentData", None)
    assert without_passing(first) == {
        "type": "page",
        "properties": where,
        "context": common,
        "integrations": {},
    }
    assert (identify["userId"], identify["traits"]) == (
        "7",
        {"email": "ann@example.com", "born": "1990-05-01"},
    )
    assert track["properties"] == {"plan": "pro", "none": None}
    assert (track["context"]["ip"], track["integrations"]) == ("0.0.0.0", {"Slack": False})
    assert (group["groupId"], group["traits"]) == ("acme", {"seats": 3})
    assert (named["category"], named["name"]) == ("Docs", "Pricing")
    assert named["properties"] == {**where, "section": 2, "name": "Pricing", "category": "Docs"}
    assert (alias["userId"], alias["previousId"]) == ("ann", "7")
    assert len({event["anonymousId"] for event in collector.stored()}) == 1
    assert all(event["messageId"].startswith("ajs-next-") for event in collector.stored())


def test_what_is_called_in_one_go_is_one_request_without_a_preflight(site, collector):
    page = site.live(calls="for (let i = 0; i < 49; i++) analytics.track('E' + i)")
    collector.wait_for("page", *(f"E{number}" for number in range(49)))

    page.evaluate("analytics.track('Later')")

    wait_for(lambda: collector.names()[-1] == "Later")
    assert [post.path for post in collector.posts] == ["/v1/b", "/v1/t"]
    assert [post.content["writeKey"] for post in collector.posts] == [KEY, KEY]
    assert collector.preflights == []


def test_a_visitor_keeps_the_ids_that_segment_stored(site, collector, visitor, pages):
    old = {"domain": urlsplit(pages.url).hostname, "path": "/"}
    visitor.add_cookies(
        [
            {"name": "ajs_anonymous_id", "value": "%22from-classic%22", **old},
            {"name": "ajs_user_id", "value": "ann", **old},
        ]
    )

    page = site.live()

    (event,) = collector.wait_for("page")
    assert (event["anonymousId"], event["userId"]) == ("from-classic", "ann")
    assert page.evaluate("localStorage.ajs_anonymous_id") == '"from-classic"'
    cookies = {cookie["name"]: cookie for cookie in visitor.cookies()}
    assert cookies["ajs_anonymous_id"]["value"] == "from-classic"
    assert cookies["ajs_anonymous_id"]["sameSite"] == "Lax"
    assert 364 < (cookies["ajs_anonymous_id"]["expires"] - event_time(event)) / 86400 <= 365.1


def event_time(event):
    return int(event["messageId"].split("-")[2]) / 1000


def test_another_person_gets_another_anonymous_id_and_their_own_traits(site):
    page = site.live()

    ids = page.evaluate(
        """() => {
          const user = analytics.user()
          const seen = [user.anonymousId()]
          analytics.identify("ann", {plan: "pro"}); analytics.identify("ann", {seats: 3})
          seen.push(user.anonymousId(), JSON.stringify(user.traits()), user.id())
          analytics.identify("bob", {plan: "free"})
          seen.push(user.anonymousId(), JSON.stringify(user.traits()))
          analytics.group("acme", {size: 5})
          seen.push(analytics.group().id(), localStorage.ajs_group_properties)
          analytics.reset()
          seen.push(user.id(), analytics.group().id(), JSON.stringify(user.traits()))
          seen.push(/ajs_(user|group)_id/.test(document.cookie), user.anonymousId())
          seen.push(analytics.setAnonymousId("mine"), localStorage.ajs_anonymous_id)
          return seen
        }"""
    )

    first, second, third, last = ids[0], ids[1], ids[4], ids[12]
    assert first == second
    assert len({first, third, last}) == 3
    assert ids[2:4] == ['{"plan":"pro","seats":3}', "ann"]
    assert ids[5:12] == ['{"plan":"free"}', "acme", '{"size":5}', None, None, "{}", False]
    assert ids[13:] == ["mine", '"mine"']


def test_an_event_is_repeated_until_it_is_taken_and_the_order_stays(site, collector):
    collector.api["httpConfig"] = {"backoffConfig": {"baseBackoffInterval": 0.05}}
    page = site.live()
    collector.wait_for("page")
    collector.answers = [503, 500, 429]

    page.evaluate("analytics.track('A')")
    wait_for(lambda: len(collector.posts) > 1)
    page.evaluate("analytics.track('B')")

    collector.wait_for("page", "A", "B")
    tries = [post for post in collector.posts if post.events[0].get("event") == "A"]
    assert [post.headers.get("X-Retry-Count") for post in tries] == [None, "1", "2", "3"]
    assert len({post.events[0]["messageId"] for post in tries}) == 1
    assert len({post.content["sentAt"] for post in tries}) == 4


def test_retry_after_is_waited_for_and_never_less_than_a_second(site, collector):
    collector.api["httpConfig"] = {"backoffConfig": {"baseBackoffInterval": 0.01}}
    collector.answers = [(429, {"Retry-After": "0"})]

    site.open()

    collector.wait_for("page")
    first, second = collector.posts
    assert 0.98 < second.at - first.at < 2


def test_a_refused_event_is_given_up_and_said_so(site, collector):
    page = site.live(
        calls="""window.errors = []
                 analytics.on("error", ({code, ctx}) => errors.push([code, ctx.event.event]))"""
    )
    collector.wait_for("page")
    collector.answers = [400]

    page.evaluate("analytics.track('Bad')")
    page.wait_for_function("errors.length")
    page.evaluate("analytics.track('Good')")

    collector.wait_for("page", "Good")
    assert page.evaluate("errors") == [["delivery_failure", "Bad"]]


def test_one_event_that_the_collector_stumbles_over_takes_no_other_with_it(site, collector):
    collector.api["httpConfig"] = {
        "backoffConfig": {"baseBackoffInterval": 0.01, "maxRetryCount": 4}
    }
    page = site.live()
    collector.wait_for("page")

    def stumble(events):
        return 500 if "Bad" in [event.get("event") for event in events] else 200

    collector.answers = stumble
    page.evaluate("for (const name of ['A', 'Bad', 'C', 'D']) analytics.track(name)")

    collector.wait_for("page", "A", "C", "D")


def test_what_happens_offline_is_sent_once_back(site, collector, visitor):
    page = site.live()
    collector.wait_for("page")
    visitor.set_offline(True)

    page.evaluate("analytics.track('A'); analytics.track('B')")
    wait_for(lambda: len(queued(page)) == 2)
    visitor.set_offline(False)

    collector.wait_for("page", "A", "B")
    wait_for(lambda: queued(page) == [])
    assert len(collector.posts) == 2


def test_what_was_not_answered_is_sent_again_by_the_next_page(site, collector):
    collector.open.clear()
    page = site.open()
    wait_for(lambda: collector.posts)
    collector.answers = []
    lost = collector.posts.pop()  # as if it had never come

    page.goto("about:blank")
    collector.open.set()
    site.live(page=page, first=False, calls="analytics.track('Next')")

    first, _ = collector.wait_for("page", "Next")
    assert first["messageId"] == lost.events[0]["messageId"]
    assert collector.posts[0].headers["X-Retry-Count"] == "1"


def test_a_new_page_waits_as_long_as_the_collector_has_asked_for(site, collector):
    collector.answers = [(429, {"Retry-After": "2"})]
    page = site.live()
    wait_for(lambda: collector.posts)
    wait_for(lambda: [item for item in queued(page) if item.get("retryAt")])

    site.live(page=page, first=False, calls="analytics.track('Next')")

    collector.wait_for("page", "Next")
    assert 1.9 < collector.posts[1].at - collector.posts[0].at < 3.5
    assert collector.posts[1].path == "/v1/b"


def test_events_of_a_page_that_closes_arrive(site, collector):
    collector.api["deliveryStrategy"] = {
        "strategy": "batching",
        "config": {"size": 100, "timeout": 60_000},
    }
    page = site.live(calls="addEventListener('pagehide', () => analytics.track('Left'))")
    page.evaluate("analytics.track('Clicked')")
    assert collector.posts == []

    page.close(run_before_unload=True)

    collector.wait_for("page", "Clicked", "Left")


def test_a_page_that_is_left_before_its_settings_came_loses_nothing(site, collector):
    collector.settings_open.clear()
    page = site.open(calls="analytics.track('Quick')")
    page.wait_for_function("analytics.initialized")

    page.goto("about:blank")

    collector.wait_for("page", "Quick")


def test_what_the_end_of_a_page_cannot_carry_is_sent_by_the_next(site, collector):
    collector.api["deliveryStrategy"] = {
        "strategy": "batching",
        "config": {"size": 100, "timeout": 60_000},
    }
    page = site.live(first=False)
    page.evaluate("for (let i = 0; i < 20; i++) analytics.track('E' + i, {text: 'é'.repeat(4000)})")

    page.goto("about:blank")
    sent = len(wait_for(collector.names))
    assert 0 < sent < 20
    assert all(post.bytes < 64 * 1024 for post in collector.posts)
    collector.api.pop("deliveryStrategy")
    site.live(page=page, first=False)

    collector.wait_for(*(f"E{number}" for number in range(20)))


def test_another_tab_leaves_alone_what_a_living_one_holds(site, collector, visitor):
    first = site.live()
    collector.wait_for("page")
    visitor.set_offline(True)
    first.evaluate("analytics.track('Held')")
    wait_for(lambda: queued(first))
    second = first.context.new_page()
    visitor.set_offline(False)
    site.live(page=second, first=False, calls="analytics.track('Second')")

    wait_for(lambda: len(collector.names()) == 3)

    assert sorted(collector.names()) == ["Held", "Second", "page"]
    assert [post.events[0].get("event") for post in collector.posts].count("Held") == 1


def test_it_works_where_the_browser_keeps_nothing(site, collector):
    collector.api["httpConfig"] = {"backoffConfig": {"baseBackoffInterval": 0.05}}
    collector.answers = [503]
    inner = snippets(KEY, collector.url)[0].code + "<script>analytics.identify('ann')</script>"

    page = site.show(f'<iframe sandbox="allow-scripts" srcdoc="{html.escape(inner)}"></iframe>')

    first, second = collector.wait_for("page", "identify")
    assert first["anonymousId"] == second["anonymousId"]
    assert second["userId"] == "ann"
    blocked = "() => { try { return typeof localStorage } catch (error) { return error.name } }"
    assert page.frames[1].evaluate(blocked) == "SecurityError"
    assert collector.posts[0].headers["Origin"] == "null"


def test_settings_switch_all_pages_to_batches(site, collector):
    collector.api["deliveryStrategy"] = {
        "strategy": "batching",
        "config": {"size": 3, "timeout": 300},
    }

    page = site.live(calls="analytics.track('A')")
    assert collector.posts == []
    page.evaluate("analytics.track('B')")
    collector.wait_for("page", "A", "B")
    page.evaluate("analytics.track('C')")

    collector.wait_for("page", "A", "B", "C")
    assert [post.path for post in collector.posts] == ["/v1/b", "/v1/b"]
    assert collector.posts[1].at - collector.posts[0].at > 0.25


def test_an_address_can_identify_and_track(site, collector):
    query = "ajs_aid=device-1&ajs_uid=ann&ajs_trait_plan=a+b&ajs_event=Opened&ajs_prop_mail=%C3%A9"

    site.open(f"/?{query}")

    identify, track, _ = collector.wait_for("identify", "Opened", "page")
    assert (identify["anonymousId"], identify["userId"]) == ("device-1", "ann")
    assert identify["traits"] == {"plan": "a b"}
    assert track["properties"] == {"mail": "é"}


def test_the_canonical_address_is_the_pages_address(site, collector):
    site.open("/a?x=1", head='<link rel="canonical" href="https://shop.example.com/b">')

    (event,) = collector.wait_for("page")
    assert event["properties"]["path"] == "/b"
    assert event["properties"]["url"] == "https://shop.example.com/b?x=1"


def test_without_consent_nothing_is_kept_or_sent(site, collector, visitor):
    page = site.live("/first", "analytics.track('Early')", load="{consent: {required: true}}")

    assert visitor.cookies() == []
    assert page.evaluate("localStorage.length") == 0
    assert collector.posts == []
    page.evaluate("history.pushState({}, '', '/second')")
    page.evaluate("analytics.consent({analytics: true, ads: false})")
    first, early = collector.wait_for("page", "Early")
    assert first["properties"]["path"] == "/first"
    assert early["context"]["consent"] == {"categoryPreferences": {"analytics": True, "ads": False}}
    assert page.evaluate("localStorage.ajs_anonymous_id")
    page.evaluate("analytics.consent({analytics: true, ads: true})")
    collector.wait_for("page", "Early", "Segment Consent Preference Updated")


def test_consent_withdrawn_takes_everything_along(site, collector, visitor):
    page = site.live(calls="analytics.identify('ann', {plan: 'pro'})")
    collector.wait_for("page", "identify")

    page.evaluate("analytics.consent(false); analytics.track('Unseen')")
    page.evaluate("analytics.consent(true); analytics.track('Seen')")

    *_, seen = collector.wait_for("page", "identify", "Seen")
    assert "userId" not in seen
    assert page.evaluate("localStorage.ajs_user_traits") is None


def test_middleware_changes_and_drops_events(site, collector):
    site.open(
        calls="""
          analytics.track("Card", {number: "4111"})
          analytics.track("Secret")
          analytics.addSourceMiddleware(({payload, next}) => {
            if (payload.event() === "Secret") return
            if (payload.obj.properties.number) payload.obj.properties.number = "…"
            next(payload)
          })
          analytics.addSourceMiddleware(async ({payload, next}) => {
            await new Promise((resolve) => setTimeout(resolve, 5))
            payload.obj.context.seen = true
            next(payload)
          })
          analytics.track("Last")"""
    )

    _, card, last = collector.wait_for("page", "Card", "Last")
    assert card["properties"] == {"number": "…"}
    assert last["context"]["seen"] is True


def test_plugins_enrich_and_receive_events(site, collector):
    page = site.live(
        calls="""
          window.got = []
          analytics.register(
            {name: "Version", type: "enrichment", isLoaded: () => true,
             load: () => new Promise((resolve) => setTimeout(resolve, 20)),
             track(ctx) { ctx.updateEvent("properties.version", 3); return ctx }},
            {name: "Broken", type: "enrichment", load() {}, track() { throw new Error("no") }},
            {name: "Pixels", type: "destination", load: () => Promise.resolve(),
             track(ctx) { got.push(ctx.event.event); return ctx }})
          analytics.track("A")
          analytics.track("B", {}, {integrations: {All: false}})
          analytics.track("C", {}, {integrations: {All: false, Pixels: true}})
          analytics.track("D", {}, {integrations: {"Segment.io": false}})"""
    )

    _, first, *_ = collector.wait_for("page", "A", "B", "C")
    assert first["properties"] == {"version": 3}
    page.wait_for_function("got.length === 3")
    assert page.evaluate("got") == ["A", "C", "D"]


def test_listeners_hear_of_calls_and_callbacks_run(site, collector):
    page = site.live(
        calls="""
          window.heard = []
          analytics.on("track", (...told) => heard.push(told))
          analytics.once("page", (category, name) => heard.push([category, name]))
          analytics.page("Docs", "Home")"""
    )

    event = page.evaluate(
        """async () => {
          const off = () => heard.push("off")
          analytics.on("track", off); analytics.off("track", off)
          analytics.on("track", () => { throw new Error("a listener of the page") })
          await new Promise((resolve) => analytics.track("A", {n: 1}, {ip: "1.2.3.4"}, resolve))
          return (await analytics.track("B")).event.event
        }"""
    )

    collector.wait_for("page", "page", "A", "B")
    assert event == "B"
    assert page.evaluate("heard")[1:] == [["A", {"n": 1}, {"ip": "1.2.3.4"}], ["B", {}, {}]]


def test_links_and_forms_are_tracked_before_the_page_goes(site, collector):
    body = """<a id="link" href="/next">Next</a>
              <form id="form" action="/sent"><input name="submit" value="x"></form>"""
    page = site.live(
        body=body,
        calls="""addEventListener("DOMContentLoaded", () => {
          analytics.trackLink(document.querySelector("#link"), "Clicked", (a) => ({id: a.id}))
          analytics.trackForm(document.querySelectorAll("form"), (form) => "Sent " + form.id)
        })""",
    )
    collector.wait_for("page")

    page.click("#link")
    page.wait_for_url("**/next")
    wait_for(lambda: "Clicked" in collector.names())
    page.wait_for_function("analytics.initialized")
    page.evaluate("document.querySelector('#form').requestSubmit()")
    page.wait_for_url("**/sent*")

    collector.wait_for("page", "Clicked", "page", "Sent form", "page")


def test_nothing_a_page_does_makes_it_throw(site, collector):
    page = site.live(calls="analytics.push(['nonsense'], ['track', 'Pushed'])")

    page.evaluate(
        """async () => {
          const cycle = {name: "cycle"}
          cycle.self = cycle
          await analytics.track()
          await analytics.track("")
          await analytics.alias()
          await analytics.identify(null, null, undefined)
          const element = document.body
          await analytics.track("Odd", {cycle, element, big: 10n, f() {}, date: new Date(0)})
          await analytics.track({event: "Object", properties: {a: 1}})
          await analytics.page(null, undefined, 5)
          await analytics.group(undefined)
          analytics.trackLink(null, "x")
          analytics.trackForm(undefined)
          analytics.on("page")
          analytics.addIntegration("old")
          analytics.register(null, {name: "bad", type: "before", load() { throw new Error("no") }})
          const options = {"__proto__.x": 1, "a.b": 2}
          await analytics.track("Last", {}, options, () => { throw 1 })
        }"""
    )

    wait_for(lambda: collector.names()[-1] == "Last")
    stored = {event.get("event"): event for event in collector.stored()}
    odd = stored["Odd"]["properties"]
    assert (odd["cycle"], odd["big"], odd["date"]) == (
        {"name": "cycle"},
        "10",
        "1970-01-01T00:00:00.000Z",
    )
    assert stored["Object"]["properties"] == {"a": 1}
    assert stored["Last"]["context"]["a"] == {"b": 2}
    assert "Pushed" in stored


def test_a_second_script_and_a_disabled_one_do_nothing(site, collector):
    page = site.live()
    page.evaluate(
        f"""new Promise((resolve) => {{
          const script = document.createElement("script")
          script.src = "{collector.url}/analytics.js/v1/{KEY}/analytics.min.js"
          script.onload = resolve
          window.before = analytics
          document.head.append(script)
        }})"""
    )
    same = page.evaluate("before === analytics")
    other = site.open(load="{disable: true}", calls="analytics.track('Unseen')")
    other.wait_for_function("analytics.initialized")
    other.evaluate("analytics.track('Unseen')")

    page.evaluate("analytics.track('Seen')")

    collector.wait_for("page", "Seen")
    assert same is True


def test_the_click_on_an_advertisement_is_remembered(site, collector, visitor):
    site.live("/?btid=b1&urid=u1")
    site.live("/later")

    first, later = collector.wait_for("page", "page")

    assert first["context"]["referrer"] == {"id": "b1", "type": "dataxu"}
    assert later["context"]["referrer"] == {"id": "b1", "type": "dataxu"}
    assert "s:context.referrer" in {cookie["name"] for cookie in visitor.cookies()}


def test_an_amp_page_hands_its_visitor_on(site, collector, visitor, pages):
    visitor.add_cookies([{"name": "_ga", "value": "amp-abc", "url": pages.url}])
    site.live()

    (page,) = collector.wait_for("page")

    assert page["context"]["amp"] == {"id": "amp-abc"}


JQUERY = """<script>
  window.jQuery = (element) => ({ on: (name, work) => (element.heard = work) });
</script>"""


def test_a_form_that_jquery_submits_is_tracked(site, collector):
    page = site.live(
        head=JQUERY,
        body="<form action=/thanks></form>",
        first=False,
        calls="addEventListener('load', () => analytics.trackForm(document.forms[0], 'Form Sent'))",
    )
    page.wait_for_function("Boolean(document.forms[0].heard)")

    with page.expect_navigation(url="**/thanks*"):
        page.evaluate(
            "document.forms[0].heard({preventDefault() {}, isDefaultPrevented: () => false})"
        )

    collector.wait_for("Form Sent")


def test_without_a_retry_queue_an_event_is_tried_once(site, collector):
    collector.answers = [503]
    page = site.live(load="{retryQueue: false}", first=False)

    page.evaluate("analytics.track('Lost')")
    wait_for(lambda: collector.posts)
    page.evaluate("analytics.track('Kept')")

    collector.wait_for("Kept")
    assert len(collector.posts) == 2
