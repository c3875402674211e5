"""Salesforce: leads, contacts, accounts and other records of a CRM.

API: https://developer.salesforce.com/docs/apis (REST, Bulk 2.0). Facts:
reference/destination-catalog/crm.md, "Salesforce (Actions)" (read 2026-11-25). Segment connects
through an app of its own; here the connected app, or an access token, is a setting.

Segment ships no mappings. Ours find a lead by its e-mail address and an account by its number.
Actions ending in 2 take the operation from the mapping's sync mode; without one they upsert.

Differences from Segment: a backslash in a value that is searched for is escaped too; each row of a
batch is judged by itself, where Segment judges all by the first; and rows of one batch that name
different external id fields become a job each.
"""

from dataclasses import dataclass, replace

from destinations.auth import OAuth2
from destinations.catalog._bodies import needed
from destinations.catalog._oauth import CLIENT, oauth
from destinations.catalog._salesforce_fields import (
    COMMON,
    CUSTOM_FIELDS,
    OBJECTS,
    OPERATION,
    first_fields,
)
from destinations.catalog._salesforce_records import API, write_bulk, write_record
from destinations.integration import Batch, Integration, Preset, Request, Setting, first_of, path

OPERATIONS = {"add": "create", "update": "update", "upsert": "upsert", "delete": "delete"}


def authorize_url(settings):
    return f"{_login(settings)}/services/oauth2/authorize"


def token_url(settings):
    return f"{_login(settings)}/services/oauth2/token"


def _login(settings):
    return f"https://{'test' if settings.get('isSandbox') else 'login'}.salesforce.com"


@dataclass(frozen=True)
class PasswordOrRefresh(OAuth2):
    """With a user name and a password no consent is needed: they are the grant."""

    def applies(self, settings, auth):
        client = settings.get(self.client_id) and settings.get(self.client_secret)
        return super().applies(settings, auth) or bool(client and self._has_password(settings))

    def token_request(self, settings, auth, now=None):
        request = super().token_request(settings, auth, now)
        if not self._has_password(settings):
            return request
        form = {name: value for name, value in request.form.items() if name != "refresh_token"}
        password = settings["auth_password"] + (settings.get("security_token") or "")
        grant = {"grant_type": "password", "username": settings["username"], "password": password}
        return replace(request, form=form | grant)

    def _has_password(self, settings):
        return bool(settings.get("username") and settings.get("auth_password"))


integration = Integration(
    slug="salesforce",
    name="Salesforce",
    category="crm",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-salesforce/",
    base_url=lambda settings: needed(settings, "instanceUrl"),
    auth=replace(
        oauth(token_url),
        oauth=PasswordOrRefresh(
            token_url,
            authorize_url=authorize_url,
            access_token="access_token",
            consent={"scope": "api refresh_token"},
            pkce=True,
            keeps={"instance_url": "instanceUrl"},
            superseded=("auth_password",),
        ),
    ),
    check=Request("GET", f"{API}/limits"),
    names=("Salesforce (Actions)",),
    description="Keeps leads, contacts and accounts up to date.",
    settings=[
        Setting(
            "instanceUrl",
            "Instance URL",
            type="url",
            help="https://<yours>.my.salesforce.com. Connect fills it in",
        ),
        Setting("isSandbox", "Sandbox", type="boolean", default=False),
        Setting("username", "User name", help="For the password grant"),
        Setting("auth_password", "Password", secret=True, help="Forgotten when you connect"),
        Setting("security_token", "Security token", secret=True, help="Follows the password"),
        *CLIENT,
    ],
    presets=[
        Preset(
            "Identify calls",
            "lead2",
            'type = "identify"',
            {"traits": {"Email": first_of("$.traits.email", "$.properties.email")}},
        ),
        Preset(
            "Group calls",
            "account2",
            'type = "group"',
            {"traits": {"AccountNumber": path("$.groupId")}},
        ),
    ],
)


def _register(slug, label, kind, fields, needed, trigger, by_sync_mode):
    def operation_of(payload, sync_mode):
        return OPERATIONS[sync_mode or "upsert"] if by_sync_mode else payload["operation"]

    def write(payload, settings, *, sync_mode):
        sobject = kind or payload["customObjectName"]
        yield from write_record(payload, sobject, operation_of(payload, sync_mode), needed)

    def write_batch(payloads, settings, *, sync_mode):
        first = payloads[0]
        sobject = kind or first["customObjectName"]
        return (yield from write_bulk(payloads, sobject, operation_of(first, sync_mode), needed))

    own = [*COMMON, *(fields if by_sync_mode else first_fields(slug, fields)), CUSTOM_FIELDS]
    keys = () if kind else ("customObjectName",)
    action = integration.action(
        f"{label} V2" if by_sync_mode else label,
        slug=f"{slug}2" if by_sync_mode else slug,
        trigger=trigger,
        batch=Batch(5000, 5000, keys=keys if by_sync_mode else ("operation", *keys), enabled=False),
        fields=own if by_sync_mode else [OPERATION, *own],
    )(write)
    action.batch(write_batch)


for _object in OBJECTS:
    _register(*_object, by_sync_mode=False)
    _register(*_object, by_sync_mode=True)
