"""Marketo static lists: who enters an audience is put on a list of leads, who leaves is taken off.

API: https://experienceleague.adobe.com/en/docs/marketo-developer/marketo/rest/ (bulk lead import,
static lists; read 2026-11-25). Facts: reference/destination-catalog/marketing.md, "Marketo Static
Lists (Actions)", and, where it is silent, Segment's open source (destinations/marketo-static-lists,
read 2026-11-25). Both actions are here; deliberate differences:

- Lists are not made here, so `folder_name` has no effect. A list is what Segment's audiences or its
  on-save hook have left, or its ID written into `external_id`, which is therefore shown.
- A value with a comma, a quote or a line break is put between quotes. Unquoted, as Segment sends
  it, it moves the columns behind it, or adds a lead of somebody's making.
- People of different lists or lookup fields are never in one batch.
- When none of the leads is found nobody is taken off; Segment asks to take off no one, and fails.
- So many people that the address of their look-up would be too long go in a body, as Marketo asks.
- "Too many imports" (1016) is tried again, too.
"""

from urllib.parse import quote, urlencode

from destinations.catalog._marketo import (
    answer_of,
    check_answer,
    client_credentials,
    read_answer,
)
from destinations.integration import (
    Batch,
    Field,
    Integration,
    InvalidPayload,
    Request,
    Setting,
    first_of,
    path,
    text_of,
)

LOOKUP_FIELDS = (
    ("email", "E-mail address"),
    ("id", "ID"),
    ("cookies", "Cookies"),
    ("twitterId", "Twitter ID"),
    ("facebookId", "Facebook ID"),
    ("linkedinId", "LinkedIn ID"),
    ("sfdcAccountId", "Salesforce account ID"),
    ("sfdcContactId", "Salesforce contact ID"),
    ("sfdcLeadId", "Salesforce lead ID"),
    ("sfdcOpptyId", "Salesforce opportunity ID"),
)
MOST_BYTES = 10 * 1024 * 1024
BOUNDARY = "--SEGMENT-DATA--"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
JSON = {"Content-Type": "application/json"}
LEADS = "/rest/v1/leads.json"
LONGEST_QUERY = 7_900  # with its path not more than the 8 KB that Marketo reads
KEYS = ("external_id", "lookup_field")


def base_url(settings):
    # As Marketo shows it to people, with /rest at its end.
    return settings["api_endpoint"].rstrip("/").removesuffix("/rest")


integration = Integration(
    slug="marketo-static-lists",
    name="Marketo Static Lists",
    category="marketing",
    docs_url=(
        "https://segment.com/docs/connections/destinations/catalog/actions-marketo-static-lists/"
    ),
    base_url=base_url,
    auth=client_credentials(base_url, "POST"),
    check=Request("GET", "/rest/v1/lists.json", query={"batchSize": 1}),
    check_answer=check_answer,
    names=("Marketo Static Lists (Actions)",),
    concurrency=10,
    description="Keeps the members of audiences on lists of leads.",
    settings=[
        Setting("client_id", "Client ID", required=True, help="Admin → LaunchPoint → View details"),
        Setting("client_secret", "Client secret", required=True, secret=True),
        Setting(
            "api_endpoint",
            "API endpoint",
            type="url",
            required=True,
            help="Admin → Web services → REST API, such as https://123-ABC-456.mktorest.com/rest",
        ),
        Setting(
            "folder_name",
            "Folder name",
            required=True,
            help="Where Segment makes lists. Here lists are named by their ID",
        ),
    ],
)

EMAIL = first_of("$.context.traits.email", "$.properties.email")
EXTERNAL_ID = Field(
    "external_id",
    default=path("$.context.personas.external_audience_id"),
    label="List ID",
    help="Of the static list: the number in its address in Marketo",
)
LOOKUP_FIELD = Field("lookup_field", default="email", required=True, choices=LOOKUP_FIELDS)
ENABLE_BATCHING = Field("enable_batching", "boolean", True, required=True, hidden=True)
EVENT_NAME = Field("event_name", default=path("$.event"), required=True)


def _batch_size(most):
    return Field("batch_size", "number", most, required=True, minimum=1, maximum=most)


@integration.action(
    "Add to List",
    slug="addToList",
    trigger='event = "Audience Entered"',
    batch=Batch(300_000, 300_000, keys=KEYS),
    fields=[
        EXTERNAL_ID,
        Field("retlOnMappingSave", "object", hidden=True),
        LOOKUP_FIELD,
        Field(
            "data",
            "object",
            {"email": EMAIL},  # without properties, as those would change the order of columns
            required=True,
            help="Fields of the lead, under Marketo's names; the lookup field is one of them",
        ),
        ENABLE_BATCHING,
        _batch_size(300_000),
        EVENT_NAME,
    ],
)
def add_to_list(payload, settings):
    return add_all_to_list([payload], settings)


@add_to_list.batch
def add_all_to_list(payloads, settings):
    first = payloads[0]
    outputs = (first.get("retlOnMappingSave") or {}).get("outputs")
    saved = outputs.get("id") if type(outputs) is dict else None
    query = {
        "format": "csv",
        "listId": text_of(saved) or _list_of(first),
        "lookupField": first["lookup_field"],
    }
    table = _csv([payload["data"] for payload in payloads])
    if len(table.encode()) > MOST_BYTES:
        raise InvalidPayload([("data", f"makes a file of more than {MOST_BYTES:,} bytes")])
    body = (
        f"--{BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="file"; filename="leads.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{table}\r\n--{BOUNDARY}--\r\n"
    )
    return Request("POST", "/bulk/v1/leads.json", MULTIPART, query, body=body)


add_to_list.answer(read_answer)


@integration.action(
    "Remove From List",
    slug="removeFromList",
    trigger='event = "Audience Exited"',
    batch=Batch(300, 300, keys=KEYS),
    fields=[
        EXTERNAL_ID,
        LOOKUP_FIELD,
        Field("field_value", default=EMAIL, required=True),
        ENABLE_BATCHING,
        _batch_size(300),
        EVENT_NAME,
    ],
)
def remove_from_list(payload, settings):
    yield from remove_all_from_list([payload], settings)


@remove_from_list.batch
def remove_all_from_list(payloads, settings):
    list_id = quote(_list_of(payloads[0]), safe="")
    query = {
        "filterType": payloads[0]["lookup_field"],
        "filterValues": ",".join(payload["field_value"] for payload in payloads),
    }
    if len(urlencode(query)) <= LONGEST_QUERY:
        response = yield Request("GET", LEADS, JSON, query)
    else:
        response = yield Request("POST", LEADS, query={"_method": "GET"}, form=query)
    leads = answer_of(response).get("result")
    if leads == []:
        return
    ids = ",".join(text_of(lead.get("id")) for lead in leads or () if type(lead) is dict)
    yield Request("DELETE", f"/rest/v1/lists/{list_id}/leads.json", JSON, {"id": ids})


remove_from_list.answer(read_answer)


def _list_of(payload):
    if not payload.get("external_id"):
        raise InvalidPayload([("external_id", "is required: the ID of a list")])
    return payload["external_id"]


def _csv(records):
    columns = list(dict.fromkeys(name for record in records for name in record))
    lines = [columns, *([record.get(name) for name in columns] for record in records)]
    return "\n".join(",".join(map(_cell, line)) for line in lines)


def _cell(value):
    # What JavaScript takes for false is sent as nothing.
    text = text_of(value) if value not in (None, False, 0) else ""
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text
