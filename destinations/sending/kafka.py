"""Producing to Kafka, through librdkafka.

A Request is `kafka://broker:9092,broker:9092/topic`, with librdkafka's configuration as headers and
as `json` a list of records {"value", "key", "headers", "partition"}. The answer is a Response: 200
and {"records": [{"partition", "offset"} or {"error", "message", "retriable"}]}, in the same order.

Why confluent-kafka: librdkafka comes in its wheel, knows SASL and TLS with certificates given as
text, partitions as other clients do, and has a test cluster inside. It works in threads of its own.

The guard of targets looks at the brokers that are given; those that a broker names in its turn are
librdkafka's affair.
"""

import socket
import threading
import time
from collections import OrderedDict
from urllib.parse import unquote, urlsplit

import orjson

from sources.language.values import encode_json

from ..errors import InvalidSettings, Unauthorized, Unreachable
from ..request import Request, Response
from . import targets

MOST_PRODUCERS = 32
POLL_S = 0.05

_producers: OrderedDict[bytes, "_Producer"] = OrderedDict()
_lock = threading.Lock()


def call(request: Request) -> Response:
    """As http.call."""
    parts = urlsplit(request.url)
    _check(parts.netloc)
    producer = _get_producer(parts.netloc, request.headers)
    if request.method == "METADATA":
        return producer.metadata(request.timeout_s)
    return producer.produce(unquote(parts.path[1:]), request.json, request.timeout_s)


def _check(brokers: str) -> None:
    for broker in brokers.split(","):
        host, _, port = broker.strip().rpartition(":")
        if not host or not port.isdecimal():
            raise InvalidSettings(f"{broker} is not host:port")
        try:
            addresses = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
            for *_, address in addresses:
                targets.check(address[0])
        except targets.RefusedTarget as error:
            raise targets.refused(error) from error
        except (OSError, OverflowError) as error:
            raise Unreachable(f"{host} is not known.", code="ENOTFOUND") from error


def _get_producer(brokers: str, options: dict) -> "_Producer":
    """Return the producer for these brokers and options; the one not used longest goes."""
    key = encode_json([brokers, sorted(options.items())])
    with _lock:
        producer = _producers.pop(key, None) or _Producer(brokers, options)
        _producers[key] = producer
        while len(_producers) > MOST_PRODUCERS:
            _producers.popitem(last=False)
        return producer


class _Producer:
    def __init__(self, brokers: str, options: dict):
        # Here, as most workers have nothing to do with Kafka.
        from confluent_kafka import KafkaException, Producer

        self._problem = None
        self._refusal = KafkaException
        try:
            self._kafka = Producer(
                {
                    **options,
                    "bootstrap.servers": brokers,
                    "error_cb": self._note,
                    "log.connection.close": False,
                    "log_level": 0,
                }
            )
        except (KafkaException, ValueError, TypeError) as error:
            # Without the error's text, which may quote a value.
            raise InvalidSettings("Kafka does not take these settings.") from error

    def _note(self, error) -> None:
        self._problem = error

    def produce(self, topic: str, records: list[dict], timeout_s: float) -> Response:
        results: list[dict | None] = [None] * len(records)
        waiting = set(range(len(records)))

        def done(number):
            def on_delivery(error, message):
                results[number] = (
                    _failure(error)
                    if error
                    else {"partition": message.partition(), "offset": message.offset()}
                )
                waiting.discard(number)

            return on_delivery

        deadline = time.monotonic() + timeout_s
        for number, record in enumerate(records):
            try:
                self._produce(topic, record, done(number), deadline)
            except self._refusal as error:
                results[number] = _failure(error.args[0])
                waiting.discard(number)
        while waiting and time.monotonic() < deadline:
            self._kafka.poll(POLL_S)
        if len(waiting) == len(records):
            self._kafka.purge()
            raise self._explain()
        timed_out = {"error": "_TIMED_OUT", "message": "No answer in time.", "retriable": True}
        answer = {"records": [result or timed_out for result in list(results)]}
        return Response(200, body=orjson.dumps(answer))

    def _produce(self, topic, record, on_delivery, deadline) -> None:
        partition = record.get("partition")
        while True:
            try:
                self._kafka.produce(
                    topic,
                    value=encode_json(record["value"]),
                    key=record.get("key"),
                    headers=list((record.get("headers") or {}).items()),
                    partition=-1 if partition is None else partition,
                    on_delivery=on_delivery,
                )
                return
            except BufferError:  # its queue is full
                if time.monotonic() > deadline:
                    raise Unreachable("Kafka does not take more at the moment.") from None
                self._kafka.poll(POLL_S)

    def metadata(self, timeout_s: float) -> Response:
        try:
            topics = self._kafka.list_topics(timeout=timeout_s).topics
        except self._refusal as error:
            raise self._explain() from error
        return Response(200, body=orjson.dumps({"topics": sorted(topics)}))

    def _explain(self) -> Exception:
        """Return the error for no answer at all, by what librdkafka noted on its way."""
        self._kafka.poll(0)
        problem, self._problem = self._problem, None
        if problem is None:
            return Unreachable("No broker answered in time.")
        if problem.name() in ("_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED"):
            return Unauthorized("Kafka does not accept the credentials.", status=401)
        return Unreachable(f"No broker answered: {problem.str()}"[:300], code="ECONNREFUSED")


def _failure(error) -> dict:
    return {
        "error": error.name(),
        "message": error.str(),
        # Local time-outs and queues are worth another attempt, whatever librdkafka says.
        "retriable": error.retriable() or error.name() in _PASSING,
    }


_PASSING = ("_MSG_TIMED_OUT", "_TIMED_OUT", "_TRANSPORT", "_QUEUE_FULL", "_ALL_BROKERS_DOWN")
