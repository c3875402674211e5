"""The story of an event, step by step, and that it ends as the plan of delivery says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from destinations import catalog
from destinations.flow.trace import Removed, Rule, removed, trace
from destinations.integration import Field, Integration, Request, path
from destinations.plan import Plan, Route
from destinations.translation import compile_subscription, default_subscriptions
from sources.language.filters import ORDER

from .test_catalog import EVENTS, _settings

EVENT = {
    "type": "track",
    "event": "Order Completed",
    "messageId": "m-1",
    "userId": "ann",
    "properties": {"email": "ann@example.com", "total": 25, "products": [{"sku": 1, "cost": 2}]},
}


@pytest.fixture
def tool():
    tool = Integration(
        slug="x", name="Parcelpost", category="x", docs_url="", base_url="https://x.example"
    )

    @tool.action("Send", fields=[Field("name", default=path("$.event"), required=True)])
    def send(payload, settings):
        return Request("POST", "https://x.example", json=payload)

    return tool


def routes(tool, *triggers):
    return [
        Route(number, "send", compile_subscription(tool, "send", trigger, None, {}))
        for number, trigger in enumerate(triggers)
    ]


def look(tool, *filters, event=EVENT, triggers=('type = "track"',), consent=(), **more):
    plan = Plan(tool, {}, filters, routes(tool, *triggers), consent)
    return trace(plan, [Rule(each) for each in filters], event, **more)


def drop(condition):
    return {"if": condition, "action": "drop"}


def test_an_event_that_nothing_holds_back_is_mapped(tool):
    seen = look(tool)

    assert seen.stopped == ""
    assert [each.payload for each in seen.sent] == [{"name": "Order Completed"}]


def test_the_filter_that_drops_is_named_and_what_follows_is_not_reached(tool):
    seen = look(tool, drop("event = 'Login'"), drop("userId = 'ann'"), drop("all"))

    assert seen.stopped == "filters"
    assert seen.filtered_by.rule.condition == "userId = 'ann'"
    assert [(f.effect.verdict, f.reached) for f in seen.filters] == [
        ("unmatched", True),
        ("dropped", True),
        ("dropped", False),
    ]
    assert seen.mappings[0].reached is False
    assert seen.mappings[0].payload == {"name": "Order Completed"}


def test_a_condition_without_an_answer_says_why_it_drops(tool):
    seen = look(tool, drop("contains(properties.total, 'x')"))

    assert seen.filtered_by.effect.verdict == "unanswered"
    assert "number" in seen.filtered_by.effect.reason


def test_what_a_filter_takes_away_is_listed(tool):
    fields = {"properties": ["email", "absent"], "properties.products": ["cost"]}

    seen = look(tool, {"if": "all", "action": "drop_properties", "fields": fields})

    assert seen.filters[0].effect.removed == [
        Removed("properties.email", "ann@example.com"),
        Removed("properties.products[0].cost", 2),
    ]
    assert seen.event["properties"] == {"total": 25, "products": [{"sku": 1}]}


def test_a_sample_says_what_was_drawn(tool):
    seen = look(tool, {"if": "all", "action": "sample", "percent": 0.5, "path": "userId"})

    [filtering] = seen.filters
    assert filtering.effect.verdict == ("sampled" if filtering.effect.draw < 0.5 else "dropped")
    assert filtering.rule.share == 0.5


def test_a_filter_that_is_off_does_nothing(tool):
    rule = Rule(drop("all"), enabled=False)

    seen = trace(Plan(tool, {}, [], routes(tool, 'type = "track"')), [rule], EVENT)

    assert (seen.filters[0].effect.verdict, seen.stopped) == ("off", "")


@pytest.mark.parametrize(
    ("wishes", "allows", "because", "keys"),
    [
        (None, True, "silent", []),
        ({"Other": True}, True, "others", []),
        ({"All": False}, False, "keys", [("All", False)]),
        ({"All": False, "Parcelpost": {"x": 1}}, True, "keys", [("Parcelpost", {"x": 1})]),
        ({"All": True, "Parcelpost": False}, False, "keys", [("Parcelpost", False)]),
    ],
)
def test_the_key_of_the_integrations_object_that_decided_is_named(
    tool, wishes, allows, because, keys
):
    wish = look(tool, event={**EVENT, "integrations": wishes}).integrations

    assert (wish.allows, wish.because, wish.choices) == (allows, because, keys)


def test_consent_names_what_was_not_agreed_to(tool):
    choices = {"categoryPreferences": {"ads": True, "sales": False}}
    event = {**EVENT, "context": {"consent": choices}}

    seen = look(tool, event=event, consent=["ads", "sales", "more"])

    assert seen.stopped == "consent"
    assert seen.consent.choices == [("ads", True), ("sales", False), ("more", "not named")]
    assert seen.integrations.reached is False


def test_problems_stand_by_their_field(tool):
    seen = look(tool, event={"type": "track"})

    assert seen.stopped == "mapping"
    assert seen.mappings[0].problems == [("name", "is required")]


def test_nobody_wants_it(tool):
    seen = look(tool, triggers=['type = "page"'])

    assert (seen.stopped, seen.wanted) == ("mapping", [])


def test_an_event_that_does_not_get_here_reaches_no_step(tool):
    seen = look(tool, going=False)

    assert [seen.consent.reached, seen.integrations.reached] == [False, False]
    assert seen.sent == []
    assert seen.mappings[0].payload == {"name": "Order Completed"}


def test_removed_sees_lists_that_became_shorter():
    assert list(removed({"a": [1]}, {"a": []})) == [Removed("a", [1])]


# --- it never disagrees with the plan --------------------------------------------------------

CONDITIONS = [
    *("all", "type = 'track'", "event != 'Login'", "contains(properties.total, 'x')"),
    *("traits.email = null", "properties.total > 20", "match(traits.email, '*@example.com')"),
    *("context.ip", "!(userId = 'ann')", "groupId in ['acme', 'b']", "length(properties) = 0"),
]
TRIGGERS = [
    *('type = "track"', 'type = "identify"', 'event = "Login"', "properties.total >= 20"),
    *('type != "alias"', 'match(event, "Order*")', 'context.ip != null or name = "Home"'),
]
FIELDS = st.dictionaries(
    st.sampled_from(["", "properties", "traits", "context", "properties.products"]),
    st.lists(
        st.sampled_from(["email", "total", "products", "price", "userId", "messageId", "type"])
    ),
    max_size=3,
)
FILTERS = st.lists(
    st.tuples(
        st.sampled_from(CONDITIONS),
        st.sampled_from(ORDER),
        st.floats(0, 1),
        st.sampled_from(["", "messageId", "userId", "properties.absent"]),
        FIELDS,
    ).map(
        lambda made: {
            "if": made[0],
            "action": made[1],
            "percent": made[2],
            "path": made[3],
            "fields": made[4],
        }
    ),
    max_size=4,
)
WISHES = st.one_of(
    st.none(),
    st.dictionaries(
        st.sampled_from(["All", "Mixpanel", "Webhook", "Slack"]),
        st.sampled_from([True, False, {}, {"a": 1}, None, "yes"]),
    ),
)
CONSENT = st.one_of(
    st.none(),
    st.just({"categoryPreferences": "odd"}),
    st.dictionaries(st.sampled_from(["ads", "sales"]), st.sampled_from([True, False, 1])).map(
        lambda choices: {"categoryPreferences": choices}
    ),
)
TOOLS = list(catalog.integrations().values())


def _routes(tool, triggers):
    presets = default_subscriptions(tool)
    return [
        Route(
            number,
            preset.action,
            compile_subscription(
                tool,
                preset.action,
                triggers[number % len(triggers)] if triggers else preset.trigger,
                preset.mapping,
                _settings(tool),
            ),
        )
        for number, preset in enumerate(presets)
    ]


def agree(plan, filters, event):
    """What was judged is what the trace tells, values and all."""
    rules = [Rule(each) for each in filters]
    assert trace(plan, rules, event).judged() == plan.judge(event)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.slug)
def test_trace_and_plan_agree_on_the_events_of_the_catalogue(tool):
    plan = Plan(tool, _settings(tool), [], _routes(tool, []))

    for event in EVENTS:
        agree(plan, [], event)


@settings(max_examples=250, deadline=None)
@given(
    tool=st.sampled_from(TOOLS),
    event=st.sampled_from(EVENTS),
    filters=FILTERS,
    triggers=st.lists(st.sampled_from(TRIGGERS), max_size=3),
    wishes=WISHES,
    consent=CONSENT,
    categories=st.lists(st.sampled_from(["ads", "sales"]), max_size=2, unique=True),
    said=st.sampled_from([None, "Segment Consent Preference Updated"]),
)
def test_trace_and_plan_never_disagree(
    tool, event, filters, triggers, wishes, consent, categories, said
):
    event = {**event, "integrations": wishes, "event": said or event["event"]}
    event["context"] = {**event["context"], "consent": consent}
    plan = Plan(tool, _settings(tool), filters, _routes(tool, triggers), categories)

    agree(plan, filters, event)
