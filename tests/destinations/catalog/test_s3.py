"""AWS S3 (Actions), against moto. Digests are from `printf … | sha256sum`."""

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

    assert dict(zip(header.split(","), row.split(","), strict=True)) == {
        "event_name": '"E"',
        "event_type": '"track"',
        "user_id": '"ann"',
        "properties": '"{""n"":1}"',
        "timestamp": '"2026-08-20T10:00:00.000Z"',
        "message_id": '"m-1"',
    }


def test_a_column_that_only_a_later_event_has_is_there():
    events = [EVENT, {**EVENT, "traits": {"email": "a@b.c"}}]
    mapping = {"columns": {"e": {"@path": "$.traits.email"}, "u": "x"}, **PLAIN}

    assert body_of(events, mapping) == ["u,e", '"x",""', '"x","a@b.c"']


def test_columns_can_be_normalised_and_hashed():
    change = {"column_name": "e", "hash_algorithm": "sha256", "normalize": "lowercase_trim"}
    mapping = {"columns": {"e": " Ann@Example.com "}, "columns_to_transform": [change], **PLAIN}

    assert body_of([EVENT], mapping)[1] == (
        '"71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476"'
    )


def test_who_enters_an_audience_has_true_in_its_column():
    event = {
        **EVENT,
        "properties": {"vips": True},
        "context": {"personas": {"computation_key": "vips"}},
    }
    mapping = {"columns": {"u": {"@path": "$.userId"}}, "batch_size_column_name": None}

    assert body_of([event], mapping) == ["u,audience_action", '"ann","true"']


def test_other_delimiters_and_their_header():
    mapping = {"columns": {"a\tb": "1", "c": "2"}, "delimiter": "tab", **PLAIN}

    assert body_of([EVENT], mapping) == ["ab\tc", '"1"\t"2"']
