"""SFTP: a delimited file for each batch, put on a server of one's own.

Facts: reference/destination-catalog/raw-data.md, "SFTP", and, where it is silent, Segment's open
source (destinations/sftp, read 2026-11-25). What is in a file: _event_files.py. How it is put
there, under another name first: destinations/sending/sftp.py; the person logged in has to be
allowed to rename. Deliberate differences:

- A file's name has the time at which the first of its events came in, where Segment has that of the
  upload, and part of a digest of its content: a batch that is sent twice is one file, and two files
  of one moment do not replace each other.
- Events of one batch go into one file, whatever the mapping says where that is and how it looks.
- The key of the host can be set, and is compared then; Segment takes any server for the right one.
- Segment ships no mappings; ours puts all events into files in the topmost folder.
"""

import posixpath
import re
from hashlib import sha256
from urllib.parse import quote

from destinations.catalog._bodies import needed
from destinations.catalog._event_files import COLUMNS, content_of
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    Preset,
    Request,
    Setting,
    fields_but,
    find_moment,
    first_of,
    path,
    text_of,
)

TIMEOUT_S = 30
ALL_CALLS = " or ".join(
    f'type = "{name}"' for name in ("identify", "track", "page", "screen", "group")
)
_PEM = re.compile(r"(-----BEGIN [A-Z ]+-----)(.*?)(-----END [A-Z ]+-----)", re.DOTALL)

integration = Integration(
    slug="sftp",
    name="SFTP",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-sftp/",
    check=lambda settings: _request("LIST", "/", settings),
    transport="sftp",
    description="Puts files of delimited lines on an SFTP server.",
    settings=[
        Setting(
            "auth_type",
            "Log in with",
            type="select",
            required=True,
            default="password",
            choices=(("password", "Password"), ("ssh_key", "SSH key")),
        ),
        Setting("sftp_host", "Host", required=True, help="sftp.example.com"),
        Setting("sftp_port", "Port", type="number", default=22, minimum=1, maximum=65535),
        Setting("sftp_username", "User name", required=True),
        Setting(
            "sftp_password",
            "Password",
            required=True,
            secret=True,
            depends_on=("auth_type", "password"),
        ),
        Setting(
            "sftp_ssh_key",
            "SSH key",
            type="text",
            required=True,
            secret=True,
            depends_on=("auth_type", "ssh_key"),
            help="The private key as OpenSSH or PEM, without a passphrase",
        ),
        Setting(
            "uploadStrategy",
            "Upload",
            type="select",
            default="standard",
            choices=(("standard", "Block by block"), ("concurrent", "Several blocks at a time")),
        ),
        Setting(
            "sftp_host_key",
            "Host key",
            type="text",
            help="What `ssh-keyscan <host>` prints. Empty: any server is taken for the right one",
        ),
    ],
    presets=[Preset("All events", "syncEvents", ALL_CALLS, {"filename_prefix": "events"})],
)


def _request(method, place, settings, body=None):
    host = settings["sftp_host"].strip().strip("[]")
    host = f"[{host}]" if ":" in host else host
    url = f"sftp://{host}:{text_of(settings['sftp_port'])}{quote(place, safe='/~')}"
    headers = {
        "username": settings["sftp_username"],
        **_login(settings),
        "host-key": settings.get("sftp_host_key"),
        "upload": settings.get("uploadStrategy"),
    }
    headers = {name: value for name, value in headers.items() if value}
    return Request(method, url, headers, body=body, timeout_s=TIMEOUT_S)


def _login(settings):
    if settings.get("auth_type") == "ssh_key":
        return {"key.pem": _mended(needed(settings, "sftp_ssh_key"))}
    return {"password": needed(settings, "sftp_password")}


def _mended(key):
    """Give a key the line breaks back that it may have lost on its way into the form."""
    key = key.strip().replace("\r\n", "\n").replace("\r", "\n")
    found = _PEM.search(key)
    if not found:
        return key
    begin, body, end = found.groups()
    if not (body.startswith("\n") and body.endswith("\n")):
        body = "".join(body.split())
        lines = (body[start : start + 64] for start in range(0, len(body), 64))
        body = "\n" + "".join(f"{line}\n" for line in lines)
    return f"{begin}{body}{end}\n"


FIELDS = [
    Field("columns", "object", properties=COLUMNS, additional_properties=True, required=True),
    Field("filename_prefix", required=True),
    Field("file_extension", default="csv", choices=("csv", "txt", "tsv", "psv"), required=True),
    Field("delimiter", default=",", choices=(",", "|", "tab", ";", ":"), required=True),
    Field("sftp_folder_path", default="/", required=True, help="A folder that is there already"),
    Field("enable_batching", "boolean", True, required=True, hidden=True),
    Field("batch_size", "number", 100_000, required=True, minimum=1, maximum=100_000),
    Field("batch_size_column_name", default="batch_size"),
    Field("audience_action_column_name", default="audience_action"),
    Field("traits_or_props", "object", first_of("$.properties", "$.traits"), hidden=True),
    Field("computation_key", default=path("$.context.personas.computation_key"), hidden=True),
]
MODEL_FIELDS = [
    Field("columns", "object", required=True),
    *fields_but(
        FIELDS, "columns", "audience_action_column_name", "traits_or_props", "computation_key"
    ),
]
BATCH = Batch(
    size=100_000,
    max_size=100_000,
    keys=("sftp_folder_path", "filename_prefix", "file_extension", "delimiter"),
)


def put(payload, settings, *, event, now, mapping):
    return put_batch([payload], settings, events=[event], now=now, mapping=mapping)


def put_batch(payloads, settings, *, events, now, mapping):
    first = payloads[0]
    content = content_of(payloads, mapping.get("columns"))
    if content.startswith(b"\n"):
        raise InvalidPayload([("columns", "name no column")])
    event = (events and events[0]) or {}
    received_at = find_moment(event.get("receivedAt")) or now
    name = _file_name(first, content, received_at)
    place = posixpath.normpath(f"{first['sftp_folder_path']}/{name}")
    # Without a slash in front it is a folder of the person who logs in.
    place = f"/{place.lstrip('/')}" if place.startswith("/") else f"/~/{place}"
    return _request("PUT", place, settings, content)


def _file_name(payload, content, moment):
    """A prefix that ends in the extension gets the time before it."""
    extension = payload["file_extension"]
    prefix = payload["filename_prefix"].removesuffix(f".{extension}")
    time = moment.strftime("%Y-%m-%dT%H-%M-%S-") + f"{moment.microsecond // 1000:03}Z"
    return f"{prefix}__{time}_{sha256(content).hexdigest()[:8]}.{extension}"


def outcomes(response, payloads):
    if response.status != 404:
        return None
    problem = ("sftp_folder_path", f"is wrong: {response.object().get('message')}")
    return [InvalidPayload([problem])] * len(payloads)


for _slug, _label, _fields in (
    ("syncEvents", "Sync Events", FIELDS),
    ("syncModelToSFTP", "Sync RETL Model", MODEL_FIELDS),
):
    _action = integration.action(
        _label, slug=_slug, trigger=ALL_CALLS, fields=_fields, batch=BATCH
    )(put)
    _action.batch(put_batch)
    _action.answer(outcomes)
