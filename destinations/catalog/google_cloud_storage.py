"""Google Cloud Storage: every event as a line of JSON in gzipped files.

API: https://cloud.google.com/storage/docs/json_api/v1/objects/insert (read 2026-11-23). Facts:
reference/destination-catalog/raw-data.md, "Google Cloud Storage" (read 2026-11-25).
Files: see _raw_logs.py. `endpoint` leads to what speaks like Google's.
"""

from urllib.parse import quote

from destinations.auth import service_account
from destinations.catalog._raw_logs import BATCH, FIELDS, GZIP, SOURCE_ID, files_of
from destinations.integration import CALL_TYPES, Integration, Request, Setting

integration = Integration(
    slug="google-cloud-storage",
    name="Google Cloud Storage",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/storage/catalog/google-cloud-storage/",
    base_url=lambda settings: settings.get("endpoint") or "https://storage.googleapis.com",
    auth=service_account("gcsCredentials", "https://www.googleapis.com/auth/devstorage.read_write"),
    check=lambda settings: Request("GET", f"{_bucket('/storage/v1/b', settings)}/o?maxResults=1"),
    storage=True,
    description="Keeps every event as it came in, as gzipped lines of JSON.",
    settings=[
        Setting("bucket", "Bucket", required=True),
        Setting(
            "gcsCredentials",
            "Service account key",
            type="text",
            required=True,
            secret=True,
            help="The JSON file. The account needs Storage Object Admin on the bucket",
        ),
        SOURCE_ID,
        Setting("endpoint", "Endpoint", type="url", help="Empty for Google itself"),
    ],
)


def _bucket(where, settings):
    return f"{where}/{quote(settings['bucket'], safe='')}"


@integration.action(
    "Store",
    slug="store",
    trigger=" or ".join(f'type = "{name}"' for name in CALL_TYPES),
    batch=BATCH,
    fields=FIELDS,
)
def store(payload, settings, *, now):
    return store_batch([payload], settings, now=now)


@store.batch
def store_batch(payloads, settings, *, now):
    url = f"{_bucket('/upload/storage/v1/b', settings)}/o"
    return [
        Request(
            "POST",
            url,
            {"Content-Type": GZIP},
            query={"uploadType": "media", "name": key},
            body=content,
            timeout_s=30,
        )
        for key, content in files_of(payloads, settings.get("sourceId"), now)
    ]
