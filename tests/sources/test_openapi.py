"""GET /api/schema describes what is there, and nothing else."""

import re

import pytest

from sources import tracking_urls
from sources.openapi import describe

from .test_tracking import TRACK, post


def paths():
    """Return the paths of the URLconf as OpenAPI writes them."""
    routes = [str(pattern.pattern) for pattern in tracking_urls.urlpatterns]
    return {"/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route) for route in routes}


def resolved(reference):
    thing = describe()
    for part in reference.removeprefix("#/").split("/"):
        thing = thing[part]
    return thing


def references(thing):
    if isinstance(thing, dict):
        yield from [thing["$ref"]] if "$ref" in thing else []
        thing = list(thing.values())
    if isinstance(thing, list):
        for each in thing:
            yield from references(each)


def described(path, status):
    """Return the schema of an answer."""
    answer = describe()["paths"][path]["post"]["responses"][str(status)]
    answer = resolved(answer["$ref"]) if "$ref" in answer else answer
    return answer["content"]["application/json"]["schema"], answer.get("headers", {})


def test_it_is_served_to_everybody(client, db):
    response = client.get("/api/schema")

    assert response.status_code == 200
    assert response.json() == describe()
    assert response["Access-Control-Allow-Origin"] == "*"


def test_it_has_the_paths_that_the_server_has():
    assert set(describe()["paths"]) == paths()


def test_every_reference_leads_somewhere():
    for reference in references(describe()):
        assert resolved(reference)


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("/v1/track", TRACK, 200),
        ("/v1/track", {"userId": "u1"}, 200),
        ("/v1/batch", {"batch": [{**TRACK, "type": "track"}]}, 200),
        ("/v1/import", {"batch": []}, 200),
        ("/v1/t", "{", 400),
        ("/v1/batch", {"batch": {}}, 400),
        ("/v1/m", {"series": []}, 200),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_answers_are_as_described(client, source, path, content, status):
    response = post(client, path, content)

    schema, _ = described(path, status)
    answer = response.json()
    assert response.status_code == status
    assert set(schema["required"]) <= set(answer) <= set(schema["properties"])
    members = resolved("#/components/schemas/Rejected")["required"]
    assert all(set(item) == set(members) for item in answer.get("rejected", []))


@pytest.mark.django_db(transaction=True)
def test_a_wrong_key_and_a_rate_limit_are_as_described(client, source):
    unknown = post(client, "/v1/track", TRACK, key="unknown")
    source.rate_limit = source.rate_burst = 1
    source.save(update_fields=["rate_limit", "rate_burst"])
    post(client, "/v1/track", TRACK)
    limited = post(client, "/v1/track", TRACK)

    assert (unknown.status_code, limited.status_code) == (401, 429)
    for answer in (unknown, limited):
        schema, headers = described("/v1/track", answer.status_code)
        assert set(answer.json()) == set(schema["required"])
        assert all(name in answer for name in headers)
