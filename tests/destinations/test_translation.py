"""One subscription from event to outcome, with a tool made up for the purpose."""

import pytest

from destinations.auth import basic, bearer, header, oauth2, query
from destinations.errors import (
    InvalidPayload,
    InvalidSettings,
    MappingError,
    Rejected,
    ServerFault,
    Throttled,
    Unauthorized,
    UnknownAction,
    Unreachable,
    class_for_status,
)
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Request,
    Response,
    Setting,
    each,
    path,
    setting,
    template,
)
from destinations.language.trigger import InvalidTrigger
from destinations.request import Headers
from destinations.translation import BatchLimits, compile_subscription, default_subscriptions

from .bench import NOW, conversation

OK = Response(200, body=b"{}")


def make_tool(**changes):
    facts = {
        "slug": "parcelpost",
        "name": "Parcelpost",
        "category": "email",
        "docs_url": "https://docs.parcelpost.example",
        "base_url": "https://api.parcelpost.example/v2/",
        "auth": bearer("api_key"),
        "settings": [
            Setting("api_key", required=True, secret=True, aliases=("key",)),
            Setting("list_id", default="main"),
        ],
        **changes,
    }
    tool = Integration(**facts)

    @tool.action(
        "Upsert contact",
        trigger='type = "identify"',
        fields=[
            Field("email", default=path("$.traits.email"), required=True),
            Field("list", default=setting("list_id")),
            Field("note", secret=True),
        ],
    )
    def upsert(payload, settings):
        return Request("PUT", f"/lists/{settings['list_id']}", json=payload)

    return tool


@pytest.fixture
def tool():
    return make_tool()


def compiled(tool, action="upsert", trigger=None, mapping=None, settings=None, **options):
    settings = {"api_key": "key-12345"} if settings is None else settings
    return compile_subscription(tool, action, trigger, mapping, settings, **options)


IDENTIFY = {"type": "identify", "traits": {"email": "ann@example.com"}}


def test_an_event_becomes_a_complete_request(tool):
    translator = compiled(tool, trigger='type = "identify"')

    assert translator.wants(IDENTIFY) is True
    assert translator.wants({"type": "track"}) is False
    payload = translator.payload(IDENTIFY)
    assert payload == {"email": "ann@example.com", "list": "main"}
    assert conversation(translator, [payload]) == [
        Request(
            "PUT",
            "https://api.parcelpost.example/v2/lists/main",
            {"Authorization": "Bearer key-12345"},
            json=payload,
        )
    ]


def test_a_given_mapping_is_complete_in_itself(tool):
    translator = compiled(tool, mapping={"email": "x@y.z"})

    assert translator.payload(IDENTIFY) == {"email": "x@y.z", "list": "main"}


def test_a_mapping_may_give_what_a_setting_would(tool):
    translator = compiled(tool, mapping={"email": "x@y.z", "list": {"@path": "$.type"}})

    assert translator.payload(IDENTIFY)["list"] == "identify"


def test_an_empty_text_in_a_mapping_leaves_it_to_the_setting(tool):
    assert compiled(tool, mapping={"email": "x@y.z", "list": ""}).payload({})["list"] == "main"


def test_a_payload_without_its_required_fields_is_refused(tool):
    with pytest.raises(InvalidPayload) as caught:
        compiled(tool).payload({"type": "identify"})

    assert caught.value.errors == [("email", "is required")]
    assert (caught.value.status, caught.value.code) == (400, "PAYLOAD_VALIDATION_FAILED")


def test_a_mapping_that_cannot_be_run_on_an_event_is_a_refusal_of_that_event(tool):
    node = {"@case": {"operator": "sideways", "value": {"@path": "$.type"}}}

    with pytest.raises(InvalidPayload, match=r"email.@case unknown operator"):
        compiled(tool, mapping={"email": node}).payload(IDENTIFY)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"action": "no_such"}, UnknownAction),
        ({"trigger": "nonsense"}, InvalidTrigger),
        ({"mapping": {"email": {"@nope": 1}}}, MappingError),
        ({"mapping": "text"}, MappingError),
    ],
)
def test_wrong_subscriptions_do_not_compile(tool, options, error):
    with pytest.raises(error):
        compiled(tool, **options)


def test_a_setting_may_go_by_another_name(tool):
    [request] = conversation(compiled(tool, settings={"key": "k-9"}), [{"email": "a"}])

    assert request.headers == {"Authorization": "Bearer k-9"}


def test_a_setting_that_is_needed_and_not_set_is_named(tool):
    translator = compiled(tool, settings={})

    with pytest.raises(InvalidSettings, match="api_key"):
        conversation(translator, [{"email": "a"}])


@pytest.mark.parametrize(
    ("auth", "headers", "in_query"),
    [
        (bearer("api_key"), {"Authorization": "Bearer k"}, None),
        (bearer("api_key", "Klaviyo-API-Key"), {"Authorization": "Klaviyo-API-Key k"}, None),
        (basic("api_key"), {"Authorization": "Basic azo="}, None),
        (basic("api_key", "list_id"), {"Authorization": "Basic azptYWlu"}, None),
        (header("X-Api-Key", "api_key"), {"X-Api-Key": "k"}, None),
        (query("key", "api_key"), {}, {"key": "k"}),
    ],
)
def test_ways_to_sign(auth, headers, in_query):
    tool = make_tool(auth=auth)

    [request] = conversation(compiled(tool, settings={"api_key": "k"}), [{"email": "a"}])

    assert (request.headers, request.query) == (headers, in_query)


def test_oauth_signs_with_the_token_it_was_given_and_knows_how_to_renew_it():
    tool = make_tool(
        auth=oauth2("https://login.example/token", client_id="list_id", client_secret="api_key")
    )
    settings = {"api_key": "secret", "list_id": "client"}
    translator = compiled(tool, settings=settings)

    [request] = conversation(translator, [{"email": "a"}], auth={"accessToken": "t-1"})

    assert request.headers == {"Authorization": "Bearer t-1"}
    renew = tool.auth.oauth.token_request(settings, {"refreshToken": "r-1"})
    assert renew == Request(
        "POST",
        "https://login.example/token",
        form={
            "grant_type": "refresh_token",
            "client_id": "client",
            "client_secret": "secret",
            "refresh_token": "r-1",
        },
    )
    assert tool.auth.oauth.read_token({"access_token": "t-2"}, {"refreshToken": "r-1"}) == {
        "accessToken": "t-2",
        "refreshToken": "r-1",
    }
    with pytest.raises(Unauthorized, match="connect"):
        conversation(translator, [{"email": "a"}])


def test_the_base_url_may_depend_on_the_settings():
    tool = make_tool(base_url=lambda settings: f"https://{settings['list_id']}.example")

    [request] = conversation(compiled(tool), [{"email": "a"}])

    assert request.url == "https://main.example/lists/main"


def test_requests_of_a_list_stop_at_the_first_failure():
    tool = make_tool()

    @tool.action("Two steps", fields=[])
    def two(payload, settings):
        return [Request("POST", "/first"), Request("POST", "/second")]

    translator = compiled(tool, "two")
    assert len(conversation(translator, [{}])) == 2
    with pytest.raises(ServerFault):
        conversation(translator, [{}], answers=[Response(503)])


def make_lookup_tool():
    tool = make_tool()

    @tool.action("Find or create", fields=[Field("email")])
    def find_or_create(payload, settings):
        try:
            found = yield Request("GET", "/contacts", query={"email": payload["email"]})
        except Rejected as error:
            if error.status != 404:
                raise
            yield Request("POST", "/contacts", json=payload)
        else:
            yield Request("PATCH", f"/contacts/{found.json()['id']}", json=payload)

    return tool


def test_a_tool_can_be_asked_before_it_is_written_to():
    translator = compiled(make_lookup_tool(), "find_or_create")

    requests = conversation(translator, [{"email": "a"}], [Response(200, body=b'{"id": 7}')])

    assert [(each.method, each.url[30:]) for each in requests] == [
        ("GET", "/v2/contacts"),
        ("PATCH", "/v2/contacts/7"),
    ]


def test_a_builder_may_catch_a_failing_answer_and_lets_others_through():
    translator = compiled(make_lookup_tool(), "find_or_create")

    requests = conversation(translator, [{"email": "a"}], [Response(404)])

    assert [each.method for each in requests] == ["GET", "POST"]
    with pytest.raises(Throttled) as caught:
        answer = Response(429, Headers({"Retry-After": "7"}))
        conversation(translator, [{"email": "a"}], [answer])
    assert caught.value.retry_after_s == 7


def test_a_failure_that_the_builder_caught_at_the_end_is_none():
    tool = make_tool()

    @tool.action("Forget", fields=[])
    def forget(payload, settings):
        try:
            yield Request("DELETE", "/contacts/7")
        except Rejected:
            pass  # gone already

    steps = compiled(tool, "forget").requests([{}], now=NOW)
    next(steps)

    with pytest.raises(StopIteration) as stop:
        steps.send(Response(404))
    assert stop.value.value == [None]


def test_a_builder_may_know_a_way_on_when_there_is_no_answer(tool):
    @tool.action("Either", fields=[])
    def either(payload, settings):
        try:
            yield Request("POST", "/first")
        except Unreachable:
            yield Request("POST", "/second")

    requests = compiled(tool, "either").requests([{}], now=NOW)

    assert next(requests).url.endswith("/first")
    assert requests.throw(Unreachable("no answer")).url.endswith("/second")


def test_no_answer_goes_past_a_builder_that_does_not_wait_for_it(tool):
    requests = compiled(tool).requests([{"email": "ann@example.com"}], now=NOW)
    next(requests)

    with pytest.raises(Unreachable):
        requests.throw(Unreachable("no answer"))


def test_builders_get_the_keywords_they_name():
    tool = make_tool()

    @tool.action("Curious", fields=[])
    def curious(payload, settings, *, now, auth, event, sync_mode):
        facts = {"now": now.isoformat(), "auth": auth, "event": event, "mode": sync_mode}
        return Request("POST", "/x", json=facts)

    translator = compiled(tool, "curious", mapping={"__segment_internal_sync_mode": "add"})

    [request] = conversation(translator, [{}], auth={"a": 1}, events=[IDENTIFY])

    assert request.json == {
        "now": NOW.isoformat(),
        "auth": {"a": 1},
        "event": IDENTIFY,
        "mode": "add",
    }


def test_builders_cannot_ask_for_anything_else():
    with pytest.raises(TypeError, match="database"):

        @make_tool().action("Greedy", fields=[])
        def greedy(payload, settings, *, database):
            pass


def make_batch_tool(**batch):
    tool = make_tool()
    fields = [
        Field("email"),
        Field("list"),
        Field("tags", "object"),
        Field("enable_batching", "boolean"),
        Field("batch_size", "number"),
    ]

    @tool.action("Import", slug="import", fields=fields, batch=Batch(**batch))
    def import_one(payload, settings):
        return Request("POST", "/contacts", json=payload)

    @import_one.batch
    def import_many(payloads, settings):
        return Request("POST", "/contacts/batch", json=payloads)

    @import_one.answer
    def read(response, payloads):
        failed = response.json().get("failed")
        if failed is None:
            return None
        return [Rejected("no", status=400) if i in failed else None for i in range(len(payloads))]

    return tool


def test_batches_carry_many_payloads_and_report_on_each():
    translator = compiled(make_batch_tool(size=50, max_size=100, keys=("list",)), "import")
    payloads = [{"email": "a"}, {"email": "b"}]

    [request] = conversation(translator, payloads)

    assert translator.batch == BatchLimits(size=50, bytes=4_000_000, keys=("list",))
    assert (request.url[-6:], request.json) == ("/batch", payloads)
    answer = Response(200, body=b'{"failed": [1]}')
    assert translator.outcomes(answer, payloads) == [None, Rejected("no", status=400)]


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ({"batch_size": 20}, 20),
        ({"batch_size": "20"}, 20),
        ({"batch_size": 0}, 50),
        ({"batch_size": 500}, 100),
        ({"batch_size": "many"}, 50),
        ({"enable_batching": False}, None),
        ({"enable_batching": "false"}, None),
    ],
)
def test_a_mapping_chooses_the_size_of_batches(mapping, expected):
    translator = compiled(make_batch_tool(size=50, max_size=100), "import", mapping=mapping)

    assert (translator.batch and translator.batch.size) == expected


def test_batching_can_be_forced_either_way():
    tool = make_batch_tool(enabled=False)

    assert compiled(tool, "import").batch is None
    assert compiled(tool, "import", batching=True).batch is not None
    assert compiled(make_batch_tool(), "import", batching=False).batch is None


def test_payloads_of_one_batch_agree_in_the_key_fields():
    translator = compiled(make_batch_tool(keys=("list", "tags")), "import")

    key = translator.batch_key({"list": "a", "tags": {"x": 1}})

    assert key == translator.batch_key({"list": "a", "tags": {"x": 1}, "email": "other"})
    assert key != translator.batch_key({"list": "b", "tags": {"x": 1}})
    assert key != translator.batch_key({"list": "a", "tags": {"x": 2}})
    assert hash(key)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, None),
        (202, None),
        (400, Rejected),
        (401, Unauthorized),
        (403, Unauthorized),
        (404, Rejected),
        (408, ServerFault),
        (423, ServerFault),
        (425, ServerFault),
        (429, Throttled),
        (500, ServerFault),
        (501, Rejected),
        (503, ServerFault),
        (302, Rejected),
    ],
)
def test_what_a_status_means(status, expected):
    assert class_for_status(status) is expected


def test_an_error_says_what_the_tool_answered_without_secrets(tool):
    translator = compiled(tool)
    answer = Response(422, body=b'{"error": "bad key   key-12345"}')

    [error] = translator.outcomes(answer, [{"email": "a"}])

    assert str(error) == 'Parcelpost answered 422: {"error": "bad key •••"}'
    assert (error.code, error.status, error.retryable) == ("422", 422, False)


def test_retry_after_may_be_a_date(tool):
    answer = Response(503, Headers({"Retry-After": "Thu, 20 Aug 2026 12:01:00 GMT"}))

    [error] = compiled(tool).outcomes(answer, [{}], now=NOW)

    assert error.retry_after_s == 60


def test_secrets_are_masked_wherever_they_stand(tool):
    translator = compiled(tool)
    payload = {"email": "a@b.c", "note": "psst!"}
    request = Request(
        "POST",
        "https://x.example/?k=key-12345&n=psst%21",
        {"Authorization": "Bearer key-12345", "X-Note": "psst!"},
        query={"key": "key-12345"},
        json={"list": [{"deep": "a key-12345 b"}], "psst!": 1},
    )

    assert translator.redact(request, [payload]) == Request(
        "POST",
        "https://x.example/?k=•••&n=•••",
        {"Authorization": "Bearer •••", "X-Note": "•••"},
        query={"key": "•••"},
        json={"list": [{"deep": "a ••• b"}], "•••": 1},
    )


def test_secrets_in_a_mapping_can_be_masked(tool):
    mapping = {"email": {"@path": "$.a"}, "note": "psst!"}

    assert tool.get_action("upsert").masked_mapping(mapping) == {
        "email": {"@path": "$.a"},
        "note": "•••",
    }


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("https://x.example/a b", {}),
        ("https://x.example/\r\nHost: evil", {}),
        ("ftp://x.example", {}),
        ("file:///etc/passwd", {}),
        ("https://", {}),
        ("https://x.example", {"X-A": "1\r\nX-B: 2"}),
        ("https://x.example", {"X-A\r\nX-B": "2"}),
        ("https://x.example", {"X A": "2"}),
        ("https://x.example", {"": "2"}),
        ("https://x.example", {"X-A": 5}),
    ],
)
def test_what_would_break_out_of_its_line_is_not_sent(url, headers):
    tool = make_tool()

    @tool.action("Raw", fields=[])
    def raw(payload, settings):
        return Request("POST", url, headers)

    with pytest.raises(InvalidPayload):
        conversation(compiled(tool, "raw"), [{}])


def test_default_subscriptions_are_the_presets_with_their_whole_mapping():
    tool = make_tool(presets=[Preset("All", "upsert", 'type = "track"', {"note": template("x")})])

    assert default_subscriptions(tool) == [
        Preset(
            "All",
            "upsert",
            'type = "track"',
            {"email": {"@path": "$.traits.email"}, "note": {"@template": "x"}},
        )
    ]


def test_a_tool_without_presets_starts_with_the_suggested_triggers(tool):
    [preset] = default_subscriptions(tool)

    assert (preset.action, preset.trigger) == ("upsert", 'type = "identify"')


def test_a_default_can_go_through_each_item_of_a_list():
    field = Field(
        "products",
        "object",
        each("$.properties.products"),
        multiple=True,
        properties=[Field("price", "number", path("$.price")), Field("sku")],
    )

    assert field.default_mapping() == {
        "@arrayPath": ["$.properties.products", {"price": {"@path": "$.price"}}]
    }


def test_the_secrets_in_a_list_are_secret_one_by_one():
    keys = Setting("keys", type="list", secret=True)
    tool = Integration("tool", "Tool", "analytics", "https://tool.example", settings=[keys])

    assert tool.secrets({"keys": ["key-1", "key-2"]}) == ["key-1", "key-2"]
