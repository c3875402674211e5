"""Emarsys: contacts, lists, and external events that start programs.

API: https://dev.emarsys.com/docs/core-api-reference (authentication, contacts, contact lists,
external events).
Facts: reference/destination-catalog/marketing.md, "Emarsys (Actions)" (read 2026-11-25), with
these choices:

- Segment ships no mappings; ours upserts a contact, known by the e-mail address (field 3), for
  each identify.
- The nonce of a request is not random but made from the moment and the request itself.
- Segment gives each action with batches a field `enable_batching` that is off
  (packages/cli/src/commands/push.ts, read 2026-11-25).
- 401 is not repeated, as 403 is not: the credentials stay wrong.
- What of a batch fails is told, contact by contact; Segment takes every answer to a batch for yes.
"""

import hashlib
from base64 import b64encode
from dataclasses import replace

from destinations.auth import Auth
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Rejected,
    Request,
    ServerFault,
    Setting,
    encode_json,
    path,
    text_of,
)

EMAIL_FIELD = "3"


def _sign(request, settings, auth, now):
    """The X-WSSE header. Its digest is the base64 of the hex of a SHA-1, not of its bytes."""
    user, password = settings["api_user"], settings["api_password"]
    created = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    content = encode_json([created, request.method, request.url, str(request.json), password])
    nonce = hashlib.sha256(content).hexdigest()[:32]
    digest = hashlib.sha1(f"{nonce}{created}{password}".encode(), usedforsecurity=False)
    token = (
        f'UsernameToken Username="{user}", '
        f'PasswordDigest="{b64encode(digest.hexdigest().encode()).decode()}", '
        f'Nonce="{nonce}", Created="{created}"'
    )
    return replace(request, headers={"X-WSSE": token, **request.headers})


def _check_answer(response):
    """A wrong password is told by 401, all else that is wrong by 200 and a `replyCode`."""
    if response.status != 200:
        return ""
    answer = response.json()
    if type(answer) is dict and answer.get("replyCode") == 0:
        return None
    return text_of(answer.get("replyText") or "") if type(answer) is dict else ""


integration = Integration(
    slug="emarsys",
    name="Emarsys",
    category="marketing",
    docs_url="https://dev.emarsys.com/docs/core-api-reference",
    base_url="https://api.emarsys.net/api/v2",
    auth=Auth("wsse", _sign),
    check=Request("GET", "/settings"),
    check_answer=_check_answer,
    names=("Emarsys (Actions)",),
    description="Contacts, lists, and external events that start programs.",
    settings=[
        Setting("api_user", "API user", required=True, help="Management → API credentials"),
        Setting("api_password", "API secret", required=True, secret=True),
    ],
    presets=[
        Preset(
            "Identify calls",
            "upsertContact",
            'type = "identify"',
            {"key_field": EMAIL_FIELD, "key_value": path("$.traits.email")},
        )
    ],
)

KEY = [
    Field("key_field", required=True, help="The id of the field that identifies contacts"),
    Field("key_value", required=True),
]
BATCHING = Field("enable_batching", "boolean", False)


def read_answer(response, payloads):
    """What 200 means is in `replyCode`; what else goes wrong may go right later."""
    answer = response.json()
    answer = answer if type(answer) is dict else {}
    if response.status == 200:
        code, said = answer.get("replyCode"), answer.get("replyText")
        if code != 0:
            error = Rejected(f"Emarsys answered {code}: {said}", status=400)
            return [error] * len(payloads)
        return _refused_contacts(answer.get("data"), payloads)
    if response.status in (400, 401, 403, 429) or response.status < 300:
        return None
    error = ServerFault(f"Emarsys answered {response.status}", status=response.status)
    return [error] * len(payloads)


def _refused_contacts(data, payloads):
    """Return the outcomes of a success that names by their keys the contacts it left out."""
    errors = data.get("errors") if type(data) is dict else None
    outcomes = []
    for payload in payloads:
        found = errors.get(payload.get("key_value")) if type(errors) is dict else None
        outcomes.append(Rejected(f"Emarsys refused this: {found}", status=400) if found else None)
    return outcomes


def _contacts(payloads):
    key = payloads[0]["key_field"]
    contacts = [{key: one["key_value"], **one["write_field"]} for one in payloads]
    url = "/contact/?create_if_not_exists=1"
    return Request("PUT", url, json={"key_id": key, "contacts": contacts})


@integration.action(
    "Upsert Contact",
    slug="upsertContact",
    batch=Batch(keys=("key_field",), enabled=False),
    fields=[
        *KEY,
        Field(
            "write_field",
            "object",
            {
                "1": path("$.traits.firstName"),
                "2": path("$.traits.lastName"),
                "3": path("$.traits.email"),
            },
            required=True,
            help="Values by the ids of their fields",
        ),
        BATCHING,
    ],
)
def upsert_contact(payload, settings):
    return _contacts([payload])


@upsert_contact.batch
def upsert_contacts(payloads, settings):
    return _contacts(payloads)


def _members(verb):
    """Return the builders that change a list: of one contact and of many."""

    def change_many(payloads, settings):
        [first, *_] = payloads
        ids = [payload["key_value"] for payload in payloads]
        url = f"/contactlist/{first['contactlistid']}/{verb}"
        return Request("POST", url, json={"key_id": first["key_field"], "external_ids": ids})

    return lambda payload, settings: change_many([payload], settings), change_many


for _slug, _label, _verb in (
    ("addToContactList", "Add to Contact List", "add"),
    ("removeFromContactList", "Remove from Contact List", "delete"),
):
    _one, _many = _members(_verb)
    _action = integration.action(
        _label,
        slug=_slug,
        batch=Batch(keys=("contactlistid", "key_field"), enabled=False),
        fields=[Field("contactlistid", "integer", required=True, minimum=1), *KEY, BATCHING],
    )(_one)
    _action.batch(_many)
    _action.answer(read_answer)


def _trigger(payload, body):
    url = f"/event/{payload['eventid']}/trigger"
    return Request("POST", url, json={"key_id": payload["key_field"], **body})


def _addressed(payload):
    return {"external_id": payload["key_value"], "data": payload.get("event_payload")}


@integration.action(
    "Trigger Event",
    slug="triggerEvent",
    batch=Batch(keys=("eventid", "key_field"), enabled=False),
    fields=[
        Field("eventid", "integer", required=True, minimum=1),
        *KEY,
        Field("event_payload", "object", allow_null=True),
        BATCHING,
    ],
)
def trigger_event(payload, settings):
    return _trigger(payload, _addressed(payload))


@trigger_event.batch
def trigger_events(payloads, settings):
    return _trigger(payloads[0], {"contacts": [_addressed(payload) for payload in payloads]})


upsert_contact.answer(read_answer)
trigger_event.answer(read_answer)
