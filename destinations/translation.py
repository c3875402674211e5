"""One subscription, compiled: from an event to requests, and from answers to outcomes.

    translator = compile_subscription(integration, "send", 'type = "track"', None, settings)
    if translator.wants(event):
        payload = translator.payload(event)                 # raises InvalidPayload
        requests = translator.requests([payload], now=now)
        request = next(requests)                            # then requests.send(response) …
        translator.outcomes(response, [payload])            # [None] or [DeliveryError]

Pure: no network, no clock. The caller sends, waits and counts.
"""

from dataclasses import dataclass, replace

from destinations.cleaning import compile_cleaner
from destinations.errors import DeliveryError, InvalidPayload, MappingError, for_status
from destinations.integration import Preset
from destinations.language.mapping import compile_mapping
from destinations.language.trigger import compile_trigger
from destinations.request import check_sendable, mask_text, redact, retry_after_s
from sources.language.values import encode_json, text_of

SYNC_MODE_KEY = "__segment_internal_sync_mode"

# How much of a tool's answer goes into an error's message.
MAX_ANSWER_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """What one request may carry: `size` payloads, `bytes` of JSON, equal in the fields `keys`."""

    size: int
    bytes: int
    keys: tuple[str, ...]


def compile_subscription(integration, action_slug, trigger, mapping, settings, *, batching=None):
    """Return the Translator of one subscription.

    `trigger` None wants every event. `mapping` None is the action's default mapping; a mapping is
    complete in itself, only fields whose default is a setting are added to it. `batching` True or
    False overrides the mapping's own switch. Raises UnknownAction, InvalidTrigger, MappingError.
    """
    action = integration.get_action(action_slug)
    values = integration.setting_values(settings)
    mapping = _complete_mapping(action, mapping, values)
    wants = _always if trigger is None else compile_trigger(trigger)
    return Translator(integration, action, wants, mapping, values, batching)


def default_subscriptions(integration):
    """Return the Presets a new destination starts with, each with its complete mapping.

    A tool without presets starts with one subscription per action that suggests a trigger.
    """
    presets = integration.presets or [
        Preset(action.label, action.slug, action.trigger)
        for action in integration.actions.values()
        if action.trigger
    ]
    return [
        replace(
            preset,
            mapping={
                **integration.get_action(preset.action).default_mapping(),
                **preset.mapping,
            },
        )
        for preset in presets
    ]


class Translator:
    """A compiled subscription; see the module's docstring. Safe to share between threads."""

    def __init__(self, integration, action, wants, mapping, settings, batching=None):
        self.integration = integration
        self.action = action
        self.wants = wants
        self.settings = settings
        self._mapping = mapping
        self._map = compile_mapping(mapping)
        self._sync_mode = mapping.get(SYNC_MODE_KEY)
        self.batch = _batch_limits(action, mapping, batching)
        self._clean = compile_cleaner(action.fields, self._sync_mode, self.batch is not None)
        self._secret_fields = [each.name for each in action.fields if each.secret]

    def payload(self, event):
        """Return the payload for one event. Raises InvalidPayload, also for a mapping that cannot
        be run on this event."""
        try:
            return self._clean(self._map(event))
        except MappingError as error:
            raise InvalidPayload([(error.place, error.message)]) from error
        except RecursionError:
            raise InvalidPayload([("$", "is nested too deeply")]) from None

    def batch_key(self, payload):
        """Return what payloads of one batch must have in common, hashable."""
        if self.batch is None:
            return ()
        return tuple(_hashable(payload.get(name)) for name in self.batch.keys)

    def requests(self, payloads, *, now, auth=None, events=None):
        """Yield resolved Requests: absolute URL, credentials applied, no user agent.

        A generator: send it the answer to each request, or throw the DeliveryError that came in
        its place. `payloads` are one batch, or exactly one where `batch` is None; `events` are the
        raw events, in the same order. It raises a DeliveryError, which then holds for all payloads,
        when the answer to a request leaves no way on; and may return the list of outcomes itself
        (as the value of StopIteration).
        """
        built = self._build(payloads, now, auth, events)
        if hasattr(built, "send"):
            return (yield from self._converse(built, len(payloads), now, auth))
        requests = built if type(built) is list else [built]
        for position, request in enumerate(requests):
            response = yield self._resolve(request, auth, now)
            if response is not None and position < len(requests) - 1:
                error = self._error(response, now)
                if error is not None:
                    raise error
        return None

    def outcomes(self, response, payloads, *, now=None):
        """Return for each payload None (delivered) or the DeliveryError, from the last answer."""
        if self.action.read_answer is not None:
            outcomes = self.action.read_answer(response, payloads)
            if outcomes is not None:
                return outcomes
        return [self._error(response, now)] * len(payloads)

    def redact(self, request, payloads=()):
        """Return `request` fit to be shown: every secret of the settings and payloads masked."""
        secrets = self.integration.secrets(self.settings)
        secrets += [payload.get(name) for payload in payloads for name in self._secret_fields]
        return redact(request, secrets)

    def _build(self, payloads, now, auth, events):
        keywords = {
            "now": now,
            "auth": auth or {},
            "mapping": self._mapping,
            "sync_mode": self._sync_mode,
        }
        if self.batch is not None:
            keywords["events"] = events
            return self.action.build_batch(payloads, self.settings, keywords)
        [payload] = payloads
        keywords["event"] = events[0] if events else None
        return self.action.build(payload, self.settings, keywords)

    def _resolve(self, request, auth, now):
        request = self.integration.resolve(request, self.settings, auth, now)
        check_sendable(request, self.integration.transport)
        return request

    def _converse(self, builder, count, now, auth):
        """Drive a builder that asks before it writes; failing answers are raised inside it.

        One that catches the last failure and ends has dealt with it: all is delivered.
        """
        error = None
        try:
            request = next(builder)
            while True:
                resolved = self._resolve(request, auth, now)
                try:
                    response = yield resolved
                except DeliveryError as unanswered:
                    error = unanswered
                else:
                    error = self._error(response, now)
                    if error is not None:
                        error.response = response
                request = builder.send(response) if error is None else builder.throw(error)
        except StopIteration as stop:
            dealt_with = [None] * count if error is not None else None
            return dealt_with if stop.value is None else stop.value

    def _error(self, response, now):
        if 200 <= response.status < 300:
            return None
        said = response.body[: MAX_ANSWER_CHARACTERS * 4].decode("utf-8", "replace")
        said = mask_text(" ".join(said.split()), self.integration.secrets(self.settings))
        said = said[:MAX_ANSWER_CHARACTERS]
        message = f"{self.integration.name} answered {response.status}{said and ': '}{said}"
        return for_status(
            response.status, message, retry_after_s=retry_after_s(response.headers, now)
        )


def _always(event):
    return True


def _complete_mapping(action, mapping, settings):
    if mapping is None:
        mapping = action.default_mapping()
    elif type(mapping) is not dict:
        raise MappingError("a mapping is an object with the action's fields as keys")
    given = {name: value for name, value in mapping.items() if value is not None and value != ""}
    added = action.mapping_from_settings(settings)
    return {**added, **mapping, **{n: v for n, v in added.items() if n not in given}}


def _batch_limits(action, mapping, batching):
    """Return the limits of this subscription's batches, or None for one event per request."""
    if action.build_batch is None or batching is False:
        return None
    names = ("enable_batching", "batch_size", "batch_bytes", "batch_keys")
    chosen = compile_mapping({name: mapping[name] for name in names if name in mapping})({})
    default = action.batching
    enabled = chosen.get("enable_batching", default.enabled) in (True, "true", 1)
    if not (enabled or batching):
        return None
    keys = chosen.get("batch_keys")
    return BatchLimits(
        size=min(_positive(chosen.get("batch_size"), default.size), default.max_size),
        bytes=min(_positive(chosen.get("batch_bytes"), default.bytes), default.bytes),
        keys=tuple(map(text_of, keys)) if type(keys) is list else default.keys,
    )


def _positive(value, default):
    try:
        number = int(text_of(value))
    except ValueError:
        return default
    return number if number > 0 else default


def _hashable(value):
    if type(value) is dict or type(value) is list:
        return encode_json(value)
    return value
