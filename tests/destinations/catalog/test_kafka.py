"""Kafka, against the test cluster inside librdkafka: real brokers as far as a client can tell."""

import json
import uuid

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from django.utils import timezone

from destinations import control, tester
from destinations.catalog import get_integration
from destinations.errors import InvalidPayload, InvalidSettings, Rejected, ServerFault, Unreachable
from destinations.integration import Response
from destinations.models import DeliveryCount, DeliverySample, Failure
from destinations.sending import kafka, shift, streams
from sources import ingest
from sources.ingest import Caller

from ..bench import conversation, request_for, requests_for, translator_for

EVENT = {"type": "track", "event": "E", "userId": "ann", "messageId": "m-1"}
SETTINGS = {"brokers": "b1:9092, b2:9092", "ssl_enabled": False}


@pytest.fixture(scope="module")
def cluster():
    """host:port of a broker."""
    producer = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "x", "log_level": 0})
    [broker] = producer.list_topics(timeout=10).brokers.values()
    yield f"{broker.host}:{broker.port}"
    kafka._producers.clear()
    del producer


@pytest.fixture
def brokers(cluster, settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    return cluster


@pytest.fixture
def topic():
    return f"events-{uuid.uuid4().hex[:8]}"


def read(brokers, topic, count):
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "test", "log_level": 0})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, each, 0) for each in partitions])
    found = [consumer.poll(10) for _ in range(count)]
    consumer.close()
    return found


def produce(brokers, mapping, events):
    translator = translator_for("kafka", "send", mapping, brokers=brokers, ssl_enabled=False)
    payloads = [translator.payload(event) for event in events]
    [request] = conversation(translator, payloads)
    return translator.outcomes(streams.call(request), payloads)


def test_messages_are_in_the_topic_with_key_headers_and_partition(brokers, topic):
    mapping = {
        "topic": topic,
        "key": {"@path": "$.userId"},
        "headers": {"type": {"@path": "$.type"}, "n": 1},
        "partition": 2,
        "payload": {"what": {"@path": "$.event"}},
    }

    assert produce(brokers, mapping, [EVENT, EVENT]) == [None, None]

    message, _ = read(brokers, topic, 2)
    assert json.loads(message.value()) == {"what": "E"}
    assert (message.key(), message.partition()) == (b"ann", 2)
    assert message.headers() == [("type", b"track"), ("n", b"1")]


@pytest.mark.django_db(transaction=True)
def test_events_go_from_the_log_to_the_topic(brokers, topic, workspace, source):
    values = {"brokers": brokers, "ssl_enabled": False, "password": "hush-hush-4711"}
    kafka = control.create(workspace, "kafka", "kafka", "Kafka", values, [source])
    kafka.subscriptions.update(mapping={"topic": topic, "payload": {"@path": "$."}})
    control.switch_on(kafka)
    messages = [{**EVENT, "messageId": f"m-{number}"} for number in range(50)]
    ingest.accept(Caller(source.id), messages, {}, timezone.now())

    shift.work(shift_s=20, idle_s=0)

    assert not Failure.objects.exists()
    assert DeliveryCount.objects.get().count == 50
    found = {json.loads(each.value())["messageId"] for each in read(brokers, topic, 50)}
    assert found == {f"m-{number}" for number in range(50)}
    assert "hush" not in str(DeliverySample.objects.get().request)


def test_the_check_lists_topics(brokers):
    integration = get_integration("kafka")

    trial = tester.check_credentials(integration, {"brokers": brokers, "ssl_enabled": False})

    assert trial.outcome == "Accepted"


def test_without_a_broker_there_is_no_answer(settings):
    settings.ALLOW_PRIVATE_TARGETS = True
    request = get_integration("kafka").check_request(
        {"brokers": "127.0.0.1:1", "ssl_enabled": False}
    )

    with pytest.raises(Unreachable) as caught:
        streams.call(type(request)(request.method, request.url, request.headers, timeout_s=1))

    assert caught.value.code == "ECONNREFUSED"


@pytest.mark.parametrize("brokers", ["127.0.0.1:9092", "[::1]:9092", "localhost:9092"])
def test_private_brokers_are_refused_unless_the_operator_allows_them(brokers):
    request = get_integration("kafka").check_request({"brokers": brokers, "ssl_enabled": False})

    with pytest.raises(InvalidSettings) as caught:
        streams.call(request)

    assert caught.value.code == "PRIVATE_ADDRESS"


def test_what_librdkafka_does_not_take_is_a_matter_of_the_settings(brokers):
    values = {"brokers": brokers, "ssl_ca": "bm90IGEgY2VydGlmaWNhdGU="}
    request = get_integration("kafka").check_request(values)

    with pytest.raises(InvalidSettings):
        streams.call(request)


def test_the_options_of_a_login():
    values = {
        "mechanism": "scram-sha-512",
        "username": "ann",
        "password": "s3cret",
        "ssl_ca": "QUJD",
    }

    request = request_for("kafka", "send", EVENT, {"topic": "t"}, brokers="b:9092", **values)

    assert request.headers == {
        "client.id": "segment-actions-kafka-producer",
        "security.protocol": "SASL_SSL",
        "partitioner": "murmur2_random",
        "retries": "0",
        "message.timeout.ms": "9000",
        "linger.ms": "5",
        "sasl.mechanisms": "SCRAM-SHA-512",
        "sasl.username": "ann",
        "sasl.password": "s3cret",
        "ssl.ca.pem": "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n",
    }


def test_an_authority_of_ones_own_asks_for_tls():
    values = {"ssl_enabled": False, "ssl_ca": "QUJD", "ssl_reject_unauthorized_ca": False}

    request = request_for("kafka", "send", EVENT, {"topic": "t"}, brokers="b:9092", **values)

    assert request.headers["security.protocol"] == "SSL"
    assert request.headers["enable.ssl.certificate.verification"] == "false"


@pytest.mark.parametrize(
    ("mechanism", "protocol", "key"),
    [
        (
            "client-cert-auth",
            "SSL",
            "-----BEGIN PRIVATE KEY-----\nS0VZ\n-----END PRIVATE KEY-----\n",
        ),
        ("plain", "SASL_SSL", None),
    ],
)
def test_a_client_certificate_is_a_mechanism(mechanism, protocol, key):
    values = {"ssl_key": "S0VZ", "ssl_cert": "QUJD", "username": "ann", "mechanism": mechanism}

    request = request_for("kafka", "send", EVENT, {"topic": "t"}, brokers="b:9092", **values)

    assert request.headers["security.protocol"] == protocol
    assert request.headers.get("ssl.key.pem") == key


@pytest.mark.parametrize(
    ("values", "header"),
    [
        ({"username": "ann", "password": "pw"}, "sasl.password"),
        ({"mechanism": "client-cert-auth", "ssl_key": "S0VZ", "ssl_cert": "QUJD"}, "ssl.key.pem"),
    ],
)
def test_passwords_and_keys_are_masked_however_short(values, header):
    translator = translator_for("kafka", "send", {"topic": "t"}, brokers="b:9092", **values)
    [request] = conversation(translator, [translator.payload(EVENT)])

    assert translator.redact(request).headers[header] == "•••"


def test_the_brokers_and_the_topic_are_the_url():
    request = request_for("kafka", "send", EVENT, {"topic": "t"}, **SETTINGS)

    assert (request.method, request.url) == ("PRODUCE", "kafka://b1:9092,b2:9092/t")
    assert request.json == [{"value": EVENT}]


def test_a_batch_has_one_topic_and_partition():
    limits = translator_for("kafka", "send", **SETTINGS).batch

    assert (limits.size, limits.keys) == (1002, ("topic", "partition", "default_partition"))


def test_the_partition_goes_before_the_default_one():
    mapping = {"topic": "t", "partition": 0, "default_partition": 3}

    [request] = requests_for("kafka", "send", EVENT, mapping, **SETTINGS)

    assert request.json[0]["partition"] == 0


def test_an_empty_object_is_a_message():
    event = {**EVENT, "properties": {}}
    mapping = {"topic": "t", "payload": {"@path": "$.properties"}, "headers": {}}

    assert request_for("kafka", "send", event, mapping, **SETTINGS).json == [{"value": {}}]


def test_messages_that_failed_are_named():
    translator = translator_for("kafka", "send", **SETTINGS)
    records = [
        {"partition": 0, "offset": 1},
        {"error": "MSG_SIZE_TOO_LARGE", "message": "too large", "retriable": False},
        {"error": "NOT_LEADER_FOR_PARTITION", "message": "moved", "retriable": True},
        {"error": "TOPIC_AUTHORIZATION_FAILED", "message": "not yours", "retriable": False},
    ]
    response = Response(200, body=json.dumps({"records": records}).encode())

    outcomes = translator.outcomes(response, [{}] * 4)

    assert [error and (type(error), error.code) for error in outcomes] == [
        None,
        (Rejected, "MSG_SIZE_TOO_LARGE"),
        (ServerFault, "NOT_LEADER_FOR_PARTITION"),
        (ServerFault, "TOPIC_AUTHORIZATION_FAILED"),
    ]


def test_no_event_leads_a_webhook_to_kafka_or_kafka_elsewhere():
    with pytest.raises(InvalidPayload):
        request_for("webhook", "send", EVENT, {"url": "kafka://10.0.0.1:9092/t"})

    request = request_for("kafka", "send", EVENT, {"topic": "a?b/ c@elsewhere:1"}, **SETTINGS)

    assert request.url == "kafka://b1:9092,b2:9092/a%3Fb%2F%20c%40elsewhere%3A1"
