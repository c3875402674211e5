"""manage.py translate: what would a tool be sent for these events? Sends nothing."""

from datetime import UTC, datetime
from functools import partial

from destinations.catalog import UnknownIntegration, get_integration
from destinations.errors import DeliveryError, UnknownAction
from destinations.management.json_lines import JSONLinesCommand
from destinations.moments import find_moment
from destinations.request import Response
from destinations.translation import compile_subscription, default_subscriptions
from sources.language.filters import allowed_by_integrations, compile_filters
from sources.language.values import encode_json

# What a step that needs an earlier answer is shown with, unless the line has answers of its own.
EMPTY_ANSWER = Response(200, body=b"{}")

MAX_COMPILED = 1000


class Command(JSONLinesCommand):
    help = (
        'Reads JSON lines {"destination": slug, "settings": {…}, "event": {…}} and prints for each '
        '{"requests": […]}, {"dropped": reason}, {"error": reason} or {"unsupported": reason}. '
        "Sends nothing. Other keys: id (echoed), events (a batch), subscriptions, filters, action "
        "with mapping (this action alone, without its trigger), auth (what OAuth gave), now (ISO), "
        "answers (bodies that the tool answers with, in turn; {} when they run out)."
    )
    example = """example:
  echo '{"destination": "webhook", "settings": {"url": "https://example.com/in"},
         "event": {"type": "track", "event": "Login"}}' | tr -d '\\n' | manage.py translate
  {"requests":[{"method":"POST","url":"https://example.com/in","headers":{},"json":…,"action":"send"}]}"""
    echoes_id = True

    def prepare(self, options):
        self.compiled = {}

    def answer(self, line):
        events = line["events"] if "events" in line else [line.get("event")]
        if type(events) is not list or not all(type(event) is dict for event in events):
            return {"error": "needs an event, or a list of events"}
        try:
            integration, translators, run_filters = self.compile(line)
        except (UnknownIntegration, UnknownAction) as error:
            return {"unsupported": str(error)}
        if "action" not in line:
            events, reason = _pass(events, integration, run_filters)
            if not events:
                return {"dropped": reason}
        answers = [Response(200, body=encode_json(each)) for each in line.get("answers") or []]
        talk = partial(_talk, auth=line.get("auth"), now=_now(line), answers=answers)
        return _translate(translators, events, talk)

    def compile(self, line):
        """Return (integration, translators, filters) of a line; equal lines compile once."""
        keys = ("destination", "settings", "subscriptions", "filters", "action", "mapping")
        key = encode_json([line.get(name) for name in keys] + ["events" in line])
        if key not in self.compiled:
            if len(self.compiled) >= MAX_COMPILED:
                self.compiled.clear()
            self.compiled[key] = _compile(line)
        return self.compiled[key]


def _compile(line):
    integration = get_integration(line.get("destination"))
    settings = line.get("settings") or {}
    # A batch is asked for in so many words, or not: the mapping's switch does not matter.
    batching = "events" in line
    translators = [
        compile_subscription(integration, action, trigger, mapping, settings, batching=batching)
        for action, trigger, mapping in _subscriptions(line, integration)
    ]
    return integration, translators, compile_filters(line.get("filters") or [])


def _subscriptions(line, integration):
    """Give (action, trigger, mapping) for each subscription of a line."""
    if "action" in line:
        return [(line["action"], None, line.get("mapping"))]
    if line.get("subscriptions") is None:
        return [(p.action, p.trigger, p.mapping) for p in default_subscriptions(integration)]
    return [
        (each.get("action"), each.get("trigger", ""), each.get("mapping"))
        for each in line["subscriptions"]
        if each.get("enabled", True)
    ]


def _pass(events, integration, run_filters):
    """Return the events that the integrations object and the filters let pass, and a reason."""
    passed, reason = [], ""
    for event in events:
        if not allowed_by_integrations(event, integration.names):
            reason = "FILTERED_BY_INTEGRATIONS_OBJECT"
            continue
        kept, why = run_filters(event)
        if kept is None:
            reason = why
        else:
            passed.append(kept)
    return passed, reason


def _translate(translators, events, talk):
    requests, errors, wanted = [], [], False
    for translator in translators:
        chosen = [event for event in events if translator.wants(event)]
        wanted = wanted or bool(chosen)
        for group in _groups(translator, chosen, errors):
            made, problems = talk(translator, group)
            requests += made
            errors += problems
    if not wanted:
        return {"dropped": "NO_MATCHING_MAPPING"}
    if not requests and errors:
        return {"error": "; ".join(errors)}
    if not requests:
        return {"dropped": "FILTERED_AT_MAPPING"}
    return {"requests": requests, **({"errors": errors} if errors else {})}


def _groups(translator, events, errors):
    """Return lists of (payload, event) that share a request: batches, or one each."""
    groups = {}
    for position, event in enumerate(events):
        try:
            payload = translator.payload(event)
        except DeliveryError as error:
            errors.append(str(error))
            continue
        if translator.batch is None:
            groups[position] = [(payload, event)]
            continue
        key = translator.batch_key(payload)
        number = 0
        while len(groups.setdefault((key, number), [])) >= translator.batch.size:
            number += 1
        groups[key, number].append((payload, event))
    return groups.values()


def _talk(translator, group, auth, now, answers):
    """Return the requests that a group leads to, and what is wrong with it, in words."""
    payloads, events = [each[0] for each in group], [each[1] for each in group]
    steps = translator.requests(payloads, now=now, auth=auth, events=events)
    requests, answers = [], iter(answers)
    try:
        request = next(steps)
        while True:
            requests.append({**request.as_dict(), "action": translator.action.slug})
            request = steps.send(next(answers, EMPTY_ANSWER))
    except StopIteration as stop:
        return requests, [str(error) for error in stop.value or () if error is not None]
    except DeliveryError as error:
        return requests, [str(error)]


def _now(line):
    if "now" not in line:
        return datetime.now(UTC)
    now = find_moment(line["now"])
    if now is None:
        raise ValueError("now is not an ISO time")
    return now
