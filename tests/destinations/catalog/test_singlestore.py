import pytest

from destinations.catalog import get_integration
from destinations.errors import InvalidPayload
from destinations.integration import Request

from ..bench import Response, conversation, request_for, translator_for

SETTINGS = {"host": "db.example.com", "username": "ann", "password": "pw", "dbName": "logs"}
BASIC = {"Authorization": "Basic YW5uOnB3"}
URL = "https://db.example.com:443/api/v2/exec"
LOGIN = {
    "type": "track",
    "event": "Login",
    "messageId": "m-1",
    "userId": "ann",
    "timestamp": "2026-08-20T10:00:00.123Z",
    "properties": {"method": "sso"},
    "traits": {"a": 1},
    "context": {"traits": {"b": 2}},
}
ROW = [
    "m-1",
    "2026-08-20 10:00:00.123",
    "track",
    "Login",
    None,
    {"method": "sso"},
    "ann",
    None,
    None,
    {"b": 2},
    {"traits": {"b": 2}},
]
COLUMNS = (
    "messageId, timestamp, type, event, name, properties, userId, anonymousId, groupId, traits,"
    " context"
)
MARKS = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def batch(events, mapping=None):
    translator = translator_for("singlestore", "send", mapping, **SETTINGS)
    return conversation(translator, [translator.payload(event) for event in events])


def test_a_batch_is_one_insert_of_many_rows():
    [request] = batch([LOGIN, {**LOGIN, "messageId": "m-2"}])

    assert request == Request(
        "POST",
        URL,
        BASIC,
        json={
            "sql": f"INSERT INTO `segment_data` ({COLUMNS}) VALUES {MARKS}, {MARKS}",
            "database": "logs",
            "args": [*ROW, "m-2", *ROW[1:]],
        },
    )


def test_a_mapping_may_want_fewer_rows():
    requests = batch([LOGIN] * 3, {"max_batch_size": 2})

    assert [len(request.json["args"]) // len(ROW) for request in requests] == [2, 1]


def test_the_name_of_the_table_cannot_leave_its_quotes():
    translator = translator_for("singlestore", "send", batching=False, **SETTINGS, tableName="a`b")

    [request] = conversation(translator, [translator.payload(LOGIN)])

    assert request.json["sql"].startswith("INSERT INTO `a``b` (")


def test_a_track_call_has_an_event():
    with pytest.raises(InvalidPayload):
        request_for("singlestore", "send", {**LOGIN, "event": None}, **SETTINGS)


@pytest.mark.parametrize(("status", "delivered"), [(200, True), (202, False), (400, False)])
def test_only_200_is_success(status, delivered):
    translator = translator_for("singlestore", "send", **SETTINGS)

    [outcome] = translator.outcomes(Response(status), [translator.payload(LOGIN)])

    assert (outcome is None) is delivered


def test_the_check_makes_the_table():
    request = get_integration("singlestore").check_request(SETTINGS)

    assert (request.method, request.url) == ("POST", URL)
    assert request.json == {
        "sql": "CREATE TABLE IF NOT EXISTS `segment_data` (messageId TEXT NOT NULL,"
        " timestamp DATETIME(6) NOT NULL, type TEXT NOT NULL, event TEXT, name TEXT,"
        " properties JSON, userId TEXT, anonymousId TEXT, groupId TEXT, traits JSON,"
        " context JSON, SHARD KEY ()) AUTOSTATS_CARDINALITY_MODE=PERIODIC"
        " AUTOSTATS_HISTOGRAM_MODE=CREATE SQL_MODE='STRICT_ALL_TABLES'",
        "database": "logs",
    }
