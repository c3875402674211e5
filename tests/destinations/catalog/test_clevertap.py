import pytest

from destinations.catalog import get_integration
from destinations.errors import Rejected
from destinations.integration import Request

from ..bench import Response, default_requests_for, request_for, translator_for

SETTINGS = {"clevertapAccountId": "acme", "clevertapPasscode": "pass"}
URL = "https://sk1.api.clevertap.com/1"
HEADERS = {"X-CleverTap-Account-Id": "acme", "X-CleverTap-Passcode": "pass"}
IDENTIFY = {
    "type": "identify",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "traits": {"Name": "Ann"},
}


def test_user_upload_sends_a_profile():
    mapping = {"profileData": {"@path": "$.traits"}}

    assert request_for("clevertap", "userUpload", IDENTIFY, mapping, **SETTINGS) == Request(
        "POST",
        f"{URL}/upload",
        HEADERS,
        json={
            "d": [
                {
                    "type": "profile",
                    "source": "Segment",
                    "ts": "2026-08-20T10:00:00.123Z",
                    "profileData": {"Name": "Ann"},
                    "identity": "ann",
                }
            ]
        },
    )


def test_user_delete_deletes_the_profile():
    event = {"type": "track", "event": "Delete User", "userId": "ann"}

    assert default_requests_for("clevertap", event, **SETTINGS) == [
        (
            "userDelete",
            Request("POST", f"{URL}/delete/profiles.json", HEADERS, json={"identity": "ann"}),
        )
    ]


def test_a_profile_that_was_left_out_is_rejected():
    translator = translator_for("clevertap", "userUpload", **SETTINGS)
    body = b'{"status":"fail","processed":0,"unprocessed":[{"status":"fail","error":"no data"}]}'

    assert translator.outcomes(Response(200, body=body), [{}]) == [
        Rejected("CleverTap refused this: no data", status=400)
    ]


def test_each_region_has_its_own_host():
    endpoint = "https://eu1.api.clevertap.com"

    request = request_for(
        "clevertap", "userUpload", IDENTIFY, clevertapEndpoint=endpoint, **SETTINGS
    )

    assert request.url == f"{endpoint}/1/upload"


@pytest.mark.parametrize(("status", "problem"), [(200, None), (404, None), (401, ""), (503, "")])
def test_a_profile_that_is_not_there_does_not_make_the_credentials_wrong(status, problem):
    integration = get_integration("clevertap")

    assert integration.check_request(SETTINGS) == Request(
        "GET", f"{URL}/profile.json", HEADERS, query={"identity": "switchyard"}
    )
    assert integration.credential_problem(Response(status)) == problem
