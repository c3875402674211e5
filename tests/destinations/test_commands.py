"""translate, map_event and fql: filters for a pipe. None of them needs a database."""

import io
import json

import pytest
from django.core.management import CommandError, call_command


@pytest.fixture
def pipe(monkeypatch):
    """Run a command on these lines (objects or raw text) and give its answers."""

    def run(command, *lines, arguments=(), **options):
        text = "\n".join(each if type(each) is str else json.dumps(each) for each in lines)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        output = io.StringIO()
        call_command(command, *arguments, stdout=output, **options)
        return [json.loads(line) for line in output.getvalue().splitlines()]

    return run


HOOK = {"destination": "webhook", "settings": {"url": "https://hooks.example.com/in"}}
LOGIN = {"type": "track", "event": "Login"}


def test_translate_shows_what_would_be_sent(pipe):
    assert pipe("translate", {**HOOK, "id": 7, "event": LOGIN}) == [
        {
            "id": 7,
            "requests": [
                {
                    "method": "POST",
                    "url": "https://hooks.example.com/in",
                    "headers": {},
                    "json": LOGIN,
                    "action": "send",
                }
            ],
        }
    ]


def test_each_line_is_answered_in_its_place(pipe):
    answers = pipe(
        "translate",
        {**HOOK, "event": LOGIN},
        "not json",
        "[]",
        {"destination": "no-such-tool", "event": LOGIN, "id": "x"},
        {**HOOK, "action": "no-such-action", "event": LOGIN},
        {"destination": "webhook", "event": LOGIN},
        {**HOOK, "event": {"type": "delete"}},
        {**HOOK},
    )

    assert [next(key for key in answer if key != "id") for answer in answers] == [
        "requests",
        "error",
        "error",
        "unsupported",
        "unsupported",
        "error",
        "dropped",
        "error",
    ]
    assert answers[3]["id"] == "x"
    assert answers[5] == {"error": "url is required"}


def test_translate_takes_subscriptions_filters_and_a_single_action(pipe):
    subscriptions = [
        {"action": "send", "trigger": 'type = "page"', "mapping": {"data": {"a": 1}}},
        {"action": "send", "trigger": 'type = "track"', "mapping": {"data": {"b": 2}}},
        {"action": "send", "trigger": 'type = "track"', "enabled": False},
    ]
    filters = [{"if": "event = 'Login'", "action": "drop"}]

    by_subscription, filtered, alone = pipe(
        "translate",
        {**HOOK, "event": LOGIN, "subscriptions": subscriptions},
        {**HOOK, "event": LOGIN, "filters": filters},
        {**HOOK, "event": {"x": 1}, "action": "send", "mapping": {"data": {"@path": "$."}}},
    )

    assert [each["json"] for each in by_subscription["requests"]] == [{"b": 2}]
    assert filtered == {"dropped": "FILTERED_BY_RULES"}
    assert alone["requests"][0]["json"] == {"x": 1}


def test_translate_respects_the_integrations_object(pipe):
    event = {**LOGIN, "integrations": {"All": False}}

    assert pipe("translate", {**HOOK, "event": event}) == [
        {"dropped": "FILTERED_BY_INTEGRATIONS_OBJECT"}
    ]


def test_translate_takes_a_batch_and_the_time(pipe):
    line = {**HOOK, "events": [LOGIN, {"type": "page"}], "now": "2026-08-20T12:00:00Z"}
    line["settings"] = {**HOOK["settings"], "secret": "s"}

    [answer] = pipe("translate", line)

    [request] = answer["requests"]
    assert request["json"] == [LOGIN, {"type": "page"}]
    assert request["headers"]["X-Switchyard-Timestamp"] == "1787227200"


def test_translate_shows_a_step_that_needs_an_answer_with_an_empty_one(pipe):
    line = {
        "destination": "amplitude",
        "settings": {"apiKey": "k", "secretKey": "s"},
        "action": "groupIdentifyUser",
        "mapping": {"user_id": "ann", "group_type": "company", "group_value": "acme"},
        "event": {"type": "group"},
    }

    [answer] = pipe("translate", line)

    assert [each["url"].rpartition("/")[2] for each in answer["requests"]] == [
        "identify",
        "groupidentify",
    ]


def test_map_event_maps_each_line(pipe):
    assert pipe(
        "map_event",
        {"mapping": {"x": {"@path": "$.a"}}, "event": {"a": 1}},
        {"mapping": {"x": {"@nope": 1}}, "event": {}},
        {"mapping": {}},
    ) == [
        {"value": {"x": 1}},
        {"error": "$.x: unknown directive @nope"},
        {"error": 'each line is {"mapping": …, "event": object}'},
    ]


def test_map_event_takes_the_mapping_from_a_file(pipe, tmp_path):
    file = tmp_path / "mapping.json"
    file.write_text('{"x": {"@template": "{{a}}!"}}')

    assert pipe("map_event", {"a": 1}, {"a": "ü"}, arguments=[str(file)]) == [
        {"value": {"x": "1!"}},
        {"value": {"x": "ü!"}},
    ]


def test_map_event_fails_with_one_clear_line_for_a_bad_file(pipe, tmp_path):
    with pytest.raises(CommandError, match=r"none\.json"):
        pipe("map_event", arguments=[str(tmp_path / "none.json")])


def test_fql_answers_each_line(pipe):
    assert pipe(
        "fql",
        {"fql": "event = 'Login'", "event": LOGIN},
        {"fql": "event", "event": LOGIN},
        {"fql": "event = ", "event": LOGIN},
    ) == [
        {"value": True},
        {"error": "is string, where true or false is needed (at character 1)"},
        {"error": "expected a value, not the end (at character 9)"},
    ]


def test_fql_takes_one_expression_for_all_lines_in_either_dialect(pipe):
    text = 'event != "Login" and type = "track" or type = "page"'

    assert pipe("fql", LOGIN, arguments=[text]) == [{"value": False}]
    assert pipe("fql", LOGIN, arguments=[text], dialect="trigger") == [{"value": True}]


@pytest.mark.parametrize("command", ["translate", "map_event", "fql"])
def test_help_has_an_example(command, capsys):
    with pytest.raises(SystemExit):
        call_command(command, "--help")

    assert "example:" in capsys.readouterr().out
