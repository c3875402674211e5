"""Mapping and request building, pure CPU on one core, beside json.dumps of the same events."""

import json
import time
from datetime import UTC, datetime

from destinations.catalog import integrations
from destinations.language.trigger import compile_trigger
from destinations.sending.http import wire
from destinations.translation import compile_subscription, default_subscriptions

from . import events

COUNT = 4_000
ROUNDS = 3
NOW = datetime(2026, 11, 1, tzinfo=UTC)
EXAMPLES = {"url": "https://tool.example.com", "number": 1, "map": {}, "list": []}
TRIGGER = 'type = "track" and event = "Order Completed"'

# tool, action (None: the first default subscription that wants the event), bar in events/s
TOOLS = [
    ("webhook", None, 25_000),
    ("amplitude", "logPurchase", 8_000),
    ("mixpanel", None, 8_000),
    ("google-analytics-4", "purchase", 9_000),
    ("facebook-conversions-api", "purchase", 9_000),
    ("braze", "trackEvent", 15_000),
    ("customerio", "trackEvent", 15_000),
    ("klaviyo", "trackEvent", 15_000),
]


def run() -> list[dict]:
    stored = [sample(number) for number in range(COUNT)]
    yardstick = rate(lambda event: json.dumps(event), stored)
    rows = []
    for slug, action, bar in TOOLS:
        integration = integrations().get(slug)
        if integration is None:
            continue
        build = builder(integration, action, stored[0])
        rows.append(row(f"mapping, {slug}", "events/s", rate(build, stored), yardstick, bar))
    matches = compile_trigger(TRIGGER)
    rows.append(row("trigger", "evaluations/s", rate(matches, stored), yardstick, 500_000))
    return rows


def row(name: str, unit: str, ours: float, theirs: float, bar: float) -> dict:
    """A row whose bar is a figure; the table wants it as a ratio."""
    return {
        "name": name,
        "unit": unit,
        "ours": ours,
        "baseline": f"json.dumps (bar {bar:,.0f}/s: {'ok' if ours >= bar else 'MISSED'})",
        "theirs": theirs,
        "bar": None,
    }


def sample(number: int) -> dict:
    """A track call as it is stored, with what advertising tools look for."""
    event = events.track(number)
    traits = {"email": f"user-{number}@example.com", "phone": "+491701234567", "firstName": "Ann"}
    event["context"] = {**event["context"], "traits": traits}
    product = {"product_id": "A-1", "sku": "A-1", "price": 10.5, "quantity": 1, "name": "Thing"}
    more = {"email": traits["email"], "shipping": 4.9, "products": [product]}
    event["properties"] = {**event["properties"], **more}
    event["receivedAt"] = event["originalTimestamp"] = event["timestamp"]
    return event


def builder(integration, action: str | None, event: dict):
    """Return what makes the bytes of a request from one event."""
    settings = {each.name: example(each) for each in integration.settings}
    chosen = [each for each in default_subscriptions(integration) if each.action == action]
    if action is None:
        chosen = [
            each
            for each in default_subscriptions(integration)
            if compile_trigger(each.trigger)(event)
        ]
    mapping = chosen[0].mapping if chosen else None
    name = chosen[0].action if chosen else action
    translator = compile_subscription(integration, name, None, mapping, settings, batching=False)

    def build(event):
        payload = translator.payload(event)
        for request in translator.requests([payload], now=NOW, events=[event]):
            wire(request)
            break

    return build


def example(setting):
    """Return a value that will do for a setting."""
    if setting.default is not None:
        return setting.default
    if setting.choices:
        return setting.choice_pairs()[0][0]
    return EXAMPLES.get(setting.type, "setting-1")


def rate(function, stored: list) -> float:
    """Events per second of CPU time: the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for event in stored:
            function(event)
        best = min(best, time.process_time() - started)
    return len(stored) / best
