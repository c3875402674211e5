"""Google Cloud Storage, up to a stub that checks the signature of the service account."""

import gzip
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.utils import timezone

from destinations import control
from destinations.catalog import get_integration
from destinations.errors import InvalidSettings
from destinations.models import DeliveryCount
from destinations.sending import shift
from sources import ingest
from sources.ingest import Caller
from tests.tool import Call, Tool

from ..bench import NOW, request_for
from . import google

EVENT = {"type": "track", "messageId": "m-1", "receivedAt": "2026-08-20T10:00:00.000Z"}
TOKEN = {"accessToken": "ya29.token"}


@pytest.fixture
def tool(settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    tool = Tool()
    tool.answer = google.answer
    yield tool
    tool.close()


@pytest.mark.django_db(transaction=True)
def test_events_are_uploaded_with_the_token_of_the_service_account(workspace, source, tool):
    values = {
        "bucket": "lake",
        "gcsCredentials": google.key_file(f"{tool.url}/token"),
        "endpoint": tool.url,
    }
    lake = control.create(workspace, "google-cloud-storage", "lake", "Lake", values, [source])
    control.switch_on(lake)
    messages = [
        {"type": "track", "event": "E", "userId": "u", "messageId": f"m{n}"} for n in (1, 2)
    ]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())

    shift.work(shift_s=20, idle_s=0)

    asked, upload = tool.calls
    assert google.claims_of(asked)["iss"] == "switchyard@acme.iam.gserviceaccount.com"
    assert urlsplit(upload.path).path == "/upload/storage/v1/b/lake/o"
    query = parse_qs(urlsplit(upload.path).query)
    assert query["uploadType"] == ["media"]
    assert query["name"][0].startswith("segment-logs/switchyard/")
    lines = gzip.decompress(upload.body).splitlines()
    assert [json.loads(line)["messageId"] for line in lines] == ["m1", "m2"]
    assert DeliveryCount.objects.get().count == 2


def test_the_claims_are_those_that_google_asks_for(tool):
    grant = get_integration("google-cloud-storage").auth.oauth
    settings = {"gcsCredentials": google.key_file("https://oauth2.googleapis.com/token")}

    request = grant.token_request(settings, None, NOW)

    assert request.url == "https://oauth2.googleapis.com/token"
    body = urlencode(request.form).encode()
    assert google.claims_of(Call("POST", "/token", {}, body, 0)) == {
        "iss": "switchyard@acme.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/devstorage.read_write",
        "aud": "https://oauth2.googleapis.com/token",
        "iat": 1787227200,
        "exp": 1787230800,
    }


@pytest.mark.parametrize(
    "text", ["no JSON", "[]", "{}", '{"client_email": "a", "private_key": "b"}']
)
def test_a_key_that_is_none_is_refused_without_quoting_it(text):
    grant = get_integration("google-cloud-storage").auth.oauth

    with pytest.raises(InvalidSettings) as caught:
        grant.token_request({"gcsCredentials": text}, None, NOW)

    assert str(caught.value) == "gcsCredentials is not the JSON key of a service account"


def test_the_request_is_that_of_a_media_upload():
    request = request_for("google-cloud-storage", "store", EVENT, bucket="la ke", auth=TOKEN)

    assert request.url == "https://storage.googleapis.com/upload/storage/v1/b/la%20ke/o"
    assert request.headers == {
        "Authorization": "Bearer ya29.token",
        "Content-Type": "application/gzip",
    }
    assert request.query["name"].startswith("segment-logs/switchyard/1787184000000/1787220000000.")
