"""Labels, retention, and the life of a write key: rotated with overlap, bound to origins."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from sources import authentication, origins, retention
from sources.models import Rejection

from .test_tracking import TRACK, post, stored

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = {"name": "Shop", "kind": "server", "ip_policy": "keep"}


def act(name, key):
    return reverse(f"source_key_{name}", args=["acme", "web", key.id])


@pytest.fixture
def key(source):
    return source.write_keys.get()


def test_labels_are_words_with_commas_between_them(client, editor, source):
    client.force_login(editor)

    client.post("/acme/sources/web/settings/", SETTINGS | {"labels": " env:prod, shop ,, shop"})

    source.refresh_from_db()
    assert source.labels == ["env:prod", "shop"]
    assert 'value="env:prod, shop"' in client.get("/acme/sources/web/settings/").content.decode()


def test_too_long_a_label_is_refused(client, editor, source):
    client.force_login(editor)

    answer = client.post("/acme/sources/web/settings/", SETTINGS | {"labels": "x" * 51})

    assert "50 characters at most" in answer.content.decode()


@pytest.mark.parametrize(("days", "kept"), [("7", 7), ("", None), ("31", "no"), ("0", "no")])
def test_retention_is_at_most_that_of_the_server(client, editor, source, days, kept):
    client.force_login(editor)

    answer = client.post("/acme/sources/web/settings/", SETTINGS | {"retention_days": days})

    source.refresh_from_db()
    assert (answer.status_code, source.retention_days) == (
        (200, None) if kept == "no" else (302, kept)
    )


def test_events_past_the_retention_of_their_source_are_deleted(client, source, workspace):
    other = workspace.sources.create(slug="other", name="Other")
    other.write_keys.create(key="wk_other")
    post(client, "/v1/batch", {"batch": [{**TRACK, "type": "track", "messageId": "a"}]})
    post(client, "/v1/track", TRACK, key="wk_other")
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sources_event SET received_at = %s", [now - timedelta(hours=25)])
    post(client, "/v1/track", {**TRACK, "messageId": "new"})
    Rejection.objects.create(
        source=source, received_at=now - timedelta(hours=25), code="x", message="", payload=""
    )
    source.retention_days = 1
    source.save(update_fields=["retention_days"])

    assert retention.delete_old_events(now, 30) == 1

    assert [event["messageId"] for event in stored(source)] == ["new"]
    assert len(stored(other)) == 1
    assert not Rejection.objects.exists()


def test_old_events_are_deleted_in_chunks(client, source):
    from sources import log

    batch = [{**TRACK, "type": "track", "messageId": str(number)} for number in range(7)]
    post(client, "/v1/batch", {"batch": batch})

    assert log.delete_before(source.id, timezone.now() + timedelta(hours=1), chunk=3) == 7
    assert stored(source) == []


def test_a_rotated_key_works_beside_the_new_one_until_its_end(client, editor, source, key):
    client.force_login(editor)

    client.post(act("rotate", key), {"hours": "24"})

    key.refresh_from_db()
    new = source.write_keys.exclude(id=key.id).get()
    assert timedelta(hours=23) < key.revoked_at - timezone.now() <= timedelta(hours=24)
    assert post(client, "/v1/track", TRACK).status_code == 200
    assert post(client, "/v1/track", TRACK, key=new.key).status_code == 200

    source.write_keys.filter(id=key.id).update(revoked_at=timezone.now())
    authentication.forget()
    assert post(client, "/v1/track", TRACK).status_code == 401


def test_the_page_says_when_a_key_ends_and_shows_the_new_one_in_snippets(client, editor, key):
    client.force_login(editor)
    client.post(act("rotate", key), {"hours": "168"})

    page = client.get("/acme/sources/web/").content.decode()

    assert "Ends <time" in page
    assert "curl -u wk_web:" not in page


def test_a_key_without_overlap_ends_at_once(client, editor, source, key):
    client.force_login(editor)

    client.post(act("rotate", key), {"hours": "0"})

    assert post(client, "/v1/track", TRACK).status_code == 401
    assert source.write_keys.count() == 2


def test_a_key_that_ends_later_can_be_revoked_now(client, editor, source, key):
    client.force_login(editor)
    client.post(act("rotate", key), {"hours": "24"})

    client.post(act("revoke", key))

    assert post(client, "/v1/track", TRACK).status_code == 401


@pytest.mark.parametrize("hours", ["5", "x", ""])
def test_odd_overlaps_change_nothing(client, editor, source, key, hours):
    client.force_login(editor)

    client.post(act("rotate", key), {"hours": hours})

    assert source.write_keys.get().revoked_at is None


def test_viewers_may_not_rotate_or_bind_keys(client, viewer, source, key):
    client.force_login(viewer)

    answers = [
        client.post(act("rotate", key), {"hours": "0"}),
        client.post(act("origins", key), {"origins": "https://a.example"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert source.write_keys.get().allowed_origins == []


def test_keys_of_others_cannot_be_rotated(client, outsider, key):
    outsider.workspaces.get().sources.create(slug="web", name="Theirs")
    client.force_login(outsider)

    address = reverse("source_key_rotate", args=["other", "web", key.id])

    assert client.post(address, {"hours": "0"}).status_code == 404


def test_a_key_with_origins_is_refused_to_other_pages(client, editor, source, key):
    client.force_login(editor)
    client.post(act("origins", key), {"origins": "https://Shop.example/\nhttps://*.a.example:8443"})
    assert source.write_keys.get().allowed_origins == [
        "https://shop.example",
        "https://*.a.example:8443",
    ]

    def send(**headers):
        return post(client, "/v1/track", TRACK, **headers).status_code

    assert send(Origin="https://shop.example") == 200
    assert send(Origin="https://x.a.example:8443") == 200
    assert send(Origin="https://evil.example") == 403
    assert send() == 403
    assert send(Referer="https://shop.example/page") == 200


def test_the_page_lists_the_origins_of_a_key_one_a_line(client, editor, source, key):
    source.write_keys.update(allowed_origins=["https://a.example", "https://b.example"])
    client.force_login(editor)

    page = client.get("/acme/sources/web/").content.decode()

    assert ">https://a.example\nhttps://b.example</textarea>" in page
    assert "{{" not in page


def test_a_rotated_key_hands_its_origins_on(client, editor, source, key):
    source.write_keys.update(allowed_origins=["https://a.example"])
    client.force_login(editor)

    client.post(act("rotate", key), {"hours": "1"})

    assert [each.allowed_origins for each in source.write_keys.all()] == [["https://a.example"]] * 2


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("HTTPS://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://*.shop.example", "https://*.shop.example"),
    ],
)
def test_origins_are_kept_as_browsers_write_them(text, cleaned):
    assert origins.clean(text) == cleaned


@pytest.mark.parametrize(
    "text", ["shop.example", "https://a/b", "https://*", "ftp://a", "*", "x y"]
)
def test_what_is_no_origin_is_refused(text):
    with pytest.raises(ValueError, match="is no origin"):
        origins.clean(text)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://a.shop.example", True),
        ("https://b.a.shop.example", True),
        ("https://shop.example", False),
        ("https://.shop.example", False),
        ("https://evil.example/.shop.example", False),
        ("https://evilshop.example", False),
        ("http://a.shop.example", False),
        ("null", False),
        (None, False),
    ],
)
def test_a_star_stands_for_names_below(origin, allowed):
    assert origins.allows(["https://*.shop.example"], origin) is allowed


def test_labels_and_retention_are_applied_and_dumped(source, workspace, tmp_path):
    from django.core.management import call_command

    from sources import declared

    file = tmp_path / "acme.yaml"
    file.write_text(
        "workspace: {slug: acme, name: Acme}\n"
        "sources: [{slug: web, labels: [env:prod], retention_days: 7, write_keys: [wk_web]}]\n"
    )

    call_command("apply", str(file))

    (dumped,) = declared.dump(workspace)
    assert (dumped["labels"], dumped["retention_days"]) == (["env:prod"], 7)
