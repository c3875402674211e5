"""Who gets in, and how guessing is slowed down."""

import pytest
from django.core.cache import cache
from django.urls import reverse

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def no_attempts_remembered():
    cache.clear()
    yield
    cache.clear()


def sign_in(client, email, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def test_a_person_signs_in_by_e_mail_in_any_spelling(client, owner):
    response = sign_in(client, "Owner@Example.com")

    assert response.status_code == 302
    assert response["Location"] == "/"


def test_it_goes_on_to_the_page_that_was_asked_for_but_never_to_another_server(client, owner):
    here = sign_in(client, owner.email, next="/acme/sources/")
    client.logout()
    elsewhere = sign_in(client, owner.email, next="https://evil.example/")

    assert here["Location"] == "/acme/sources/"
    assert elsewhere["Location"] == "/"


def test_a_wrong_password_and_an_unknown_person_look_the_same(client, owner):
    wrong = sign_in(client, owner.email, "wrong")
    unknown = sign_in(client, "nobody@example.com", "wrong")

    message = "This e-mail and password do not belong together."
    assert message in wrong.content.decode()
    assert message in unknown.content.decode()


def test_a_person_who_was_switched_off_looks_like_one_who_is_unknown(client, owner):
    owner.is_active = False
    owner.save(update_fields=["is_active"])

    assert "do not belong together" in sign_in(client, owner.email).content.decode()


def test_after_eight_failures_even_the_right_password_has_to_wait(client, owner):
    for _ in range(8):
        sign_in(client, owner.email, "wrong")

    response = sign_in(client, owner.email)

    assert response.status_code == 200
    assert "Too many attempts" in response.content.decode()


def test_failures_from_one_address_do_not_lock_out_another(client, owner):
    for _ in range(9):
        sign_in(client, owner.email, "wrong")

    response = client.post(
        "/sign-in/",
        {"username": owner.email, "password": PASSWORD},
        REMOTE_ADDR="203.0.113.9",
    )

    assert response.status_code == 302


def test_a_forged_forwarded_header_does_not_make_a_new_address(client, owner):
    for number in range(9):
        client.post(
            "/sign-in/",
            {"username": owner.email, "password": "wrong"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )

    assert "Too many attempts" in sign_in(client, owner.email).content.decode()


def test_pages_send_strangers_to_sign_in_and_back(client, workspace):
    response = client.get("/acme/sources/")

    assert response["Location"] == "/sign-in/?next=/acme/sources/"


def test_a_fragment_of_an_ended_session_reloads_the_page(client, workspace):
    url = reverse("source_overview_fragment", args=["acme"])

    response = client.get(url, headers={"HX-Request": "true"}, follow=True)

    assert response["HX-Refresh"] == "true"


def test_signing_out_takes_a_post(client, owner):
    client.force_login(owner)

    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/acme/").status_code == 302
