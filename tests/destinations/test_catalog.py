"""What holds for every tool in the catalogue."""

import copy
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations import catalog
from destinations.catalog import UnknownIntegration, get_integration, integrations
from destinations.errors import DeliveryError
from destinations.fields import FromSetting
from destinations.integration import CALL_TYPES, Response
from destinations.language.mapping import compile_mapping
from destinations.language.trigger import compile_trigger
from destinations.translation import compile_subscription, default_subscriptions
from sources.language.values import encode_json

from .bench import NOW, conversation

TOOLS = list(integrations().values())
ACTIONS = [(tool, action) for tool in TOOLS for action in tool.actions.values()]

# By these words in its name a setting gives itself away as a credential.
SECRET = re.compile(r"secret|password|token|private|api_?key|credential|webhookurl", re.I)

# What a tool with OAuth has given.
TOKEN = {"accessToken": "token"}

# One event of each type, with everything in it that mappings look for.
EVENTS = [
    {
        "type": call_type,
        "event": "Order Completed" if call_type == "track" else None,
        "name": "Home" if call_type in ("page", "screen") else None,
        "messageId": "m-1",
        "userId": "ann",
        "anonymousId": "anon-1",
        "groupId": "acme",
        "previousId": "anon-0",
        "timestamp": "2026-08-20T10:00:00.000Z",
        "properties": {"total": 25, "products": [{"price": 5, "quantity": 2}]},
        "traits": {"email": "ann@example.com", "name": "Ann"},
        "context": {"ip": "192.0.2.1", "library": {"name": "analytics.js"}},
    }
    for call_type in CALL_TYPES
]
TRACK = EVENTS[CALL_TYPES.index("track")]
EVENTS.append({**TRACK, "event": "Login"})
EVENT_NAME = re.compile(r'event = "([^"]+)"')


def _id(value):
    return getattr(value, "slug", None)


tools = pytest.mark.parametrize("tool", TOOLS, ids=_id)
actions = pytest.mark.parametrize(("tool", "action"), ACTIONS, ids=_id)


def test_every_file_is_found_under_its_own_name():
    files = {path.stem for path in Path(catalog.__file__).parent.glob("[!_]*.py")}

    assert {tool.slug.replace("-", "_") for tool in TOOLS} == files


def test_unknown_tools_are_unknown():
    with pytest.raises(UnknownIntegration):
        get_integration("no-such-tool")


@tools
def test_a_tool_says_what_it_is(tool):
    assert tool.name
    assert tool.category
    assert tool.docs_url.startswith("https://")
    assert tool.names
    assert tool.actions


@tools
def test_credentials_are_secret(tool):
    for setting in tool.settings:
        if SECRET.search(setting.name):
            assert setting.secret, setting.name


@tools
def test_the_credential_check_can_be_built(tool):
    values = {each.name: each.default or f"https://x.example/{each.name}" for each in tool.settings}

    request = tool.check_request(values, now=NOW, auth=TOKEN)

    scheme = "https" if tool.transport == "http" else tool.transport
    assert request is None or request.url.startswith(f"{scheme}://")


@tools
def test_default_subscriptions_want_something_and_compile(tool):
    defaults = default_subscriptions(tool)

    assert defaults
    for preset in defaults:
        translator = compile_subscription(
            tool, preset.action, preset.trigger, preset.mapping, _settings(tool)
        )
        # A preset for one event of the catalogue's vocabulary wants that event.
        named = [{**TRACK, "event": name} for name in EVENT_NAME.findall(preset.trigger)]
        assert any(translator.wants(event) for event in [*EVENTS, *named]), preset.name


@tools
def test_presets_change_only_fields_of_their_action(tool):
    for preset in tool.presets:
        names = {field.name for field in tool.get_action(preset.action).fields}
        assert set(preset.mapping) <= names


@actions
def test_the_suggested_trigger_can_be_read(tool, action):
    if action.trigger:
        compile_trigger(action.trigger)


@actions
def test_the_default_mapping_compiles_and_names_only_fields(tool, action):
    mapping = action.default_mapping()

    assert set(mapping) <= {field.name for field in action.fields}
    for event in EVENTS:
        compile_mapping(mapping)(event)


@actions
def test_field_names_are_unique(tool, action):
    names = [field.name for field in action.fields]

    assert len(names) == len(set(names))


@actions
def test_defaults_from_settings_name_settings_and_secrets_stay_there(tool, action):
    settings = {setting.name: setting for setting in tool.settings}
    for field in action.fields:
        if type(field.default) is FromSetting:
            assert field.default.name in settings
            assert field.secret or not settings[field.default.name].secret
            assert field.name not in action.default_mapping()


@actions
def test_batches_are_grouped_by_fields_of_the_action(tool, action):
    if action.batching is not None:
        assert set(action.batching.keys) <= {field.name for field in action.fields}
        assert action.batching.size <= action.batching.max_size
        assert action.build_batch is not None


def _settings(tool):
    return {each.name: each.default or "https://x.example/secret" for each in tool.settings}


odd = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**14) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=4,
)
places = st.sampled_from(
    [
        "type",
        "event",
        "name",
        "userId",
        "anonymousId",
        "timestamp",
        "messageId",
        "properties",
        "traits",
        "context",
        "integrations",
        "groupId",
        "previousId",
        "properties.products",
        "properties.price",
        "properties.quantity",
        "properties.revenue",
        "context.userAgent",
        "context.userAgentData",
        "context.device",
        "context.device.type",
        "context.library",
        "context.library.name",
        "context.campaign",
        "context.page",
        "integrations.Actions\xa0Amplitude",
    ]
)


@actions
@settings(max_examples=20, deadline=None)
@given(event=st.sampled_from(EVENTS), changes=st.lists(st.tuples(places, odd), max_size=5))
def test_any_event_gives_requests_or_a_delivery_error(tool, action, event, changes):
    event = _changed(event, changes)
    before = repr(event)
    translator = compile_subscription(tool, action.slug, None, None, _settings(tool))

    try:
        payload = translator.payload(event)
        for request in conversation(translator, [payload], auth=TOKEN, events=[event]):
            encode_json(translator.redact(request, [payload]).as_dict())
    except DeliveryError:
        pass

    assert repr(event) == before


def _changed(event, changes):
    event = copy.deepcopy(event)
    for place, value in changes:
        target, names = event, place.replace("\xa0", " ").split(".")
        for name in names[:-1]:
            if not isinstance(target.get(name), dict):
                target[name] = {}
            target = target[name]
        target[names[-1]] = value
    return event


@actions
@settings(max_examples=10, deadline=None, derandomize=True)
@given(
    event=st.sampled_from(EVENTS),
    answers=st.lists(st.tuples(st.sampled_from([200, 207, 400, 404]), odd), max_size=4),
    batched=st.booleans(),
)
def test_any_answer_gives_outcomes_or_a_delivery_error(tool, action, event, answers, batched):
    batched = batched and action.build_batch is not None
    translator = compile_subscription(
        tool, action.slug, None, None, _settings(tool), batching=batched
    )
    answers = [Response(status, body=encode_json(body)) for status, body in answers]

    try:
        payloads = [translator.payload(event)] * (2 if batched else 1)
        requests = conversation(
            translator, payloads, answers, auth=TOKEN, events=[event] * len(payloads)
        )
        if requests:
            last = answers[-1] if answers else Response(200, body=b"{}")
            outcomes = translator.outcomes(last, payloads)
            assert len(outcomes) == len(payloads)
            assert all(each is None or isinstance(each, DeliveryError) for each in outcomes)
    except DeliveryError:
        pass
