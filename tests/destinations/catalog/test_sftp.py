"""SFTP, against a real server. Digests are from `printf … | sha256sum`."""

import json
import socket
from dataclasses import replace

import asyncssh
import pytest
from django.utils import timezone

from destinations import control, tester
from destinations.catalog import get_integration
from destinations.errors import (
    InvalidPayload,
    InvalidSettings,
    ServerFault,
    Unauthorized,
    Unreachable,
)
from destinations.integration import Request, Response
from destinations.models import DeliveryCount
from destinations.sending import shift, streams
from sources import ingest
from sources.ingest import Caller
from tests.sftp import PASSWORD, USER, Server

from ..bench import conversation, request_for, translator_for

EVENT = {
    "type": "track",
    "event": "Login",
    "messageId": "m-1",
    "userId": "ann",
    "receivedAt": "2026-08-20T10:00:07.323Z",
}
SETTINGS = {"sftp_host": "files.example", "sftp_username": "u", "sftp_password": PASSWORD}
PLAIN = {
    "filename_prefix": "events",
    "columns": {"who": {"@path": "$.userId"}},
    "audience_action_column_name": None,
    "batch_size_column_name": None,
}
NAME = "events__2026-08-20T10-00-07-323Z_7feef4d2.csv"


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path) as running:
        yield running


@pytest.fixture
def given(server, settings):
    """The settings of the tool for that server."""
    settings.ALLOW_PRIVATE_TARGETS = True
    return {
        "sftp_host": "127.0.0.1",
        "sftp_port": server.port,
        "sftp_username": USER,
        "sftp_password": PASSWORD,
    }


def put(given, events=(EVENT,), **mapping):
    translator = translator_for("sftp", "syncEvents", {**PLAIN, **mapping}, **given)
    payloads = [translator.payload(event) for event in events]
    [request] = conversation(translator, payloads, events=list(events))
    return translator.outcomes(streams.call(request), payloads)


def body_of(events, action="syncEvents", **mapping):
    translator = translator_for("sftp", action, {**PLAIN, **mapping}, **SETTINGS)
    payloads = [translator.payload(event) for event in events]
    [request] = conversation(translator, payloads, events=list(events))
    return request.body.decode().split("\n")


def test_a_batch_is_a_file_named_after_its_first_event_and_its_content():
    assert request_for("sftp", "syncEvents", EVENT, PLAIN, **SETTINGS) == Request(
        "PUT",
        f"sftp://files.example:22/{NAME}",
        {"username": "u", "password": PASSWORD, "upload": "standard"},
        body=b'who\n"ann"',
        timeout_s=30,
    )


def test_an_event_without_a_time_takes_that_of_now():
    request = request_for("sftp", "syncEvents", {"userId": "ann"}, PLAIN, **SETTINGS)

    assert request.url.endswith("/events__2026-08-20T12-00-00-000Z_7feef4d2.csv")


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("/in/segment/", "/in/segment"),
        ("in", "/~/in"),
        (".", "/~"),
        ("/in//a b/../c", "/in/c"),
    ],
)
def test_folders(folder, place):
    mapping = {**PLAIN, "sftp_folder_path": folder}

    request = request_for("sftp", "syncEvents", EVENT, mapping, **SETTINGS)

    assert request.url == f"sftp://files.example:22{place}/{NAME}"


def test_a_prefix_may_have_the_extension():
    mapping = {**PLAIN, "filename_prefix": "a.psv", "file_extension": "psv"}

    request = request_for("sftp", "syncEvents", EVENT, mapping, **SETTINGS)

    assert request.url.endswith("/a__2026-08-20T10-00-07-323Z_7feef4d2.psv")


def test_rows_are_quoted_and_say_how_many_there_are():
    events = [
        {**EVENT, "userId": 'b"ob', "properties": {"vips": True}},
        {**EVENT, "properties": {"vips": False, "tags": ["ü"]}},
    ]
    events = [{**each, "context": {"personas": {"computation_key": "vips"}}} for each in events]
    columns = {"who;": {"@path": "$.userId"}, "p": {"@path": "$.properties"}, "none": ""}

    lines = body_of(
        events,
        columns=columns,
        delimiter=";",
        audience_action_column_name="member",
        batch_size_column_name="n",
    )

    assert lines == [
        "who;p;member;n",
        '"b""ob";"{""vips"":true}";"true";"2"',
        '"ann";"{""vips"":false,""tags"":[""ü""]}";"false";"2"',
    ]


def test_the_default_columns_hold_the_event():
    translator = translator_for("sftp", "syncEvents", {"filename_prefix": "e"}, **SETTINGS)
    [request] = conversation(translator, [translator.payload(EVENT)], events=[EVENT])

    assert request.body.decode().split("\n") == [
        "event_name,event_type,user_id,anonymous_id,email,properties,traits,context,timestamp,"
        "message_id,integrations,audience_name,audience_id,audience_space_id,audience_action,"
        "batch_size",
        '"Login","track","ann","","","","","","","m-1","","","","","","1"',
    ]


def test_a_model_has_its_own_columns_and_no_audience():
    mapping = {"columns": {"id": {"@path": "$.userId"}}, "batch_size_column_name": "batch_size"}

    assert body_of([EVENT], "syncModelToSFTP", **mapping) == ["id,batch_size", '"ann","1"']


def test_a_file_needs_columns():
    with pytest.raises(InvalidPayload):
        body_of([EVENT], columns={})


def test_events_for_different_files_are_different_batches():
    mapping = {**PLAIN, "filename_prefix": {"@path": "$.event"}}
    translator = translator_for("sftp", "syncEvents", mapping, **SETTINGS)

    one, other = (translator.payload({**EVENT, "event": name}) for name in ("Login", "Logout"))

    assert translator.batch_key(one) != translator.batch_key(other)


@pytest.mark.parametrize("upload", ["standard", "concurrent"])
def test_a_file_arrives_as_it_is(given, server, upload):
    (server.folder / "in" / "ö").mkdir(parents=True)
    long = [{**EVENT, "userId": str(number) * 50} for number in range(10_000)]

    outcomes = put({**given, "uploadStrategy": upload}, long, sftp_folder_path="/in/ö")

    assert outcomes == [None] * 10_000
    [name] = server.files("in/ö")
    assert (server.folder / "in/ö" / name).read_text().split("\n") == body_of(long)


def test_a_folder_of_the_person_who_logs_in(given, server):
    (server.folder / "in").mkdir()

    assert put(given, sftp_folder_path="in") == [None]
    assert server.files("in") == [NAME]


def test_a_batch_that_is_sent_twice_is_one_file(given, server):
    assert put(given) == put(given) == [None]
    assert server.files() == [NAME]


def test_a_file_of_that_name_that_is_not_whole_is_replaced(given, server):
    (server.folder / NAME).write_text("who")

    assert put(given) == [None]
    assert (server.folder / NAME).read_text() == 'who\n"ann"'


@pytest.mark.parametrize("there", [None, "who"])
def test_a_server_that_cannot_replace_files_gets_them_too(given, server, monkeypatch, there):
    handler = asyncssh.sftp.SFTPServerHandler
    others = [each for each in handler._extensions if each[0] != b"posix-rename@openssh.com"]
    monkeypatch.setattr(handler, "_extensions", others)
    if there:
        (server.folder / NAME).write_text(there)

    assert put(given) == [None]
    assert server.files() == [NAME]
    assert (server.folder / NAME).read_text() == 'who\n"ann"'


@pytest.mark.parametrize("place", ["write", "rename", "renamed"])
def test_nobody_sees_half_a_file_when_the_connection_breaks(given, server, place):
    server.breaks_at = place
    events = [{**EVENT, "userId": str(number) * 50} for number in range(3000)]

    try:
        outcomes = put(given, events)
    except Unreachable:
        assert place == "write"
        assert [name for name in server.files() if name.endswith(".csv")] == []
        outcomes = put(given, events)

    assert outcomes == [None] * 3000
    [name] = [name for name in server.files() if name.endswith(".csv")]
    assert (server.folder / name).read_text().split("\n") == body_of(events)


def test_a_file_that_had_its_name_when_the_connection_broke_is_not_sent_again(given, server):
    server.breaks_at = "renamed"

    assert put(given) == [None]
    assert server.logins == 2
    assert server.files() == [NAME]


def test_a_folder_that_is_not_there_is_a_mistake_of_the_mapping(given):
    [problem] = put(given, sftp_folder_path="/none")

    assert problem == InvalidPayload([("sftp_folder_path", "is wrong: there is no folder /none")])


def test_what_the_server_refuses_is_tried_again_and_leaves_nothing_behind(given, server):
    (server.folder / NAME / "taken").mkdir(parents=True)

    [problem] = put(given)

    assert type(problem) is ServerFault
    assert server.files() == []


def test_other_refusals_are_tried_again():
    translator = translator_for("sftp", "syncEvents", PLAIN, **SETTINGS)
    answer = Response(500, body=json.dumps({"message": "No space left"}).encode())

    [problem] = translator.outcomes(answer, [{}])

    assert type(problem) is ServerFault
    assert "No space left" in str(problem)


def test_the_check_tells_right_passwords_from_wrong_ones(given):
    tool = get_integration("sftp")

    assert tester.check_credentials(tool, given).outcome == "Accepted"
    assert tester.check_credentials(tool, {**given, "sftp_password": "wrong"}).outcome == "401"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key,
        lambda key: key.replace("\n", "\r\n"),
        lambda key: key.replace("\n", " "),
        lambda key: key.replace("\n", ""),
    ],
    ids=["whole", "from Windows", "spaces for line breaks", "in one line"],
)
def test_a_key_may_have_lost_its_line_breaks(given, server, spoil):
    key = spoil(server.key.export_private_key().decode())
    login = {"auth_type": "ssh_key", "sftp_ssh_key": key, "sftp_password": ""}

    assert put({**given, **login}) == [None]


def test_another_key_is_not_let_in(given):
    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()

    with pytest.raises(Unauthorized):
        put({**given, "auth_type": "ssh_key", "sftp_ssh_key": key})


@pytest.mark.parametrize("key", ["no key", "-----BEGIN RSA PRIVATE KEY-----\nYQ==\n-----END RSA"])
def test_a_key_that_is_none_is_not_repeated(given, key):
    with pytest.raises(InvalidSettings) as caught:
        put({**given, "auth_type": "ssh_key", "sftp_ssh_key": key})

    assert key not in str(caught.value)


def test_neither_the_password_nor_the_key_is_shown(given):
    login = {"auth_type": "ssh_key", "sftp_ssh_key": "-----BEGIN A KEY-----abc-----END A KEY-----"}
    for changes in ({}, login):
        translator = translator_for("sftp", "syncEvents", PLAIN, **{**given, **changes})
        [request] = conversation(translator, [translator.payload(EVENT)], events=[EVENT])

        shown = json.dumps(translator.redact(request).as_dict())

        assert PASSWORD not in shown
        assert "KEY" not in shown


def test_a_host_key_that_is_set_is_compared(given, server):
    line = server.host_key.export_public_key().decode()
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()

    assert put({**given, "sftp_host_key": f"# SSH-2.0\n127.0.0.1 {line}"}) == [None]
    for wrong in (other, "nonsense"):
        with pytest.raises(InvalidSettings) as caught:
            put({**given, "sftp_host_key": wrong})
        assert caught.value.code == "HOST_KEY"


def test_a_server_that_is_not_there_is_unreachable(given):
    with pytest.raises(Unreachable):
        put({**given, "sftp_port": 1})


def test_a_server_that_says_nothing_is_not_waited_for(given):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        given = {**given, "sftp_port": silent.getsockname()[1]}
        request = request_for("sftp", "syncEvents", EVENT, PLAIN, **given)

        with pytest.raises(Unreachable) as caught:
            streams.call(replace(request, timeout_s=0.2))

    assert caught.value.code == "ETIMEDOUT"


def test_private_addresses_are_refused(given, settings):
    settings.ALLOW_PRIVATE_TARGETS = False

    with pytest.raises(InvalidSettings) as caught:
        put(given)

    assert caught.value.code == "PRIVATE_ADDRESS"


@pytest.mark.django_db(transaction=True)
def test_events_of_the_log_arrive(given, server, workspace, source):
    destination = control.create(workspace, "sftp", "s", "SFTP", given, [source])
    control.switch_on(destination)
    messages = [{**EVENT, "messageId": f"m-{number}"} for number in range(20)]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())

    shift.work(shift_s=20, idle_s=0)

    [name] = server.files()
    assert name.startswith("events__")
    lines = (server.folder / name).read_text().split("\n")
    assert [line.count('"m-') for line in lines] == [0, *[1] * 20]
    assert DeliveryCount.objects.get().count == 20
