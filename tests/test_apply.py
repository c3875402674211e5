"""`manage.py apply` and `dump`."""

import re

import pytest
from django.core.management import CommandError, call_command

from config.declared import apply, dump
from sources.models import WriteKey
from workspaces.document import DeclaredError
from workspaces.models import User, Workspace

FILE = """\
workspace: {slug: acme, name: Acme}
sources:
  - {slug: web, name: Website, write_keys: [wk_web_0123456789]}
destinations:
  - slug: hook
    integration: webhook              # slug in the catalogue
    sources: [web]
    enabled: true
    settings: {url: "https://hooks.example.com/in", secret: !env HOOK_SECRET}
    subscriptions:                    # left out: the integration's default subscriptions
      - {action: send, trigger: 'type = "track"', mapping: {data: {"@path": "$."}}}
    filters:
      - {if: 'event = "Order Completed"', action: drop}
warehouses:
  - {slug: lake, kind: duckdb, sources: [web], schedule: 15m, settings: {path: warehouse.duckdb}}
"""
ENVIRONMENT = {"HOOK_SECRET": "hush-hush"}


@pytest.fixture
def admin(db):
    return User.objects.create_superuser("admin@example.com", "correct horse battery")


@pytest.fixture
def applied(admin):
    apply(FILE, ENVIRONMENT)
    return Workspace.objects.get(slug="acme")


def test_a_file_makes_a_workspace_that_works(applied, admin):
    hook = applied.destinations.get()
    lake = applied.warehouses.get()

    assert applied.memberships.get().user == admin
    assert WriteKey.objects.get().key == "wk_web_0123456789"
    assert hook.enabled
    assert hook.settings["sharedSecret"] == "hush-hush"
    assert [each.slug for each in hook.sources.all()] == ["web"]
    assert list(hook.subscriptions.values("name", "action", "trigger", "mapping")) == [
        {
            "name": "Send",
            "action": "send",
            "trigger": 'type = "track"',
            "mapping": {"data": {"@path": "$."}},
        }
    ]
    assert list(hook.filters.values_list("condition", "action")) == [
        ('event = "Order Completed"', "drop")
    ]
    assert (lake.kind, lake.schedule) == ("duckdb", "15m")
    assert [each.slug for each in lake.sources.all()] == ["web"]


def test_applying_again_changes_nothing(applied):
    assert apply(FILE, ENVIRONMENT, prune=True) == []


def test_what_is_dumped_applies_without_a_change(applied):
    text = dump(applied)

    assert "!env HOOK_SHARED_SECRET\n" in text
    assert "hush-hush" not in text
    assert apply(text, {"HOOK_SHARED_SECRET": "hush-hush"}, prune=True) == []


def test_what_is_dumped_makes_the_same_workspace_elsewhere(applied):
    text = dump(applied)
    applied.delete()

    apply(text, {"HOOK_SHARED_SECRET": "hush-hush"})

    assert dump(Workspace.objects.get(slug="acme")) == text


def test_subscriptions_left_out_are_the_defaults(applied):
    text = re.sub(r"    subscriptions:.*\n.*\n", "", FILE)

    changes = apply(text, ENVIRONMENT)

    assert changes == ["changed destination hook: subscriptions"]
    assert applied.destinations.get().subscriptions.get().trigger.count(" or ") == 5


def test_a_subscription_that_changes_keeps_its_row(applied):
    before = applied.destinations.get().subscriptions.get().id

    apply(FILE.replace('type = "track"', 'type = "page"'), ENVIRONMENT)

    after = applied.destinations.get().subscriptions.get()
    assert (after.id, after.trigger) == (before, 'type = "page"')


def test_secrets_in_mappings_and_headers_are_not_dumped(admin):
    text = """\
workspace: {slug: acme}
destinations:
  - slug: chat
    integration: slack
    enabled: false
    subscriptions:
      - {action: postToChannel, trigger: type = "track", mapping: {url: "https://x.slack.com/s/1"}}
  - slug: 1-hook
    integration: webhook
    settings: {url: "https://example.com", headers: {Authorization: Bearer abc, X-Team: blue}}
"""
    apply(text, {})

    dumped = dump(Workspace.objects.get(slug="acme"))

    assert "url: !env CHAT_POST_TO_CHANNEL_URL" in dumped
    assert "Authorization: !env _1_HOOK_HEADERS_AUTHORIZATION" in dumped
    assert "X-Team: blue" in dumped
    environment = {
        "CHAT_POST_TO_CHANNEL_URL": "https://x.slack.com/s/1",
        "_1_HOOK_HEADERS_AUTHORIZATION": "Bearer abc",
    }
    assert apply(dumped, environment) == []


def test_prune_removes_what_the_file_lacks(applied):
    text = """\
workspace: {slug: acme, name: Acme}
sources:
  - {slug: app, write_keys: [wk_app]}
"""
    assert apply(text, {}) == ["made source app", "added a write key to source app"]

    assert apply(text, {}, prune=True) == [
        "removed destination hook",
        "removed warehouse lake",
        "removed source web",
    ]


def test_prune_revokes_write_keys(applied):
    text = FILE.replace("[wk_web_0123456789]", "[wk_new]")

    assert apply(text, ENVIRONMENT, prune=True) == [
        "added a write key to source web",
        "revoked 1 write keys of source web",
    ]
    assert apply(text, ENVIRONMENT, prune=True) == []


def test_a_source_without_write_keys_gets_one(admin):
    changes = apply("workspace: {slug: acme}\nsources: [{slug: web}]", {})

    assert changes[-1] == f"drew a write key for source web: {WriteKey.objects.get().key}"


def test_plain_words_are_read_as_yaml_1_2_reads_them(admin):
    text = """\
workspace: {slug: acme}
destinations:
  - slug: hook
    integration: webhook
    settings: {url: "https://example.com"}
    subscriptions:
      - action: send
        trigger: type = "track"
        mapping: {data: {country: NO, zip: 01234, day: 2026-11-23, count: 12, share: 1e3, on: true}}
"""
    apply(text, {})

    workspace = Workspace.objects.get(slug="acme")
    mapping = {
        "country": "NO",
        "zip": "01234",
        "day": "2026-11-23",
        "count": 12,
        "share": 1000.0,
        "on": True,
    }
    assert workspace.destinations.get().subscriptions.get().mapping == {"data": mapping}
    assert apply(dump(workspace), {}) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: Acme}", "nam: Acme}", "line 1: workspace.nam: There is no such key."),
        ("slug: acme", "slug: admin", "line 1: workspace.slug: This address is the product's own"),
        ("slug: web,", "slug: we b,", "line 3: sources[0].slug: This may hold letters"),
        ("[wk_web_0123456789]", "['a b']", "line 3: sources[0].write_keys[0]: "),
        ("integration: webhook", "integration: nope", "line 6: destinations[0].integration: "),
        ("    integration: webhook", "", "line 5: destinations[0]: `integration` is missing."),
        ("sources: [web]\n", "sources: [wob]\n", "line 7: destinations[0].sources[0]: There is no"),
        ("enabled: true", "enabled: yes", "line 8: destinations[0].enabled: This has to be true"),
        ("https://hooks", "ftp://hooks", "line 9: destinations[0].settings.url: This has to be a"),
        ("secret: !env", "sekret: !env", "line 9: destinations[0].settings.sekret: There is no"),
        ("!env HOOK_SECRET", "!env OTHER", "line 9: destinations[0].settings.secret: The env"),
        ("action: send", "action: sent", "line 11: destinations[0].subscriptions[0].action: "),
        ("type = ", "type == ", "line 11: destinations[0].subscriptions[0].trigger: This is no"),
        ('"@path"', '"@pith"', "line 11: destinations[0].subscriptions[0].mapping: The mapping"),
        ("action: drop", "action: drip", "line 13: destinations[0].filters[0]: This is no filter"),
        ("if: 'event =", "if: 'event", "line 13: destinations[0].filters[0]: This is no filter"),
        ("kind: duckdb", "kind: duck", "line 15: warehouses[0].kind: "),
        ("schedule: 15m", "schedule: 15x", "line 15: warehouses[0].schedule: "),
        ("{path:", "{pfad:", "line 15: warehouses[0].settings.pfad: There is no such setting."),
        ("{slug: lake,", "{slug: lake", "line 15: "),
        ("enabled: true", "slug: hook", "line 8: destinations[0].slug: This key is there twice."),
        ("{slug: acme, name: Acme}", "&a {slug: *a}", "line 1: This refers to itself."),
    ],
)
def test_a_bad_file_changes_nothing_and_says_where_it_is_bad(db, old, new, message):
    assert old in FILE

    with pytest.raises(DeclaredError) as caught:
        apply(FILE.replace(old, new, 1), ENVIRONMENT)

    assert str(caught.value).startswith(message)
    assert not Workspace.objects.exists()


def test_a_write_key_of_another_source_is_refused(applied):
    text = "workspace: {slug: other}\nsources: [{slug: web, write_keys: [wk_web_0123456789]}]"

    with pytest.raises(DeclaredError, match="another source's"):
        apply(text, {})


def test_a_destination_keeps_its_integration(applied):
    text = re.sub(r"    (settings|subscriptions):.*\n(      - .*\n)?", "", FILE)

    with pytest.raises(DeclaredError, match=r"line 6: .*hook is a webhook already"):
        apply(text.replace("webhook ", "slack "), ENVIRONMENT)


def test_the_commands_read_and_print_files(admin, tmp_path, monkeypatch, capsys):
    path = tmp_path / "acme.yaml"
    path.write_text(FILE)
    monkeypatch.setenv("HOOK_SECRET", "hush-hush")

    call_command("apply", str(path), "--dry-run")
    assert not Workspace.objects.exists()
    call_command("apply", str(path))
    assert "switched hook on" in capsys.readouterr().out
    call_command("apply", str(path))
    assert capsys.readouterr().out == "nothing to change\n"
    call_command("dump", "acme")
    assert capsys.readouterr().out.startswith("# To be set in the environment: HOOK_SHARED_SECRET")


def test_the_commands_say_what_is_wrong_in_one_line(admin, tmp_path):
    path = tmp_path / "acme.yaml"
    path.write_text("workspace: {slug: acme}\nsaurces: []\n")

    with pytest.raises(CommandError, match=r"acme.yaml, line 2: saurces: There is no such key"):
        call_command("apply", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("apply", str(tmp_path / "none.yaml"))
    with pytest.raises(CommandError, match=r"There is no workspace acme\. There are: none\."):
        call_command("dump", "acme")


def test_what_the_door_does_with_a_source_is_kept(admin):
    door = "strict: true, rate_limit: 100, rate_burst: 500, ip_policy: mask, locate: true"
    file = FILE.replace("name: Website,", f"name: Website, {door},")
    apply(file, ENVIRONMENT)

    text = dump(Workspace.objects.get(slug="acme"))

    assert "  strict: true\n  rate_limit: 100\n  rate_burst: 500\n  ip_policy: mask\n" in text
    assert apply(file, ENVIRONMENT) == []
    with pytest.raises(DeclaredError, match="a whole number from 1 on"):
        apply(file.replace("rate_limit: 100", "rate_limit: 0.5"), ENVIRONMENT)


def test_origins_consent_and_filters_of_warehouses_are_kept(admin):
    key = '{key: wk_web_0123456789, origins: ["https://Shop.example/"]}'
    file = FILE.replace("[wk_web_0123456789]", f"[{key}]").replace(
        "    enabled: true\n", "    enabled: true\n    consent: [ads, stats]\n"
    )
    file += """\
  - slug: ponds
    kind: duckdb
    settings: {path: ponds.duckdb}
    filters:
      - {if: all, action: drop_properties, fields: {context: [ip]}, name: No addresses}
      - {if: event = 'Test', action: drop_event, enabled: false}
"""
    apply(file, ENVIRONMENT)

    workspace = Workspace.objects.get(slug="acme")
    assert WriteKey.objects.get().allowed_origins == ["https://shop.example"]
    assert workspace.destinations.get().consent_categories == ["ads", "stats"]
    assert workspace.warehouses.get(slug="ponds").filters == [
        {
            "if": "all",
            "action": "drop_properties",
            "fields": {"context": ["ip"]},
            "name": "No addresses",
            "enabled": True,
        },
        {"if": "event = 'Test'", "action": "drop", "enabled": False},
    ]
    assert apply(file, ENVIRONMENT) == []
    assert apply(dump(workspace), {"HOOK_SHARED_SECRET": "hush-hush"}) == []


def test_a_file_that_leaves_out_origins_lets_every_page_use_the_key(applied):
    WriteKey.objects.update(allowed_origins=["https://shop.example"])

    assert apply(FILE, ENVIRONMENT) == ["changed the origins of a write key of source web"]
    assert WriteKey.objects.get().allowed_origins == []


def test_a_wrong_origin_is_named(admin):
    file = FILE.replace("[wk_web_0123456789]", "[{key: wk_web, origins: [shop]}]")

    with pytest.raises(DeclaredError, match=r"line 3: .*origins\[0\]: “shop” is no origin"):
        apply(file, ENVIRONMENT)


def test_a_destination_has_ten_filters_at_most(admin):
    one = "      - {if: 'event = \"Order Completed\"', action: drop}\n"

    with pytest.raises(DeclaredError, match=r"filters: A destination has 10 filters at most"):
        apply(FILE.replace(one, one * 11), ENVIRONMENT)
