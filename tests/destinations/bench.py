"""Shared by the tests of all tools: map an event, build its requests, look at them."""

from datetime import UTC, datetime

from destinations.catalog import get_integration
from destinations.errors import DeliveryError
from destinations.request import Response
from destinations.translation import compile_subscription, default_subscriptions

NOW = datetime(2026, 8, 20, 12, 0, tzinfo=UTC)


def translator_for(slug, action, mapping=None, *, trigger=None, batching=None, **settings):
    """The subscription of one action; its default mapping, changed by `mapping`."""
    integration = get_integration(slug)
    mapping = {**integration.get_action(action).default_mapping(), **(mapping or {})}
    return compile_subscription(integration, action, trigger, mapping, settings, batching=batching)


def requests_for(slug, action, event, mapping=None, answers=(), auth=None, **settings):
    """The requests of one event. `answers` are what the tool answers to each but the last."""
    translator = translator_for(slug, action, mapping, **settings)
    payload = translator.payload(event)
    return conversation(translator, [payload], answers, auth=auth, events=[event])


def request_for(slug, action, event, mapping=None, **settings):
    [request] = requests_for(slug, action, event, mapping, **settings)
    return request


def conversation(translator, payloads, answers=(), *, auth=None, events=None):
    """The requests that `payloads` lead to, given the tool's answers; 200 {} when they run out."""
    answers = iter(answers)
    steps = translator.requests(payloads, now=NOW, auth=auth, events=events)
    found = []
    try:
        found.append(next(steps))
        while True:
            found.append(steps.send(next(answers, Response(200, body=b"{}"))))
    except StopIteration:
        return found


def default_requests_for(slug, event, **settings):
    """(action, Request) pairs that the tool's default subscriptions make of an event."""
    integration = get_integration(slug)
    found = []
    for preset in default_subscriptions(integration):
        translator = compile_subscription(
            integration, preset.action, preset.trigger, preset.mapping, settings
        )
        if translator.wants(event):
            payload = translator.payload(event)
            requests = conversation(translator, [payload], events=[event])
            found += [(preset.action, request) for request in requests]
    return found


__all__ = [
    "NOW",
    "DeliveryError",
    "Response",
    "conversation",
    "default_requests_for",
    "request_for",
    "requests_for",
    "translator_for",
]
