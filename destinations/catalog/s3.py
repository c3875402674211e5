"""AWS S3 (Actions): a file of delimited lines for each batch.

Facts: reference/destination-catalog/raw-data.md, "AWS S3 (Actions)" (read 2026-11-23). Credentials,
and the endpoint of stores that speak S3: see _aws.py; the role is not required here.

A file's name has part of a digest of its content after the time: two files of one moment must not
replace each other.
"""

from hashlib import sha256

from destinations.auth import sigv4
from destinations.catalog import _aws, _s3
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Setting,
    first_of,
    json_text,
    path,
    text_of,
)

DELIMITERS = {"tab": "\t"}
NORMALIZERS = {
    "lowercase": str.lower,
    "trim": str.strip,
    "lowercase_trim": lambda text: text.lower().strip(),
}
TYPES = {"csv": "text/csv", "txt": "text/plain"}

integration = Integration(
    slug="s3",
    name="AWS S3 (Actions)",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-s3/",
    auth=sigv4("s3", region="s3_aws_region", role="iam_role_arn", external_id="iam_external_id"),
    check=lambda settings: _s3.list_nothing(
        settings["s3_aws_bucket_name"], settings["s3_aws_region"], settings
    ),
    description="Writes CSV files with the columns you choose.",
    settings=[
        Setting("s3_aws_bucket_name", "Bucket", required=True),
        Setting("s3_aws_region", "Region", required=True),
        *_aws.key_settings("iam_role_arn", "iam_external_id"),
    ],
)

COLUMNS = [
    Field("event_name", default=path("$.event")),
    Field("event_type", default=path("$.type")),
    Field("user_id", default=path("$.userId")),
    Field("anonymous_id", default=path("$.anonymousId")),
    Field("email", default=first_of("$.traits.email", "$.context.traits.email")),
    Field("properties", "object", path("$.properties")),
    Field("traits", "object", first_of("$.traits", "$.context.traits")),
    Field("context", "object", path("$.context")),
    Field("timestamp", default=path("$.timestamp")),
    Field("message_id", default=path("$.messageId")),
    Field("integrations", "object", path("$.integrations")),
    Field("audience_name", default=path("$.context.personas.computation_key")),
    Field("audience_id", default=path("$.context.personas.computation_id")),
    Field("audience_space_id", default=path("$.context.personas.space_id")),
]


@integration.action(
    "Sync to S3",
    slug="syncToS3",
    trigger='type = "identify" or type = "track"',
    batch=Batch(
        size=100_000, max_size=100_000, keys=("s3_aws_folder_name", "columns_to_transform")
    ),
    fields=[
        Field("columns", "object", properties=COLUMNS, additional_properties=True, required=True),
        Field("audience_action_column_name", default="audience_action"),
        Field("batch_size_column_name", default="batch_size"),
        Field("traits_or_props", "object", first_of("$.properties", "$.traits"), hidden=True),
        Field("computation_key", default=path("$.context.personas.computation_key"), hidden=True),
        Field("enable_batching", "boolean", True, required=True),
        Field("batch_size", "number", 100_000),
        Field("s3_aws_folder_name"),
        Field("filename_prefix"),
        Field("delimiter", default=",", choices=(",", "|", "tab", ";", ":"), required=True),
        Field("file_extension", default="csv", choices=tuple(TYPES), required=True),
        Field(
            "columns_to_transform",
            "object",
            multiple=True,
            properties=[
                Field("column_name", required=True),
                Field("hash_algorithm", default="none", choices=("none", "sha256"), required=True),
                Field("normalize", default="none", choices=("none", *NORMALIZERS), required=True),
            ],
        ),
        Field(
            "batch_keys",
            default=["s3_aws_folder_name", "columns_to_transform"],
            multiple=True,
            hidden=True,
        ),
    ],
)
def sync(payload, settings, *, now):
    return _put([payload], settings, now)


@sync.batch
def sync_batch(payloads, settings, *, now):
    return _put(payloads, settings, now)


sync.answer(_s3.outcomes)


def _put(payloads, settings, now):
    first = payloads[0]
    content = _content(payloads).encode()
    name = _file_name(first, content, now)
    folder = (first.get("s3_aws_folder_name") or "").strip("/")
    key = f"{folder}/{name}" if folder else name
    headers = {"Content-Type": TYPES[first["file_extension"]]}
    bucket, region = settings["s3_aws_bucket_name"], settings["s3_aws_region"]
    return _s3.put_object(bucket, key, region, settings, content, headers)


def _file_name(payload, content, now):
    """A prefix that ends in the extension gets the time before it."""
    extension = payload["file_extension"]
    prefix = (payload.get("filename_prefix") or "").removesuffix(f".{extension}")
    time = now.strftime("%Y-%m-%dT%H-%M-%S-") + f"{now.microsecond // 1000:03}Z"
    stem = f"{time}_{sha256(content).hexdigest()[:8]}"
    return f"{prefix}_{stem}.{extension}" if prefix else f"{stem}.{extension}"


def _content(payloads):
    first = payloads[0]
    delimiter = DELIMITERS.get(first["delimiter"], first["delimiter"])
    # Columns by the first event would lose those that it happens to lack.
    names = list(dict.fromkeys(name for each in payloads for name in each["columns"] if name))
    action, count = (
        first.get("audience_action_column_name"),
        first.get("batch_size_column_name"),
    )
    changes = {each["column_name"]: each for each in first.get("columns_to_transform") or []}
    # The header is not quoted, so the first delimiter in a name is taken out of it.
    header = [name.replace(delimiter, "", 1) for name in (*names, action, count) if name]
    lines = [delimiter.join(header)]
    for payload in payloads:
        columns = payload["columns"]
        row = [_cell(columns.get(name), changes.get(name)) for name in names]
        row += [_quoted(_audience_action(payload))] if action else []
        row += [_quoted(len(payloads))] if count else []
        lines.append(delimiter.join(row))
    return "\n".join(lines)


def _audience_action(payload):
    """ "true" for who enters an audience, "false" for who leaves, nothing for other events."""
    key = payload.get("computation_key")
    value = (payload.get("traits_or_props") or {}).get(key) if key else None
    return value if type(value) is bool else None


def _cell(value, change):
    if change and value not in (None, ""):
        text = _text(value)
        text = NORMALIZERS.get(change["normalize"], str)(text)
        hashed = change["hash_algorithm"] == "sha256"
        value = sha256(text.encode()).hexdigest() if hashed else text
    return _quoted(value)


def _quoted(value):
    return '"' + _text(value).replace('"', '""') + '"'


def _text(value):
    return json_text(value) if type(value) in (dict, list) else text_of(value)
