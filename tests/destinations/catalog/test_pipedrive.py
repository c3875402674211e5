import pytest

from destinations.catalog import get_integration
from destinations.errors import Rejected, ServerFault
from destinations.integration import Request

from ..bench import Response, default_requests_for, requests_for

SETTINGS = {"domain": "acme", "apiToken": "tok"}
API = "https://acme.pipedrive.com/api/v1"
TOKEN = {"api_token": "tok"}
NOTHING = Response(200, body=b'{"data":[]}')
ANN = {
    "type": "identify",
    "userId": "ann",
    "traits": {"name": "Ann", "email": "ann@example.com"},
}
ACTIVITY = {
    "type": "track",
    "event": "Activity Upserted",
    "userId": "ann",
    "properties": {"subject": "Call", "description": "All", "done": True},
}


def found(number):
    return Response(200, body=b'{"data":[{"id":%d}]}' % number)


def search(item, term, field="id"):
    terms = {
        "term": term,
        "field_key": field,
        "exact_match": "true",
        "return_item_ids": "true",
        "field_type": f"{item}Field",
    }
    return Request("GET", f"{API}/itemSearch/field", query={**TOKEN, **terms})


def write(method, path, body):
    return Request(method, f"{API}{path}", query=TOKEN, json=body)


def conversation(action, event, mapping=None, answers=(), **settings):
    return requests_for("pipedrive", action, event, mapping, answers, **SETTINGS, **settings)


def test_an_unknown_person_is_created():
    assert conversation("createUpdatePerson", ANN) == [
        search("person", "ann"),
        write("POST", "/persons", {"name": "Ann", "email": ["ann@example.com"]}),
    ]


def test_a_known_person_is_updated_and_custom_fields_win():
    mapping = {"custom_fields": {"name": "A.", "x1": 2}, "visible_to": "3"}

    assert conversation("createUpdatePerson", ANN, mapping, [found(7)])[1] == write(
        "PUT",
        "/persons/7",
        {"name": "A.", "email": ["ann@example.com"], "visible_to": 3, "x1": 2},
    )


def test_a_new_person_can_be_found_the_next_time():
    requests = conversation("createUpdatePerson", ANN, {"match_field": "user_key"})

    assert requests[0] == search("person", "ann", "user_key")
    assert requests[1].json["user_key"] == "ann"


def test_the_settings_say_which_field_finds_persons():
    assert conversation("createUpdatePerson", ANN, personField="email")[0] == search(
        "person", "ann", "email"
    )


def test_a_search_that_is_refused_finds_nobody():
    assert conversation("createUpdatePerson", ANN, answers=[Response(400)])[1].method == "POST"


def test_a_search_that_fails_for_a_while_is_tried_again_later():
    with pytest.raises(ServerFault):
        conversation("createUpdatePerson", ANN, answers=[Response(503)])


def test_an_organization_is_updated():
    event = {"type": "group", "groupId": "acme", "traits": {"name": "Acme"}}
    mapping = {"add_time": "2026-08-20 10:00:00"}

    assert conversation("createUpdateOrganization", event, mapping, [found(9)]) == [
        search("organization", "acme"),
        write("PUT", "/organizations/9", {"name": "Acme", "add_time": "2026-08-20 10:00:00"}),
    ]


def test_an_activity_is_created_for_whom_it_concerns():
    event = {**ACTIVITY, "context": {"groupId": "acme"}}

    assert conversation("createUpdateActivity", event, answers=[found(7), NOTHING]) == [
        search("person", "ann"),
        search("organization", "acme"),
        write(
            "POST",
            "/activities",
            {"subject": "Call", "person_id": 7, "public_description": "All", "done": 1},
        ),
    ]


def test_a_known_activity_is_updated():
    event = {**ACTIVITY, "userId": None, "properties": {"activity_id": "5"}}

    assert conversation("createUpdateActivity", event) == [
        write("PUT", "/activities/5", {"done": 0})
    ]


DEAL = {
    "type": "track",
    "event": "Deal Upserted",
    "userId": "ann",
    "properties": {"title": "Big", "deal_id": "d1", "value": 12.0, "success_probability": 50},
}


def test_a_deal_is_created_for_a_person():
    requests = conversation(
        "createUpdateDeal", DEAL, {"deal_match_field": "deal_key"}, [found(7), NOTHING]
    )

    assert requests[2] == write(
        "POST",
        "/deals",
        {"title": "Big", "value": "12", "probability": 50, "person_id": 7, "deal_key": "d1"},
    )


def test_a_known_deal_is_updated():
    requests = conversation("createUpdateDeal", DEAL, answers=[NOTHING, found(3)])

    assert (requests[2].method, requests[2].url) == ("PUT", f"{API}/deals/3")


def test_a_lead_is_patched():
    event = {**ANN, "traits": {"title": "New", "lead_id": "l/1", "amount": 5, "currency": "EUR"}}

    assert conversation("createUpdateLead", event, answers=[found(7)])[1] == write(
        "PATCH",
        "/leads/l%2F1",
        {"title": "New", "person_id": 7, "value": {"amount": 5, "currency": "EUR"}},
    )


def test_a_note_is_created():
    event = {**ACTIVITY, "properties": {"content": "Hi", "lead_id": "l1"}}

    assert conversation("createUpdateNote", event, answers=[NOTHING])[1] == write(
        "POST", "/notes", {"content": "Hi", "lead_id": "l1"}
    )


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("createUpdateDeal", DEAL),
        ("createUpdateLead", {**ANN, "traits": {"title": "New"}}),
        ("createUpdateNote", {**ACTIVITY, "properties": {"content": "Hi"}}),
    ],
)
def test_what_belongs_to_nobody_is_not_created(action, event):
    with pytest.raises(Rejected, match="related"):
        conversation(action, event, answers=[NOTHING, NOTHING])


def test_presets_choose_the_action():
    chosen = [default_requests_for("pipedrive", each, **SETTINGS) for each in (ANN, ACTIVITY)]

    assert [each[-1][0] for each in chosen] == ["createUpdatePerson", "createUpdateActivity"]


def test_the_check_asks_who_we_are():
    assert get_integration("pipedrive").check_request(SETTINGS) == Request(
        "GET", f"{API}/users/me", query=TOKEN
    )
