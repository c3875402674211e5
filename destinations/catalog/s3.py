"""AWS S3 (Actions): a file for each batch, of delimited lines, lines of JSON, or Parquet.

Facts: reference/destination-catalog/raw-data.md, "AWS S3 (Actions)" (read 2026-11-25). Credentials,
and the endpoint of stores that speak S3: see _aws.py; the role is not required here.

JSON and Parquet are additions to Segment's csv and txt. A file's name has part of a digest of its
content after the time: two files of one moment must not replace each other. Slashes around the
folder are dropped, as a key that starts with one lies in a folder without a name.
"""

from hashlib import sha256

from destinations.auth import sigv4
from destinations.catalog import _aws, _s3
from destinations.catalog._event_files import COLUMNS, CONTENT_TYPES, NORMALIZERS, content_of
from destinations.integration import Batch, Field, Integration, Setting, first_of, path

integration = Integration(
    slug="s3",
    name="AWS S3 (Actions)",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-s3/",
    auth=sigv4("s3", region="s3_aws_region", role="iam_role_arn", external_id="iam_external_id"),
    check=lambda settings: _s3.list_nothing(
        settings["s3_aws_bucket_name"], settings["s3_aws_region"], settings
    ),
    description="Writes CSV, JSON or Parquet files with the columns you choose.",
    settings=[
        Setting("s3_aws_bucket_name", "Bucket", required=True),
        Setting("s3_aws_region", "Region", required=True),
        *_aws.key_settings("iam_role_arn", "iam_external_id"),
    ],
)


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
        Field("file_extension", default="csv", choices=tuple(CONTENT_TYPES), required=True),
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
def sync(payload, settings, *, now, mapping):
    return _put([payload], settings, now, mapping)


@sync.batch
def sync_batch(payloads, settings, *, now, mapping):
    return _put(payloads, settings, now, mapping)


sync.answer(_s3.outcomes)


def _put(payloads, settings, now, mapping):
    first = payloads[0]
    content = content_of(payloads, mapping.get("columns"))
    name = _file_name(first, content, now)
    folder = (first.get("s3_aws_folder_name") or "").strip("/")
    key = f"{folder}/{name}" if folder else name
    headers = {"Content-Type": CONTENT_TYPES[first["file_extension"]]}
    bucket, region = settings["s3_aws_bucket_name"], settings["s3_aws_region"]
    return _s3.put_object(bucket, key, region, settings, content, headers)


def _file_name(payload, content, now):
    """A prefix that ends in the extension gets the time before it."""
    extension = payload["file_extension"]
    prefix = (payload.get("filename_prefix") or "").removesuffix(f".{extension}")
    time = now.strftime("%Y-%m-%dT%H-%M-%S-") + f"{now.microsecond // 1000:03}Z"
    stem = f"{time}_{sha256(content).hexdigest()[:8]}"
    return f"{prefix}_{stem}.{extension}" if prefix else f"{stem}.{extension}"
