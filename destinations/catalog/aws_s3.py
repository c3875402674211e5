"""AWS S3 (raw logs): every event as a line of JSON in gzipped files.

Facts: reference/destination-catalog/raw-data.md, "AWS S3 (raw logs, classic)" (read 2026-11-25).
Credentials, and the endpoint of stores that speak S3: see _aws.py.

Files: see _raw_logs.py.
"""

from destinations.auth import sigv4
from destinations.catalog import _aws, _s3
from destinations.catalog._raw_logs import BATCH, FIELDS, GZIP, SOURCE_ID, files_of
from destinations.integration import Integration, Setting

integration = Integration(
    slug="aws-s3",
    name="AWS S3",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/storage/catalog/aws-s3/",
    auth=sigv4("s3", region="awsRegion", role="iamRoleArn", external_id="externalId"),
    check=lambda settings: _s3.list_nothing(_place(settings)[0], settings["awsRegion"], settings),
    storage=True,
    description="Keeps every event as it came in, as gzipped lines of JSON.",
    settings=[
        Setting("awsRegion", "Region", required=True, default="us-west-2"),
        Setting("bucket", "Bucket", required=True, help="bucket, or bucket/prefix"),
        SOURCE_ID,
        *_aws.key_settings("iamRoleArn", "externalId"),
    ],
)


def _place(settings):
    """(bucket, prefix with a slash at its end or "")"""
    bucket, _, prefix = settings["bucket"].strip("/").partition("/")
    return bucket, f"{prefix.strip('/')}/" if prefix else ""


@integration.action(
    "Store",
    slug="store",
    trigger=_aws.ALL_CALLS,
    batch=BATCH,
    fields=FIELDS,
)
def store(payload, settings, *, now):
    return store_batch([payload], settings, now=now)


@store.batch
def store_batch(payloads, settings, *, now):
    bucket, prefix = _place(settings)
    region, source = settings["awsRegion"], settings.get("sourceId")
    return [
        _s3.put_object(bucket, prefix + key, region, settings, content, {"Content-Type": GZIP})
        for key, content in files_of(payloads, source, now)
    ]


store.answer(_s3.outcomes)
