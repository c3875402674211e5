"""AWS S3 (Actions), against moto. Digests are from `printf … | sha256sum`."""

import io

import pytest
from pyarrow import parquet

from destinations.errors import Rejected, ServerFault, Throttled, Unauthorized
from destinations.integration import Response
from tests.aws import REGION

from ..bench import conversation, request_for, translator_for
from .test_aws_s3 import bucket, keys, read

__all__ = ["bucket"]

EVENT = {"type": "track", "event": "E", "userId": "ann", "messageId": "m-1"}
SETTINGS = {
    "accessKeyId": "AKID",
    "secretAccessKey": "s3cr3t",
    "s3_aws_bucket_name": "lake",
    "s3_aws_region": REGION,
}
PLAIN = {"audience_action_column_name": None, "batch_size_column_name": None}


def body_of(events, mapping):
    translator = translator_for("s3", "syncToS3", mapping, **SETTINGS)
    [request] = conversation(translator, [translator.payload(event) for event in events])
    return request.body.decode().split("\n")


def test_a_batch_is_a_file_with_a_header(aws, bucket):
    events = [EVENT, {**EVENT, "userId": 'b"ob', "properties": {"n": 1}}]
    mapping = {
        "columns": {"event": {"@path": "$.event"}, "who": {"@path": "$.userId"}},
        "s3_aws_folder_name": "/out/",
        "filename_prefix": "events",
    }

    settings = {"s3_aws_bucket_name": "lake", "s3_aws_region": REGION}
    outcomes = aws.deliver("s3", "syncToS3", events, mapping, **settings)

    assert outcomes == [None, None]
    [key] = keys(aws)
    assert key.startswith("out/events_20")
    assert key.endswith(".csv")
    assert read(aws, key).decode().split("\n") == [
        "event,who,audience_action,batch_size",
        '"E","ann","","2"',
        '"E","b""ob","","2"',
    ]


def test_the_name_has_the_time_and_part_of_a_digest():
    mapping = {"columns": {"a": "b"}, "filename_prefix": "x.csv", **PLAIN}

    request = request_for("s3", "syncToS3", EVENT, mapping, **SETTINGS)

    assert request.url == (
        "https://lake.s3.eu-west-1.amazonaws.com/x_2026-08-20T12-00-00-000Z_90febc15.csv"
    )
    assert request.headers["Content-Type"] == "text/csv"


def test_the_default_columns_hold_the_event_with_objects_as_json():
    event = {**EVENT, "properties": {"n": 1.0}, "timestamp": "2026-08-20T10:00:00.000Z"}

    header, row = body_of([event], PLAIN)

    columns = dict(zip(header.split(","), row.split(","), strict=True))
    assert {name: value for name, value in columns.items() if value != '""'} == {
        "event_name": '"E"',
        "event_type": '"track"',
        "user_id": '"ann"',
        "properties": '"{""n"":1}"',
        "timestamp": '"2026-08-20T10:00:00.000Z"',
        "message_id": '"m-1"',
    }


def test_every_file_has_all_mapped_columns_whatever_its_events_have():
    sparse = body_of([EVENT], PLAIN)[0]
    full = body_of([{**EVENT, "traits": {"email": "a@b.c"}}], PLAIN)[0]

    assert sparse == full


def test_a_column_that_only_a_later_event_has_is_there():
    events = [EVENT, {**EVENT, "traits": {"email": "a@b.c"}}]
    mapping = {"columns": {"e": {"@path": "$.traits.email"}, "u": "x"}, **PLAIN}

    assert body_of(events, mapping) == ["e,u", '"","x"', '"a@b.c","x"']


def test_columns_that_a_directive_gives_are_those_with_a_value():
    events = [
        {**EVENT, "properties": {"a": 1}},
        {**EVENT, "properties": {"b": 2}},
    ]

    mapping = {"columns": {"@path": "$.properties"}, **PLAIN}

    assert body_of(events, mapping) == ["a,b", '"1",""', '"","2"']


def test_columns_can_be_normalised_and_hashed():
    change = {"column_name": "e", "hash_algorithm": "sha256", "normalize": "lowercase_trim"}
    mapping = {"columns": {"e": " Ann@Example.com "}, "columns_to_transform": [change], **PLAIN}

    assert body_of([EVENT], mapping)[1] == (
        '"71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"'
    )


def test_what_is_hashed_already_is_left_as_it_is():
    change = {"column_name": "e", "hash_algorithm": "sha256", "normalize": "lowercase"}
    digest = "71D4F55F72FA128DFB468A1A3901507C804B74316488744D769D7F4B16696476"
    mapping = {"columns": {"e": digest}, "columns_to_transform": [change], **PLAIN}

    assert body_of([EVENT], mapping)[1] == f'"{digest}"'


def test_who_enters_an_audience_has_true_in_its_column():
    event = {
        **EVENT,
        "properties": {"vips": True},
        "context": {"personas": {"computation_key": "vips"}},
    }
    mapping = {"columns": {"u": {"@path": "$.userId"}}, "batch_size_column_name": None}

    assert body_of([event], mapping) == ["u,audience_action", '"ann","true"']


def test_a_computed_trait_may_be_something_else_than_an_audience():
    event = {
        **EVENT,
        "properties": {"orders": 3},
        "context": {"personas": {"computation_key": "orders"}},
    }
    mapping = {"columns": {"u": {"@path": "$.userId"}}, "batch_size_column_name": None}

    assert body_of([event], mapping) == ["u,audience_action", '"ann","3"']


def test_other_delimiters_and_their_header():
    mapping = {"columns": {"a\tb": "1", "c": "2"}, "delimiter": "tab", **PLAIN}

    assert body_of([EVENT], mapping) == ["ab\tc", '"1"\t"2"']


def test_lines_of_json_keep_the_types(aws, bucket):
    events = [{**EVENT, "properties": {"n": 1, "tags": ["ü"]}}, {**EVENT, "userId": None}]
    mapping = {
        "columns": {"who": {"@path": "$.userId"}, "props": {"@path": "$.properties"}},
        "file_extension": "jsonl",
    }

    settings = {"s3_aws_bucket_name": "lake", "s3_aws_region": REGION}
    outcomes = aws.deliver("s3", "syncToS3", events, mapping, **settings)

    assert outcomes == [None, None]
    [key] = keys(aws)
    assert key.endswith(".jsonl")
    assert read(aws, key).decode() == (
        '{"who":"ann","props":{"n":1,"tags":["ü"]},"audience_action":null,"batch_size":2}\n'
        '{"who":null,"props":null,"audience_action":null,"batch_size":2}\n'
    )


def test_parquet_has_a_type_for_each_column(aws, bucket):
    values = [
        {"n": 1, "price": 2, "vip": True, "mixed": "a", "deep": {"a": [1]}, "big": 2**70},
        {"n": None, "price": 1.5, "vip": False, "mixed": 1},
    ]
    names = ("n", "price", "vip", "mixed", "deep", "big", "never")
    mapping = {
        "columns": {name: {"@path": f"$.properties.{name}"} for name in names} | {"empty": ""},
        "file_extension": "parquet",
        **PLAIN,
    }

    settings = {"s3_aws_bucket_name": "lake", "s3_aws_region": REGION}
    events = [{**EVENT, "properties": each} for each in values]
    outcomes = aws.deliver("s3", "syncToS3", events, mapping, **settings)

    assert outcomes == [None, None]
    [key] = keys(aws)
    table = parquet.read_table(io.BytesIO(read(aws, key)))
    assert {one.name: str(one.type) for one in table.schema} == {
        "n": "int64",
        "price": "double",
        "vip": "bool",
        "mixed": "string",
        "deep": "string",
        "big": "string",
        "never": "string",
    }
    assert table.to_pylist() == [
        {
            "n": 1,
            "price": 2.0,
            "vip": True,
            "mixed": "a",
            "deep": '{"a":[1]}',
            "big": "1180591620717411303424",
            "never": None,
        },
        {
            "n": None,
            "price": 1.5,
            "vip": False,
            "mixed": "1",
            "deep": None,
            "big": None,
            "never": None,
        },
    ]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "SignatureDoesNotMatch", Unauthorized),
        (400, "AuthorizationHeaderMalformed", Unauthorized),
        (404, "NoSuchBucket", Rejected),
        (503, "SlowDown", Throttled),
        (400, "RequestTimeout", ServerFault),
        (301, "PermanentRedirect", ServerFault),
    ],
)
def test_answers(status, code, kind):
    body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
    translator = translator_for("s3", "syncToS3", **SETTINGS)

    assert [type(e) for e in translator.outcomes(Response(status, body=body), [{}])] == [kind]
