import json

import pytest
from django.utils import timezone

from destinations import control
from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, Rejected, ServerFault, Unauthorized
from destinations.integration import Request
from destinations.models import Failure
from destinations.sending import shift
from sources import ingest
from sources.ingest import Caller
from tests.tool import Answer, Tool

from ..bench import Response, conversation, requests_for, translator_for

SLUG = "marketo-static-lists"
SETTINGS = {
    "client_id": "id",
    "client_secret": "s",
    "api_endpoint": "https://123-abc-456.mktorest.com/rest/",
    "folder_name": "Audiences",
}
HOST = "https://123-abc-456.mktorest.com"
AUTH = {"accessToken": "tok"}
BEARER = {"Authorization": "Bearer tok"}
JSON = {**BEARER, "Content-Type": "application/json"}
MULTIPART = {**BEARER, "Content-Type": "multipart/form-data; boundary=--SEGMENT-DATA--"}
ENTERED = {
    "type": "track",
    "event": "Audience Entered",
    "properties": {"email": "ann@example.com", "score": 0},
    "context": {"personas": {"external_audience_id": "1001"}},
}
EXITED = {**ENTERED, "event": "Audience Exited"}
FOUND = Response(200, body=b'{"success":true,"result":[{"id":5},{"id":7}]}')


def sent(action, event, mapping=None, answers=()):
    return requests_for(SLUG, action, event, mapping, answers, auth=AUTH, **SETTINGS)


def batch(action, events, answers=(), **mapping):
    translator = translator_for(SLUG, action, mapping, **SETTINGS)
    payloads = [translator.payload(event) for event in events]
    return conversation(translator, payloads, answers, auth=AUTH)


def upload(table, **query):
    return Request(
        "POST",
        f"{HOST}/bulk/v1/leads.json",
        MULTIPART,
        {"format": "csv", "listId": "1001", "lookupField": "email", **query},
        body=(
            "----SEGMENT-DATA--\r\n"
            'Content-Disposition: form-data; name="file"; filename="leads.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n{table}\r\n----SEGMENT-DATA----\r\n"
        ),
    )


def test_who_enters_is_put_on_the_list():
    assert sent("addToList", ENTERED) == [upload("email\nann@example.com")]


def test_a_batch_is_one_table():
    bob = {**ENTERED, "properties": {"email": "bob@example.com", "first": "Bob", "vip": True}}
    data = {
        "email": {"@path": "$.properties.email"},
        "score": {"@path": "$.properties.score"},
        "firstName": {"@path": "$.properties.first"},
        "vip": {"@path": "$.properties.vip"},
    }

    assert batch("addToList", [ENTERED, bob], data=data) == [
        upload("email,score,firstName,vip\nann@example.com,,,\nbob@example.com,,Bob,true")
    ]


def test_a_value_cannot_leave_its_column():
    data = {"email": "a@example.com", "company": 'Lee, "Lee"', "note": "x\nb@example.com"}

    assert sent("addToList", ENTERED, {"data": data}) == [
        upload('email,company,note\na@example.com,"Lee, ""Lee""","x\nb@example.com"')
    ]


def test_the_list_that_a_hook_has_made_goes_first():
    mapping = {"retlOnMappingSave": {"outputs": {"id": 77, "name": "VIP"}}, "lookup_field": "id"}

    assert sent("addToList", ENTERED, mapping) == [
        upload("email\nann@example.com", listId="77", lookupField="id")
    ]


def test_a_table_has_a_largest_size():
    with pytest.raises(InvalidPayload):
        sent("addToList", ENTERED, {"data": {"email": "x" * 10_485_760}})


@pytest.mark.parametrize("action", ["addToList", "removeFromList"])
def test_a_list_is_needed(action):
    with pytest.raises(InvalidPayload):
        sent(action, {**ENTERED, "context": {}})


def test_who_leaves_is_looked_up_and_taken_off():
    assert batch("removeFromList", [EXITED, EXITED], [FOUND]) == [
        Request(
            "GET",
            f"{HOST}/rest/v1/leads.json",
            JSON,
            {"filterType": "email", "filterValues": "ann@example.com,ann@example.com"},
        ),
        Request("DELETE", f"{HOST}/rest/v1/lists/1001/leads.json", JSON, {"id": "5,7"}),
    ]


def test_who_is_not_there_need_not_be_taken_off():
    answer = Response(200, body=b'{"success":true,"result":[]}')

    assert len(sent("removeFromList", EXITED, answers=[answer])) == 1


def test_very_many_are_looked_up_in_a_body():
    events = [{**EXITED, "properties": {"email": f"somebody.{n}@example.com"}} for n in range(300)]

    looked_up, _ = batch("removeFromList", events, [FOUND])

    assert (looked_up.method, looked_up.query) == ("POST", {"_method": "GET"})
    assert looked_up.form["filterValues"].startswith("somebody.0@example.com,somebody.1@")


def test_a_list_is_one_part_of_the_address():
    requests = sent("removeFromList", EXITED, {"external_id": "1/../2"}, [FOUND])

    assert requests[1].url == f"{HOST}/rest/v1/lists/1%2F..%2F2/leads.json"


def test_batches_are_as_large_as_marketo_allows():
    sizes = [
        translator_for(SLUG, a, **SETTINGS).batch.size for a in ("addToList", "removeFromList")
    ]

    assert sizes == [300_000, 300]
    with pytest.raises(InvalidPayload):
        sent("removeFromList", EXITED, {"batch_size": 301})


@pytest.mark.parametrize(
    ("code", "kind"), [("601", Unauthorized), ("1019", ServerFault), ("1006", Rejected)]
)
def test_an_answer_of_200_may_mean_no(code, kind):
    answer = b'{"success":false,"errors":[{"code":"%s","message":"No"}]}' % code.encode()
    translator = translator_for(SLUG, "addToList", **SETTINGS)

    outcomes = translator.outcomes(Response(200, body=answer), [{}, {}])

    assert [type(each) for each in outcomes] == [kind, kind]
    with pytest.raises(kind):
        sent("removeFromList", EXITED, answers=[Response(200, body=answer)])


def test_the_token_is_asked_for_in_the_query():
    assert get_integration(SLUG).auth.oauth.token_request(SETTINGS, None) == Request(
        "POST",
        f"{HOST}/identity/oauth/token",
        query={"grant_type": "client_credentials", "client_id": "id", "client_secret": "s"},
    )


def test_the_credentials_are_checked_by_a_list():
    assert get_integration(SLUG).check_request(SETTINGS, auth=AUTH) == Request(
        "GET", f"{HOST}/rest/v1/lists.json", BEARER, {"batchSize": 1}
    )


@pytest.fixture
def marketo(settings):
    """Says no to its first token, with 200 as Marketo does, and yes to the second."""
    settings.ALLOW_PRIVATE_TARGETS = True
    tool = Tool()
    given = []

    def answer(call):
        if call.path.startswith("/identity/oauth/token"):
            given.append(f"token-{len(given) + 1}")
            return Answer(200, json.dumps({"access_token": given[-1]}).encode())
        if call.headers["Authorization"] == "Bearer token-1":
            return Answer(200, b'{"success":false,"errors":[{"code":"602","message":"expired"}]}')
        return Answer(200, b'{"success":true,"result":[]}')

    tool.answer = answer
    yield tool
    tool.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("event", [ENTERED, EXITED])
def test_a_token_that_has_expired_is_renewed(workspace, source, marketo, event):
    own = {**SETTINGS, "api_endpoint": f"{marketo.url}/rest"}
    control.switch_on(control.create(workspace, SLUG, "lists", "Lists", own, [source]))
    message = {**event, "userId": "ann", "messageId": "m-1"}
    ingest.accept(Caller(source.id), [message], {}, timezone.now())

    shift.work(shift_s=20, idle_s=0)

    tokens = [call for call in marketo.calls if "/identity/" in call.path]
    assert [(call.method, call.body) for call in tokens] == [("POST", b"")] * 2
    assert marketo.calls[-1].headers["Authorization"] == "Bearer token-2"
    assert not Failure.objects.exists()
