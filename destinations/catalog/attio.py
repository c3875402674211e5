"""Attio: people, companies and other records of a CRM.

API: https://docs.attio.com/rest-api. Facts: reference/destination-catalog/crm.md, "Attio (Actions)"
(read 2026-11-25). Segment connects through an app of its own; here the app, or an access
token (Attio → Workspace settings → Developers), is the operator's.
"""

from urllib.parse import quote

from destinations.catalog._oauth import CLIENT, oauth
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Request,
    first_of,
    path,
    text_of,
)

integration = Integration(
    slug="attio",
    name="Attio",
    category="crm",
    docs_url="https://segment.com/docs/connections/destinations/catalog/actions-attio/",
    base_url="https://api.attio.com",
    auth=oauth(
        "https://app.attio.com/oauth/token",
        authorize_url="https://app.attio.com/authorize",
        needs_refresh_token=False,
    ),
    check=Request("GET", "/v1/token"),
    names=("Attio (Actions)",),
    description="Keeps people, users, companies and workspaces up to date.",
    settings=[*CLIENT],
    presets=[
        Preset("Identify calls", "identifyUser", 'type = "identify"'),
        Preset("Group calls", "groupWorkspace", 'type = "group"'),
    ],
)

BATCH = Batch(size=1000, max_size=1000, enabled=False)
COMMON = [
    Field("enable_batching", "boolean", False),
    Field("batch_size", "number", 1000, hidden=True),
    Field("received_at", "datetime", path("$.receivedAt")),
]


@integration.action(
    "Identify User",
    slug="identifyUser",
    trigger='type = "identify"',
    batch=BATCH,
    fields=[
        Field(
            "email_address",
            default=first_of("$.traits.email", "$.email"),
            required=True,
            format="email",
        ),
        Field("user_id", default=path("$.userId"), required=True),
        Field("user_attributes", "object", {}),
        Field("person_attributes", "object", {}),
        *COMMON,
    ],
)
def identify_user(payload, settings):
    return [
        _assert_record("people", "email_addresses", _person(payload)),
        _assert_record("users", "user_id", _user(payload, payload["email_address"])),
    ]


@identify_user.batch
def identify_users(payloads, settings, *, now):
    assertions = []
    for payload in payloads:
        person = _assertion("people", "email_addresses", _person(payload), payload, now)
        user = _user(payload, person)
        assertions.append(_assertion("users", "user_id", user, payload, now))
    return _assert_records(assertions)


@integration.action(
    "Group Workspace",
    slug="groupWorkspace",
    trigger='type = "group"',
    batch=BATCH,
    fields=[
        Field("domain", default=first_of("$.traits.website", "$.website"), required=True),
        Field("workspace_id", default=first_of("$.groupId", "$.context.group_id"), required=True),
        Field("user_id", default=path("$.userId")),
        Field("company_attributes", "object", {}),
        Field("workspace_attributes", "object", {}),
        *COMMON,
    ],
)
def group_workspace(payload, settings):
    response = yield _assert_record("companies", "domains", _company(payload))
    company = (response.object().get("data") or {}).get("id", {}).get("record_id")
    yield _assert_record("workspaces", "workspace_id", _workspace(payload, company))


@group_workspace.batch
def group_workspaces(payloads, settings, *, now):
    assertions = []
    for payload in payloads:
        company = _assertion("companies", "domains", _company(payload), payload, now)
        workspace = _workspace(payload, company)
        assertions.append(_assertion("workspaces", "workspace_id", workspace, payload, now))
    return _assert_records(assertions)


@integration.action(
    "Assert Record",
    slug="assertRecord",
    batch=BATCH,
    fields=[
        Field("object", default="person", required=True),
        Field("matching_attribute", default="email_addresses", required=True),
        Field("attributes", "object", {}),
        *COMMON,
    ],
)
def assert_record(payload, settings):
    values = payload.get("attributes") or {}
    return _assert_record(payload["object"], payload["matching_attribute"], values)


@assert_record.batch
def assert_any_records(payloads, settings, *, now):
    return _assert_records(
        [
            _assertion(
                payload["object"],
                payload["matching_attribute"],
                payload.get("attributes") or {},
                payload,
                now,
            )
            for payload in payloads
        ]
    )


def _person(payload):
    own = payload.get("person_attributes") or {}
    return {"email_addresses": payload["email_address"], **own}


def _user(payload, person):
    return {
        "primary_email_address": payload["email_address"],
        "person": person,
        "user_id": payload["user_id"],
        **(payload.get("user_attributes") or {}),
    }


def _company(payload):
    return {"domains": payload["domain"], **(payload.get("company_attributes") or {})}


def _workspace(payload, company):
    values = {"workspace_id": payload["workspace_id"]}
    if company:
        values["company"] = company
    if "user_id" in payload:
        values["users"] = [payload["user_id"]]
    return {**values, **(payload.get("workspace_attributes") or {})}


def _assert_record(kind, attribute, values):
    url = f"/v2/objects/{quote(kind, safe='')}/records/simple"
    query = {"matching_attribute": attribute, "append_to_existing_values": "true"}
    return Request("PUT", url, query=query, json={"data": {"values": values}})


def _assertion(kind, attribute, values, payload, now):
    return {
        "object": kind,
        "mode": "create-or-update",
        "matching_attribute": attribute,
        "multiselect_values": "append",
        "values": values,
        "received_at": text_of(payload.get("received_at")) or _iso(now),
    }


def _iso(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _assert_records(assertions):
    return Request("PUT", "/v2/batch/records", json={"assertions": assertions})
