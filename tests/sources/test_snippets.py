"""Code to copy: the key and the address are in it, and nothing breaks out of its quotes."""

import ast
import html
import json
import re
import shlex

import pytest

from sources import log
from sources.snippets import snippets


def code(slug, key="wk_web", url="https://events.example.com"):
    return next(snippet.code for snippet in snippets(key, url) if snippet.slug == slug)


def test_every_snippet_holds_key_and_address():
    for snippet in snippets("wk_web", "https://events.example.com"):
        assert "wk_web" in snippet.code
        assert "events.example.com" in snippet.code


def test_segments_own_library_is_told_never_to_ask_segment():
    npm = code("npm", url="http://localhost:8000")

    assert 'apiHost: "localhost:8000/v1"' in npm
    assert 'protocol: "http"' in npm
    assert "sampleRate: 0" in npm


def test_nothing_in_a_key_ends_the_script_of_the_page():
    browser = code("browser", key="</script><script>alert(1)")

    assert browser.count("</script>") == 1


def test_what_suits_the_source_comes_first():
    firsts = {
        kind: snippets("k", "http://h", kind)[0].slug for kind in ("website", "server", "mobile")
    }

    assert firsts == {"website": "browser", "server": "python", "mobile": "swift"}


def test_phones_are_told_host_and_version_and_servers_the_host():
    for slug in ("swift", "kotlin", "flutter", "dotnet"):
        assert code(slug).count('"events.example.com/v1"') == 2  # for events, for settings
    assert code("react-native").count('"https://events.example.com/v1"') == 2
    for slug in ("python", "node", "go", "java"):
        assert '"https://events.example.com"' in code(slug)
    assert "https alone" not in code("swift")
    assert "https alone" in code("swift", url="http://localhost:8000")
    assert 'host: "events.example.com", port: 443, ssl: true' in code("ruby")
    assert "port: 8000, ssl: false" in code("ruby", url="http://localhost:8000")
    assert '"host" => "localhost:8000", "ssl" => false' in code("php", url="http://localhost:8000")


@pytest.mark.django_db(transaction=True)
def test_the_image_brings_an_event(client, source):
    address = html.unescape(re.search(r'src="(.+?)"', code("image"))[1])

    client.get(address.removeprefix("https://events.example.com"))

    (entry,) = log.latest(source.id)
    event = json.loads(entry.payload)
    assert (event["type"], event["event"], event["userId"]) == ("track", "Email Opened", "user-1")


def test_a_key_with_odd_signs_stays_inside_its_quotes():
    key = """a"b'c$(x)"""

    assert shlex.split(code("curl", key).replace("\\\n", ""))[2] == f"{key}:"
    strings = [
        node.value
        for node in ast.walk(ast.parse(code("python", key)))
        if isinstance(node, ast.Constant)
    ]
    assert key in strings
    assert r"""'a"b\'c$(x)'""" in code("ruby", key)
    assert r'''"a\"b'c\$(x)"''' in code("kotlin", key)
