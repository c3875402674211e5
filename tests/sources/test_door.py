"""What a source can have the door do: strictness, rate limits, counts, enrichment."""

import pytest
from django.utils import timezone

from sources import authentication, door_counts, places, rates
from sources.enrichment import masked
from sources.models import DoorCount, RateBucket

from .maxmind import write_database
from .test_tracking import TRACK, post, stored

pytestmark = pytest.mark.django_db(transaction=True)

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PIXEL = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/139.0.7258.62 Mobile Safari/537.36"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


@pytest.fixture(autouse=True)
def _fresh():
    yield
    rates.forget()
    places.forget()


def switch(source, **fields):
    for name, value in fields.items():
        setattr(source, name, value)
    source.save(update_fields=list(fields))
    authentication.forget()


def context_of(client, source, context=None, path="/v1/track", **headers):
    fields = {} if context is None else {"context": context}
    post(client, path, {**TRACK, **fields}, **headers)
    return stored(source)[-1].get("context")


def test_a_strict_source_answers_400_and_keeps_what_was_good(client, source):
    switch(source, strict=True)
    nameless = {"type": "track", "userId": "u1", "messageId": "m2"}

    response = post(client, "/v1/batch", {"batch": [nameless, {**TRACK, "type": "track"}]})

    assert response.status_code == 400
    assert response.json() == {
        "success": False,
        "code": "event_not_defined",
        "message": "1 of 2 events were rejected. The first one: "
        "A track call needs the name of its event.",
        "rejected": [
            {
                "index": 0,
                "messageId": "m2",
                "code": "event_not_defined",
                "message": "A track call needs the name of its event.",
            }
        ],
    }
    assert [event["messageId"] for event in stored(source)] == ["m1"]


@pytest.mark.parametrize(("strict", "status"), [(False, 200), (True, 400)])
def test_a_disabled_source_and_a_batch_too_long_follow_strictness(client, source, strict, status):
    switch(source, strict=strict)
    too_long = post(client, "/v1/batch", {"batch": [{}] * 2_501})
    switch(source, enabled=False)
    disabled = post(client, "/v1/track", TRACK)

    assert (too_long.status_code, disabled.status_code) == (status, status)
    assert disabled.json()["rejected"][0]["code"] == "source_disabled"


def test_what_is_over_the_limit_is_told_when_to_come_again(client, source):
    switch(source, rate_limit=1, rate_burst=2)
    batch = {"batch": [{**TRACK, "type": "track"}] * 2}

    answers = [post(client, "/v1/batch", batch, Origin="https://shop.example") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    over = answers[1]
    assert over["Retry-After"] == over["X-RateLimit-Reset"] == "2"
    assert over["Access-Control-Allow-Origin"] == "https://shop.example"
    assert over.json()["code"] == "rate_limited"
    assert over.json()["message"]


def test_a_bucket_fills_with_time_up_to_its_burst(client, source):
    limit = rates.Limit(source.id, rate=10, burst=20)
    assert [rates.wait_s(limit, 20), rates.wait_s(limit, 20)] == [0, 2]

    an_hour_ago = timezone.now() - timezone.timedelta(hours=1)
    RateBucket.objects.update(filled_at=an_hour_ago)

    assert [rates.wait_s(limit, 20), rates.wait_s(limit, 20)] == [0, 2]


def test_a_batch_larger_than_the_burst_passes_and_is_waited_for(source):
    limit = rates.Limit(source.id, rate=10, burst=20)

    assert [rates.wait_s(limit, 100), rates.wait_s(limit, 1)] == [0, 9]


def test_processes_share_a_bucket(source):
    limit = rates.Limit(source.id, rate=100, burst=100)
    passed = 0

    for _ in range(150):
        passed += rates.wait_s(limit, 1) == 0
        rates.forget()  # as if another process came each time, and lost what it had fetched

    assert passed <= 100


def test_a_bucket_is_not_asked_for_each_event(source, django_assert_num_queries):
    limit = rates.Limit(source.id, rate=1_000, burst=1_000)
    rates.wait_s(limit, 1)

    with django_assert_num_queries(0):
        assert [rates.wait_s(limit, 1) for _ in range(100)] == [0] * 100


def test_a_source_without_limit_has_no_bucket(client, source):
    post(client, "/v1/track", TRACK)

    assert not RateBucket.objects.exists()


def test_repetitions_and_refusals_are_counted_by_source_and_hour(client, source):
    switch(source, rate_limit=1, rate_burst=1)
    for count in ("0", "1", "2", "many"):
        post(client, "/v1/track", TRACK, **{"X-Retry-Count": count})

    door_counts.write(at_once=True)
    door_counts.write(at_once=True)

    counts = dict(DoorCount.objects.values_list("what", "count"))
    assert counts == {"repeated": 2, "limited": 3}


def test_without_switches_nothing_is_added(client, source):
    sent = {"ip": "203.0.113.9", "userAgent": FIREFOX}

    assert context_of(client, source, sent) == sent


def test_a_user_agent_is_parsed_where_the_caller_sent_nothing(client, source):
    switch(source, parse_user_agent=True)

    context = context_of(client, source, {"userAgent": PIXEL, "os": {"name": "GrapheneOS"}})

    assert context == {
        "userAgent": PIXEL,
        "os": {"name": "GrapheneOS"},
        "device": {"manufacturer": "Google", "model": "Pixel 9"},
        "browser": {"name": "Chrome Mobile", "version": "139.0.7258"},
    }


def test_a_call_from_a_browser_brings_its_own_user_agent(client, source):
    switch(source, parse_user_agent=True, ip_policy="drop")

    context = context_of(client, source, path="/v1/t", **{"User-Agent": FIREFOX})

    assert context == {
        "userAgent": FIREFOX,
        "os": {"name": "Linux"},
        "browser": {"name": "Firefox", "version": "140.0"},
    }


def test_bots_are_marked_and_people_are_not(client, source):
    switch(source, flag_bots=True)

    bot = context_of(client, source, {"userAgent": GOOGLEBOT})
    post(client, "/v1/track", {**TRACK, "messageId": "m2", "context": {"userAgent": FIREFOX}})

    assert bot == {"userAgent": GOOGLEBOT, "bot": True}
    assert "bot" not in stored(source)[1]["context"]


@pytest.mark.parametrize(
    ("ip", "kept"),
    [
        ("203.0.113.9", "203.0.113.0"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::"),
        ("::1", "::"),
        ("::ffff:203.0.113.9", "203.0.113.0"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", None),
        (7, None),
        (["203.0.113.9"], None),
    ],
)
def test_an_address_loses_its_last_part(ip, kept):
    assert masked(ip) == kept


@pytest.mark.parametrize(("policy", "kept"), [("mask", {"ip": "127.0.0.0"}), ("drop", {})])
def test_the_policy_counts_for_every_address(client, source, policy, kept):
    switch(source, ip_policy=policy)

    assert context_of(client, source, path="/v1/t") == kept
    post(client, "/v1/track", {**TRACK, "messageId": "m2", "context": {"ip": "127.0.0.9"}})
    assert stored(source)[1]["context"] == kept


def test_a_place_is_found_before_the_address_is_dropped(client, source, settings, tmp_path):
    settings.GEOIP_PATH = write_database(
        tmp_path / "places.mmdb",
        "203.0.113.0/24",
        {
            "city": {"names": {"de": "Wien", "en": "Vienna"}},
            "subdivisions": [{"names": {"en": "Vienna"}}],
            "country": {"iso_code": "AT", "names": {"en": "Austria"}},
            "location": {"latitude": 48.2, "longitude": 16.37},
        },
    )
    switch(source, locate=True, ip_policy="drop")

    assert context_of(client, source, {"ip": "203.0.113.9"}) == {
        "location": {
            "city": "Vienna",
            "region": "Vienna",
            "country": "Austria",
            "latitude": 48.2,
            "longitude": 16.37,
        }
    }
    assert places.find("198.51.100.1") is None


@pytest.mark.parametrize("path", ["", "/nowhere/places.mmdb", __file__])
def test_without_a_usable_file_events_have_no_place(client, source, settings, path):
    settings.GEOIP_PATH = path
    switch(source, locate=True)

    assert context_of(client, source, {"ip": "203.0.113.9"}) == {"ip": "203.0.113.9"}


def test_times_of_history_are_kept(client, source):
    old = {"timestamp": "2019-01-01T10:00:00.000Z", "originalTimestamp": "2019-01-01T09:00:00Z"}
    event = {**TRACK, "type": "track", **old}

    post(client, "/v1/import", {"batch": [event], "sentAt": "2019-01-02T00:00:00.000Z"})

    (kept,) = stored(source)
    assert {name: kept[name] for name in old} == old
