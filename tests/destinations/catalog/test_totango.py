import pytest

from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import default_requests_for

SETTINGS = {"serviceId": "SP-1"}
URL = "https://sdr.totango.com/pixel.gif/"
EVENT = {"userId": "ann", "context": {"groupId": "acme"}}
WHO = {"sdr_s": "SP-1", "sdr_o": "acme", "sdr_u": "ann"}


def forms(event, **settings):
    requests = default_requests_for("totango", {**EVENT, **event}, **SETTINGS, **settings)
    return [request.form for _, request in requests]


def test_an_event_is_an_activity():
    event = {**EVENT, "type": "track", "event": "Login", "properties": {"category": "Auth"}}

    assert default_requests_for("totango", event, **SETTINGS) == [
        ("track", Request("POST", URL, form={**WHO, "sdr_a": "Login", "sdr_m": "Auth"}))
    ]


def test_traits_describe_the_user():
    assert forms({"type": "identify", "traits": {"age": 5.0, "tags": ["a"], "no": None}}) == [
        {**WHO, "sdr_u.age": "5", "sdr_u.tags": '["a"]'}
    ]


def test_a_group_describes_the_account():
    traits = {"name": "Acme", "created": "2026-01-01", "plan": "Pro", "seats": 3}

    assert forms({"type": "group", "groupId": "acme", "traits": traits}) == [
        {
            **WHO,
            "sdr_o.account_name": "Acme",
            "sdr_o.Create Date": "2026-01-01",
            "sdr_o.Status": "Pro",
            "sdr_o.seats": "3",
        }
    ]


def test_an_account_without_a_plan_is_free():
    assert forms({"type": "group", "groupId": "acme"}) == [{**WHO, "sdr_o.Status": "Free"}]


def test_a_page_is_an_activity():
    assert forms({"type": "page", "name": "Home", "category": "Docs"}) == [
        {**WHO, "sdr_a": "Home", "sdr_m": "Docs"}
    ]


@pytest.mark.parametrize(
    ("page", "settings"),
    [
        ({"name": "Home"}, {"trackNamedPages": False}),
        ({"category": "Docs"}, {"trackCategorizedPages": False}),
        ({}, {}),
    ],
)
def test_pages_can_be_left_out(page, settings):
    assert forms({"type": "page", **page}, **settings) == []


def test_without_an_account_nothing_is_sent():
    with pytest.raises(InvalidPayload, match="account is required"):
        forms({"type": "track", "event": "Login", "context": {}})


def test_europe_has_its_own_host():
    event = {**EVENT, "type": "track", "event": "Login"}

    [(_, request)] = default_requests_for("totango", event, **SETTINGS, region="EU")

    assert request.url == "https://sdr-eu1.totango.com/pixel.gif/"
