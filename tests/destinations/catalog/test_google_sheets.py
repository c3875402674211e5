import json

import pytest

from destinations.catalog import get_integration
from destinations.integration import Rejected, Request, Response
from destinations.sending import http

from ..bench import conversation, translator_for

SHEET = "https://sheets.googleapis.com/v4/spreadsheets/1AbC"
HEADERS = {"Authorization": "Bearer token"}
MAPPING = {
    "record_identifier": {"@path": "$.userId"},
    "spreadsheet_id": "1AbC",
    "fields": {"name": {"@path": "$.traits.name"}, "plan": {"@path": "$.traits.plan"}},
}
ANN = {"type": "track", "event": "new", "userId": "ann", "traits": {"name": "Ann", "plan": "pro"}}
BOB = {"type": "track", "event": "updated", "userId": "bob", "traits": {"name": "Bob"}}
HEADER = {"range": "Sheet1!A1:C1", "values": [["id", "name", "plan"]]}


def answer(*identifiers):
    rows = {"values": [[each] if each else [] for each in identifiers]} if identifiers else {}
    body = {"range": "Sheet1!A2:A1000", "majorDimension": "ROWS", **rows}
    return Response(200, body=json.dumps(body).encode())


def talk(action, events, answers, mapping=None, **changes):
    translator = translator_for(
        "google-sheets", action, {**MAPPING, **(mapping or {}), **changes}, access_token="token"
    )
    payloads = [translator.payload(event) for event in events]
    return conversation(translator, payloads, answers, events=events)


def written(action, events, known=(), **changes):
    """(data of the update, rows added) for events, given the identifiers that are there."""
    _, update, *rest = talk(action, events, [answer(*known)], **changes)
    return update.json["data"], rest[0].json["values"] if rest else []


def sync_mode(mode):
    return {"mapping": {"__segment_internal_sync_mode": mode}}


@pytest.mark.parametrize("action", ["postSheet", "postSheet2"])
def test_known_records_are_updated_and_others_are_added(action):
    assert talk(action, [ANN, BOB], [answer("zoe", None, "ann")]) == [
        Request("GET", f"{SHEET}/values/Sheet1!A2:A", HEADERS, timeout_s=30),
        Request(
            "POST",
            f"{SHEET}/values:batchUpdate",
            HEADERS,
            json={
                "valueInputOption": "RAW",
                "data": [
                    {"range": "Sheet1!A4:D4", "values": [["ann", "Ann", "pro"]]},
                    HEADER,
                ],
            },
            timeout_s=30,
        ),
        Request(
            "POST",
            f"{SHEET}/values/Sheet1!A2:append",
            HEADERS,
            query={"valueInputOption": "RAW", "insertDataOption": "INSERT_ROWS"},
            json={"values": [["bob", "Bob", ""]]},
            timeout_s=30,
        ),
    ]


def test_names_with_spaces_are_written_as_they_are_and_encoded_in_the_url():
    ask, update, _ = talk("postSheet2", [ANN], [answer()], spreadsheet_name="My sheet/1")

    assert ask.url == f"{SHEET}/values/My%20sheet%2F1!A2:A"
    assert update.json["data"][0]["range"] == "My sheet/1!A1:C1"


def test_the_last_event_of_a_record_wins():
    later = {**ANN, "traits": {"name": "Anna", "plan": "free"}}

    assert written("postSheet2", [ANN, BOB, later]) == (
        [HEADER],
        [["ann", "Anna", "free"], ["bob", "Bob", ""]],
    )


def test_only_the_first_of_two_rows_with_the_same_identifier_is_updated():
    data, added = written("postSheet2", [ANN], ["ann", "ann"])

    assert [each["range"] for each in data] == ["Sheet1!A2:D2", "Sheet1!A1:C1"]
    assert added == []


def test_records_that_were_deleted_are_left_alone():
    gone = {**ANN, "event": "deleted"}

    assert written("postSheet", [gone], ["ann"]) == ([HEADER], [])
    assert written("postSheet", [gone]) == ([HEADER], [])


def test_the_sync_mode_says_what_may_happen_to_a_row():
    row = ["ann", "Ann", "pro"]
    update = {"range": "Sheet1!A2:D2", "values": [row]}

    assert written("postSheet2", [ANN], ["ann"], **sync_mode("update")) == ([update, HEADER], [])
    assert written("postSheet2", [ANN], [], **sync_mode("update")) == ([HEADER], [])
    assert written("postSheet2", [ANN], ["ann"], **sync_mode("add")) == ([HEADER], [])
    assert written("postSheet2", [ANN], [], **sync_mode("add")) == ([HEADER], [row])


def test_a_mapping_without_names_takes_the_columns_of_the_first_event():
    data, added = written("postSheet2", [BOB, ANN], fields={"@path": "$.traits"})

    assert data == [{"range": "Sheet1!A1:B1", "values": [["id", "name"]]}]
    assert added == [["bob", "Bob"], ["ann", "Ann"]]


def test_cells_keep_their_type_and_hold_lists_and_objects_as_json():
    fields = {"n": 1.5, "yes": True, "tags": ["a", "ü"], "deep": {"a": 1}, "none": None}

    _, added = written("postSheet2", [{**ANN, "traits": fields}], fields={"@path": "$.traits"})

    assert added == [["ann", 1.5, True, '["a","ü"]', '{"a":1}', ""]]


def test_columns_beyond_z_have_two_letters():
    data, _ = written("postSheet2", [ANN], fields={f"c{number}": 1 for number in range(30)})

    assert data[0]["range"] == "Sheet1!A1:AE1"


def test_a_sheet_with_too_many_cells_is_refused():
    with pytest.raises(Rejected) as caught:
        written("postSheet2", [ANN], [str(number) for number in range(300_001)])

    assert (caught.value.status, caught.value.code) == (400, "400")


def test_identifiers_that_do_not_fit_into_one_answer_are_asked_for_by_parts():
    cut = answer(*(f"u-{number}" for number in range(3000)))
    cut = Response(200, body=cut.body.replace(b"A1000", b"A3001")[: http.MOST_ANSWER_BYTES // 4])
    parts = [
        Response(200, body=b'{"values":[["u-0","u-1"'),  # too long as well
        Response(200, body=json.dumps({"values": [[str(n) for n in range(750)]]}).encode()),
        Response(200, body=b'{"range":"Sheet1!A752:A1501"}'),
        Response(200, body=b'{"values":[["ann"]]}'),
    ]

    requests = talk("postSheet2", [ANN, BOB], [cut, *parts])

    place = f"{SHEET}/values/Sheet1!A"
    assert [each.url.removeprefix(place) for each in requests[:6]] == [
        "2:A",
        "2:A1501",
        "2:A751",
        "752:A1501",
        "1502:A2251",
        "2252:A3001",
    ]
    assert requests[1].query == {"majorDimension": "COLUMNS", "prettyPrint": "false"}
    assert requests[6].json["data"][0]["range"] == "Sheet1!A1502:D1502"
    assert requests[7].json == {"values": [["bob", "Bob", ""]]}


def test_an_answer_that_is_no_json_at_all_is_not_taken_for_an_empty_sheet():
    with pytest.raises(Rejected):
        talk("postSheet2", [ANN], [Response(200, body=b"<html>")])


def test_the_check_takes_a_spreadsheet_that_is_not_there_for_a_yes():
    tool = get_integration("google-sheets")
    request = tool.check_request({"access_token": "token"})

    assert request == Request(
        "GET", "https://sheets.googleapis.com/v4/spreadsheets/switchyard-check", HEADERS
    )
    problems = [tool.credential_problem(Response(status)) for status in (404, 200, 401, 403)]
    assert problems == [None, None, "", ""]
