"""Whatever comes in: never a 500, and never a neighbour lost.

20,000 bodies: BATCHES times a value is drawn, and put in the place of each member of an event and
of the event itself, which makes EVENTS bodies between two good neighbours; BODIES times the body of
a request is drawn as a whole.
"""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sources import log
from sources.models import Source, WriteKey
from workspaces.models import Workspace

from .test_tracking import basic

pytestmark = pytest.mark.django_db(transaction=True)

BATCHES, EVENTS, BODIES = 900, 20, 2_000
PATHS = [f"/v1/{name}" for name in ("track", "t", "identify", "i", "page", "screen", "g", "alias")]
QUICKLY = settings(
    deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)

odd_text = st.text(max_size=8) | st.sampled_from(
    ["", "\0", "\ud800", "\udfff\ud800", "\ufeff", "\\", "\t\n\\N", "\\.", "x" * 101, "💩", "null"]
)
odd_numbers = st.integers() | st.sampled_from(
    [0, -1, 2**63, 2**64, -(2**65), 10**300, 1e308, 1e-320]
)
odd_times = st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-01", "2026-01-01", 1e300]
)
scalars = st.none() | st.booleans() | odd_numbers | odd_text | odd_times
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_text, inner, max_size=3),
    max_leaves=6,
)
deep = st.sampled_from([200, 300, 900]).map(lambda depth: json.loads("[" * depth + "]" * depth))
PLACES = (
    *("userId", "anonymousId", "previousId", "groupId", "messageId", "event", "name", "category"),
    *("type", "writeKey", "timestamp", "originalTimestamp", "sentAt", "receivedAt"),
    *("context", "integrations", "properties", "traits", "channel"),
)
types = st.sampled_from(["identify", "track", "page", "screen", "group", "alias"])
# Right but for a member or two: what is wrong all over does not get past the first check.
nearly_right = st.builds(
    lambda kind, wrong: {"type": kind, "userId": "u", "event": "e"} | wrong,
    types,
    st.dictionaries(st.sampled_from(PLACES), values, max_size=2),
)
good = {"type": "track", "event": "Good", "userId": "neighbour"}
envelopes = st.dictionaries(
    st.sampled_from(["context", "integrations", "sentAt", "writeKey"]), values, max_size=2
)


def everywhere(value, event):
    """Return bodies with `value` in each place of an event, and as an event: EVENTS of them."""
    return [value, *({**event, place: value} for place in PLACES)]


def as_json(value):
    return json.dumps(value).encode()


@pytest.fixture
def source():
    """Without `workspace`, as hypothesis wants no fixture that is made anew for each test."""
    workspace = Workspace.objects.create(slug="fuzz", name="Fuzz")
    source = Source.objects.create(
        workspace=workspace, slug="fuzz", ip_policy="mask", parse_user_agent=True, locate=True
    )
    WriteKey.objects.create(source=source, key="wk_fuzz")
    return source


@pytest.fixture
def post(client, source):
    def send(path, body, **headers):
        headers = basic("wk_fuzz") | headers
        return client.post(path, body, content_type="text/plain", headers=headers)

    return send


def test_no_event_costs_its_neighbours_or_the_server(post, source):
    seen = []

    @settings(QUICKLY, max_examples=BATCHES)
    @given(values | deep, nearly_right, envelopes)
    def check(value, event, envelope):
        odd = everywhere(value, event)
        number = len(seen)
        neighbours = [{**good, "messageId": f"good-{number}-{end}"} for end in "ab"]
        batch = [neighbours[0], *odd, neighbours[1]]

        response = post("/v1/batch", as_json({**envelope, "batch": batch}))

        assert response.status_code == 200
        rejected = {item["index"] for item in response.json().get("rejected", [])}
        assert not rejected & {0, EVENTS + 1}
        seen.append(len(batch) - len(rejected))

    check()

    kept = [json.loads(e.payload) for e in log.read_all([source.id], 0, log.horizon())]
    ids = {event["messageId"] for event in kept if event["messageId"].startswith("good-")}
    assert ids == {f"good-{number}-{end}" for number in range(len(seen)) for end in "ab"}
    assert len(seen) * EVENTS >= 18_000
    assert len(kept) > len(seen) * 4  # and many of the odd ones are stored as well


def test_no_body_costs_the_server(post):
    seen = []
    batches = st.builds(
        lambda batch: {"batch": batch}, values | st.lists(nearly_right | deep, max_size=2)
    )
    texts = (values | nearly_right | batches).map(as_json)
    cut = st.builds(lambda text, at: text[:at] + text[at + 1 :], texts, st.integers(0, 40))
    magic = st.binary(max_size=40).map(lambda data: b"\x1f\x8b\x08" + data)

    @settings(QUICKLY, max_examples=BODIES)
    @given(
        st.sampled_from([*PATHS, "/v1/batch", "/v1/b", "/v1/import"]),
        st.one_of(texts, cut, magic, st.binary(max_size=60)),
    )
    @example("/v1/batch", b'{"batch": 5}')
    def check(path, body):
        response = post(path, body)

        seen.append(response.status_code)
        assert response.status_code in (200, 400, 401)
        assert isinstance(response.json()["success"], bool)

    check()

    assert len(seen) >= BODIES
    assert seen.count(200) > BODIES / 10
