"""What a page fetches before its first event: the script for its key, and the settings."""

import gzip
import json

import pytest

from sources import cdn, slimming

SCRIPT = "/analytics.js/v1/wk_web/analytics.min.js"


def settings_of(client, key="wk_web", **headers):
    return client.get(f"/v1/projects/{key}/settings", headers=headers)


def test_the_script_has_its_key_and_may_be_read_by_any_page(client):
    response = client.get(SCRIPT)

    assert response.status_code == 200
    assert b'="wk_web";' in response.content
    assert b"__WRITE_KEY__" not in response.content
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_an_old_address_of_the_script_works(client):
    old = client.get("/analytics.js/v1/wk_web/platform/analytics.min.js")

    assert old.content == client.get(SCRIPT).content


def test_the_script_is_sent_compressed_and_is_small(client):
    response = client.get(SCRIPT, headers={"Accept-Encoding": "gzip, deflate, br"})

    size = len(response.content)
    print(f"analytics.min.js: {size:,} bytes gzipped, {len(client.get(SCRIPT).content):,} plain")
    assert size < 12_000
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == client.get(SCRIPT).content


def test_a_browser_that_has_the_script_is_not_sent_it_again(client):
    first = client.get(SCRIPT)

    again = client.get(SCRIPT, headers={"If-None-Match": first["ETag"]})

    assert "max-age=" in first["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    assert first["ETag"] != client.get("/analytics.js/v1/other/analytics.min.js")["ETag"]


def test_a_key_with_odd_signs_stays_inside_its_text():
    odd = """a"b</script>\\'"""

    line = next(
        line
        for line in cdn.served_script(odd, readable=True).plain.decode().splitlines()
        if "EMBEDDED_KEY =" in line
    )

    assert json.loads(line.split(" = ")[1].split(";")[0]) == odd
    assert "</script" not in line


def test_nothing_in_the_script_needs_more_than_slim_understands():
    source = cdn.source_of_script()

    assert "/*" not in source[3:]
    assert all(line.count("`") % 2 == 0 for line in source.splitlines())


def test_slim_leaves_texts_and_expressions_as_they_are():
    source = """\
// A comment.
const a = "two  words // here";
  call(a, /[^ ,] ; /);  // said why
if (a == 'x , y') { return `a , ${b}`; }
a = b + +c;
"""

    assert slimming.slim(source) == (
        'const a="two  words // here";call(a, /[^ ,] ; /);'
        "if (a == 'x , y') { return `a , ${b}`; }\na=b + +c;"
    )


def test_own_names_become_short_and_members_and_texts_stay():
    source = """\
  const complain = (text) => console.error("complain", text);
  const limit = 7; // limit
  function attempt(work) { return work() / limit; }
  class Queue {
    add(item) { attempt(() => item.limit); }
  }
  const members = { limit: attempt, ...Queue };
"""

    assert (
        slimming.shorten(source)
        == """\
  const complain = (text) => console.error("complain", text);
  const limit = 7; // limit
  function a(work) { return work() / limit; }
  class b {
    add(item) { a(() => item.limit); }
  }
  const c = { limit: a, ...b };
"""
    )


def test_the_settings_say_where_events_go(client, settings):
    settings.PUBLIC_URL = "https://events.example.com"

    response = settings_of(client)

    assert response.json() == {
        "integrations": {
            "Segment.io": {
                "apiKey": "wk_web",
                "apiHost": "events.example.com/v1",
                "protocol": "https",
            }
        },
        "metrics": {"sampleRate": 0},
    }
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "max-age=" in response["Cache-Control"]


def test_the_settings_name_the_address_that_was_asked_while_none_is_configured(client, settings):
    settings.PUBLIC_URL = "http://localhost:8000"

    api = settings_of(client, Host="192.168.1.20:8000").json()["integrations"]["Segment.io"]

    assert (api["protocol"], api["apiHost"]) == ("http", "192.168.1.20:8000/v1")


def test_an_unknown_key_gets_settings_too_and_is_refused_with_its_events(client, db):
    found = settings_of(client, "nobody").json()["integrations"]["Segment.io"]["apiKey"]

    body = {"writeKey": "nobody", "userId": "u1", "event": "Hi"}
    refused = client.post("/v1/t", json.dumps(body), content_type="text/plain")
    assert found == "nobody"
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "path", ["/v1/projects/wk_web/settings", "/v1/m", "/v1/track", "/v1/pixel/track", "/v1/nothing"]
)
def test_a_preflight_is_answered_on_every_path(client, path):
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,x-retry-count",
    }

    answer = client.options(path, headers=asked)

    assert answer["Access-Control-Allow-Origin"] == "https://shop.example"
    assert answer["Access-Control-Allow-Headers"] == "authorization,x-retry-count"
    assert answer.status_code in (200, 204, 404)


def test_counters_of_the_script_are_taken_and_forgotten(client):
    response = client.post(
        "/v1/m",
        '{"series": []}',
        content_type="text/plain",
        headers={"Origin": "https://shop.example.com"},
    )

    assert (response.status_code, response.json()) == (200, {"success": True})
    assert response["Access-Control-Allow-Origin"] == "https://shop.example.com"


@pytest.mark.parametrize(
    "path",
    [
        "/analytics.js/v1/wk_web/analytics.classic.js",
        "/analytics-next/bundles/queryString.bundle.js",
        "/next-integrations/integrations/x/latest/x.dynamic.js.gz",
    ],
)
def test_further_parts_of_segments_script_are_absent_without_a_page_of_ours(client, path):
    response = client.get(path)

    assert (response.status_code, response.content) == (404, b"There is no such file.\n")
