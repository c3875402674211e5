"""What we send passes what each tool's documentation asks for, over HTTP."""

import json
from urllib.parse import urlsplit, urlunsplit

import pytest

from destinations.request import Request
from destinations.sending import http
from sources.language.values import UNSET

from .contracts import FOLDER, Stub, read
from .golden import path_of

SLUGS = sorted(path.stem for path in FOLDER.glob("*.json"))


@pytest.fixture
def stub(slug, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    stub = Stub(read(slug))
    yield stub
    stub.close()


def golden_requests(slug):
    """The reviewed requests of a tool, with the name of the event that they were made of."""
    for line in path_of(slug).read_text().splitlines()[1:]:
        answer = json.loads(line)
        for shown in answer.get("requests", ()):
            yield answer["name"], shown


def request_to(stub, shown):
    """A request as `translate` shows it, to the stub in the place of the tool."""
    parts = urlsplit(shown["url"])
    host = urlsplit(stub.url).netloc
    return Request(
        shown["method"],
        urlunsplit(("http", host, parts.path, parts.query, "")),
        shown["headers"],
        shown.get("query"),
        json=shown.get("json", UNSET),
        form=shown.get("form"),
        body=shown.get("body"),
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_sent_is_what_the_documentation_asks_for(slug, stub):
    refused = {}
    for name, shown in golden_requests(slug):
        response = http.call(request_to(stub, shown))
        if response.status != 200:
            refused[name] = response.json()["problems"]

    assert refused == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_contract_names_its_pages_and_asks_for_something(slug):
    contract = read(slug)

    assert contract["pages"]
    for rule in contract["requests"]:
        asks = {"headers", "query", "json", "form", "lines"} & set(rule)
        assert asks, rule
