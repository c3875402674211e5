"""Kafka: mapped payloads as messages of a topic.

Facts: reference/destination-catalog/raw-data.md, "Kafka" (read 2026-11-25). Options:
https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md (read 2026-11-23). How it is
sent: destinations/sending/streams.py.

Left out: `accessKeyId`, `secretAccessKey` and `authorizationIdentity` are kept, as configurations
brought along have them, but the mechanism of AWS that they belong to is none of the choices. With
the mechanism `plain` and no user name, nobody logs in: brokers in a network of one's own. A message
that no broker will ever take, as it is too large, is not tried again; Segment retries all failures.
"""

from urllib.parse import quote

from destinations.integration import (
    Batch,
    Field,
    Integration,
    Request,
    ServerFault,
    Setting,
    for_status,
    json_text,
    path,
)

MECHANISMS = {
    "plain": "PLAIN",
    "scram-sha-256": "SCRAM-SHA-256",
    "scram-sha-512": "SCRAM-SHA-512",
}

REFUSALS = ("MSG_SIZE_TOO_LARGE", "INVALID_MSG_SIZE", "INVALID_RECORD")

integration = Integration(
    slug="kafka",
    name="Kafka",
    category="raw-data",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-kafka/",
    check=lambda settings: _request("METADATA", "", settings),
    transport="kafka",
    description="Produces what a mapping makes of an event to a topic.",
    settings=[
        Setting("clientId", "Client ID", required=True, default="segment-actions-kafka-producer"),
        Setting("brokers", "Brokers", required=True, help="host:port, host:port"),
        Setting(
            "mechanism",
            "Mechanism",
            type="select",
            required=True,
            default="plain",
            choices=(*MECHANISMS, "client-cert-auth"),
        ),
        Setting("username", "User name"),
        Setting("password", "Password", secret=True),
        Setting("accessKeyId", "AWS access key ID"),
        Setting("secretAccessKey", "AWS secret access key", secret=True),
        Setting("authorizationIdentity", "AWS authorization identity"),
        Setting("ssl_enabled", "TLS", type="boolean", default=True),
        Setting(
            "ssl_ca", "Certificate authority", type="text", help="PEM; lines BEGIN and END or not"
        ),
        Setting("ssl_key", "Client key", type="text", secret=True, help="PEM"),
        Setting("ssl_cert", "Client certificate", type="text", help="PEM"),
        Setting(
            "ssl_reject_unauthorized_ca",
            "Check the broker's certificate",
            type="boolean",
            default=True,
        ),
    ],
)


def _request(method, topic, settings, records=None):
    brokers = ",".join(part.strip() for part in settings["brokers"].split(",") if part.strip())
    json = {} if records is None else {"json": records}
    return Request(method, f"kafka://{brokers}/{quote(topic, safe='')}", _options(settings), **json)


def _options(settings):
    """librdkafka's configuration."""
    mechanism = MECHANISMS.get(settings.get("mechanism"))
    with_login = bool(mechanism and settings.get("username"))
    with_client = settings.get("mechanism") == "client-cert-auth"
    # An authority of one's own asks for TLS whatever the switch says.
    with_tls = settings.get("ssl_enabled") or settings.get("ssl_ca") or with_client
    options = {
        "client.id": settings.get("clientId") or "segment-actions-kafka-producer",
        "security.protocol": ("SASL_" if with_login else "") + ("SSL" if with_tls else "PLAINTEXT"),
        "partitioner": "murmur2_random",  # that of the Java client, and of Segment's
        "retries": "0",
        "message.timeout.ms": "9000",  # before the 10 s of a request are over
        "linger.ms": "5",
    }
    if with_login:
        options["sasl.mechanisms"] = mechanism
        options["sasl.username"] = settings["username"]
        options["sasl.password"] = settings.get("password") or ""
    if with_tls:
        if settings.get("ssl_reject_unauthorized_ca") is False:
            options["enable.ssl.certificate.verification"] = "false"
        if settings.get("ssl_ca"):
            options["ssl.ca.pem"] = _pem(settings["ssl_ca"], "CERTIFICATE")
        if with_client and settings.get("ssl_key") and settings.get("ssl_cert"):
            options["ssl.key.pem"] = _pem(settings["ssl_key"], "PRIVATE KEY")
            options["ssl.certificate.pem"] = _pem(settings["ssl_cert"], "CERTIFICATE")
    return options


def _pem(text, kind):
    """Segment's settings hold the body alone, often in one line."""
    text = text.strip()
    if text.startswith("-----BEGIN"):
        return text + "\n"
    body = "".join(text.split())
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


@integration.action(
    "Send",
    trigger=" or ".join(
        f'type = "{name}"' for name in ("track", "identify", "page", "screen", "group")
    ),
    batch=Batch(
        size=1002, max_size=1002, bytes=1_000_000, keys=("topic", "partition", "default_partition")
    ),
    fields=[
        Field("topic", required=True),
        Field("payload", "object", path("$."), required=True),
        Field("headers", "object"),
        Field("partition", "integer"),
        Field("default_partition", "integer"),
        Field("key"),
        Field("enable_batching", "boolean", True, hidden=True),
        Field(
            "batch_keys",
            default=["topic", "partition", "default_partition"],
            multiple=True,
            hidden=True,
        ),
        Field("batch_bytes", "number", 1_000_000, minimum=5000),
        Field("batch_size", "number", 1002),
    ],
)
def send(payload, settings):
    return send_batch([payload], settings)


@send.batch
def send_batch(payloads, settings):
    records = [_record(payload) for payload in payloads]
    return _request("PRODUCE", payloads[0]["topic"], settings, records)


def _record(payload):
    partition = payload.get("partition")
    headers = payload.get("headers") or {}
    parts = {
        "key": payload.get("key"),
        "headers": {name: _text(value) for name, value in headers.items()} or None,
        "partition": payload.get("default_partition") if partition is None else partition,
    }
    found = {name: value for name, value in parts.items() if value is not None}
    # An empty object is a value, too: without one a message would delete its key.
    return {"value": payload["payload"], **found}


def _text(value):
    return value if type(value) is str else json_text(value)


@send.answer
def outcomes(response, payloads):
    answer = response.json()
    records = answer.get("records") if type(answer) is dict else None
    return [_error(each) for each in records] if records else None


def _error(record):
    code = record.get("error")
    if not code:
        return None
    text = f"Kafka: {code}: {record.get('message')}"[:500]
    if code in REFUSALS:
        return for_status(400, text, code=code)
    return ServerFault(text, code=code)
