"""What a person does to connect a tool, and what the pages and the database then say."""

import re

from django.urls import reverse

from destinations import catalog
from destinations.models import Destination, OAuthToken
from destinations.sending import tokens

from ..consenting import asked_at

CALLBACK = "/oauth/callback"


def url(name, slug="pp", workspace="acme"):
    return reverse(name, args=[workspace, slug])


def leave(client):
    """Press Connect; return the address of the consent page."""
    return client.post(url("oauth_connect")).context["url"]


def state_of(consent_url):
    return asked_at(consent_url)["state"]


def come_back(client, state, **more):
    """Come back from the consent page; return the page that one lands on, as text."""
    query = {"state": state, **(more or {"code": "code-4711"})}
    return client.get(CALLBACK, query, follow=True).content.decode()


def connect(client):
    return come_back(client, state_of(leave(client)))


def notice(page):
    """Return what the page says on top, as text."""
    said = re.search(r'id="notices".*?</div>', page, re.S)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", said[said.index(">") + 1 :]).split())


def settings_page(client):
    return client.get(url("destination_settings")).content.decode()


def stored_token():
    return OAuthToken.objects.get()


def find_tokens(destination):
    stored = Destination.objects.get(pk=destination.pk)
    return tokens.find_tokens(stored, catalog.get_integration("parcelpost"))
