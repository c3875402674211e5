import json

import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings, Rejected
from destinations.integration import Request

from ..bench import Response, requests_for

SLUG = "optimizely-feature-experimentation-actions"
URL = "https://cdn.optimizely.com/datafiles/abc.json"
SETTINGS = {"accountId": "12345", "dataFileUrl": URL}
DATAFILE = {
    "accountId": "67890",
    "anonymizeIP": True,
    "events": [{"id": "e-1", "key": "Bought"}, {"id": "e-2", "key": "Left"}],
    "attributes": [{"id": "a-1", "key": "plan"}, {"id": "a-2", "key": "company"}],
}
BOUGHT = {
    "type": "track",
    "event": "Bought",
    "messageId": "m-1",
    "userId": "ann",
    "anonymousId": "anon-1",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "context": {"traits": {"plan": "pro", "company": {"name": "Acme"}, "unknown": 1}},
    "properties": {"revenue": 995, "value": 1.5, "coupon": "may"},
}


def answer(datafile):
    return Response(200, body=json.dumps(datafile).encode())


def conversation(event, mapping=None, datafile=DATAFILE):
    return requests_for(SLUG, "trackEvent", event, mapping, [answer(datafile)], **SETTINGS)


def test_an_event_is_sent_with_the_ids_of_the_datafile():
    assert conversation(BOUGHT) == [
        Request("GET", URL),
        Request(
            "POST",
            "https://logx.optimizely.com/v1/events",
            json={
                "account_id": "67890",
                "anonymize_ip": True,
                "client_name": "Segment",
                "enrich_decisions": True,
                "visitors": [
                    {
                        "visitor_id": "ann",
                        "attributes": [
                            {"entity_id": "a-1", "key": "plan", "value": "pro", "type": "custom"}
                        ],
                        "snapshots": [
                            {
                                "decisions": [],
                                "events": [
                                    {
                                        "entity_id": "e-1",
                                        "timestamp": 1787220000123,
                                        "uuid": "m-1",
                                        "key": "Bought",
                                        "revenue": 995,
                                        "value": 1.5,
                                        "tags": {"coupon": "may"},
                                    }
                                ],
                            }
                        ],
                    }
                ],
            },
        ),
    ]


@pytest.mark.parametrize("filtering", [True, False])
def test_the_filtering_of_bots_is_an_attribute(filtering):
    event = {**BOUGHT, "userId": None, "context": {}}

    _, sent = conversation(event, datafile={**DATAFILE, "botFiltering": filtering})

    [visitor] = sent.json["visitors"]
    assert visitor["visitor_id"] == "anon-1"
    assert visitor["attributes"] == [
        {
            "entity_id": "$opt_bot_filtering",
            "key": "$opt_bot_filtering",
            "value": filtering,
            "type": "custom",
        }
    ]


def test_an_event_that_the_datafile_does_not_name_is_refused():
    with pytest.raises(InvalidPayload, match="eventKey Login is not in the datafile"):
        conversation({**BOUGHT, "event": "Login"})


def test_a_datafile_that_is_none_means_a_project_at_rest():
    with pytest.raises(Rejected) as refused:
        requests_for(SLUG, "trackEvent", BOUGHT, None, [Response(200, body=b"<html>")], **SETTINGS)

    assert refused.value.code == "PROJECT_DEACTIVATED"


def test_the_credential_check_reads_the_datafile():
    tool = get_integration(SLUG)

    assert tool.check_request(SETTINGS) == Request("GET", URL)
    assert tool.credential_problem(answer(DATAFILE)) is None
    assert tool.credential_problem(Response(403)) == ""
    assert tool.credential_problem(Response(200, body=b"<html>")) == (
        "the datafile is no JSON: is the project still active?"
    )


def test_a_person_can_be_deleted():
    tool = get_integration(SLUG)

    request = tool.delete_user("ann", tool.setting_values({**SETTINGS, "accessToken": "tok"}))

    assert request == Request(
        "POST",
        "https://api.optimizely.com/v2/subject-access-requests",
        {"Authorization": "Bearer tok"},
        json={
            "data_type": "visitor",
            "identifier": "ann",
            "identifier_type": "dcp_id",
            "request_type": "delete",
        },
    )


def test_deleting_needs_the_token():
    tool = get_integration(SLUG)

    with pytest.raises(InvalidSettings):
        tool.delete_user("ann", tool.setting_values(SETTINGS))
