"""Google Sheets: a row for each record, found again by its identifier in column A.

API: https://developers.google.com/workspace/sheets/api/reference/rest/v4/spreadsheets.values and,
for its limits, https://developers.google.com/workspace/sheets/api/limits (read 2026-11-25): 300
reads and 300 writes a minute for a project, 60 each for a person.
Facts: reference/destination-catalog/raw-data.md, "Google Sheets", and, where it is silent,
Segment's open source (destinations/google-sheets, read 2026-11-25). Deliberate differences:

- Segment's app is its own; here the client or a token are settings.
- Segment ships no mappings and suggests a trigger for both actions; with ours, one of them starts.
- A mapping that names its columns writes all of them; Segment leaves out those that the first event
  has no value for, and the columns behind them would move to the left.
- Lists and objects are written as JSON, as a cell cannot hold them; Segment's batch is refused.
- Events of one batch go to one sheet, whatever the mapping says where that is.
- Rows are added after the others are updated, not at the same time.
- Identifiers that do not fit into one answer of ours are asked for by parts.

A range to update is one column wider than its values, as it is with Segment.
"""

import re
from urllib.parse import quote

from destinations.catalog._oauth import CLIENT, GOOGLE_CONSENT, oauth
from destinations.integration import (
    Batch,
    Field,
    Integration,
    Preset,
    Rejected,
    Request,
    json_text,
    path,
)

TIMEOUT_S = 30
FIRST_ROW = 2  # below the names of the columns
MOST_CELLS = 600_000
ROWS_PER_PART = 1500
CHANGED = 'event = "updated" or event = "new"'
_LAST_ROW = re.compile(rb'"range":\s*"[^"]*![A-Z]+\d+:[A-Z]+(\d+)"')


def check_answer(response):
    # There is no spreadsheet of that name, which Google says only to those whom it knows (from
    # memory: no page says so).
    return None if response.status in (200, 404) else ""


integration = Integration(
    slug="google-sheets",
    name="Google Sheets",
    category="raw-data",
    docs_url="https://developers.google.com/workspace/sheets/api/guides/concepts",
    base_url="https://sheets.googleapis.com/v4/spreadsheets",
    auth=oauth(
        "https://www.googleapis.com/oauth2/v4/token",
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        scope="https://www.googleapis.com/auth/spreadsheets",
        consent=GOOGLE_CONSENT,
        pkce=True,
    ),
    check=Request("GET", "/switchyard-check"),
    check_answer=check_answer,
    description="Adds and updates the rows of a spreadsheet.",
    settings=CLIENT,
    presets=[Preset("New and updated records", "postSheet2", CHANGED)],
)

FIELDS = [
    Field("record_identifier", default=path("$.__segment_id"), required=True),
    Field("spreadsheet_id", required=True, help="Of its URL: docs.google.com/spreadsheets/d/<ID>"),
    Field("spreadsheet_name", default="Sheet1", required=True, help="Of a sheet that is there"),
    Field("data_format", default="RAW", choices=("RAW", "USER_ENTERED"), required=True),
    Field("fields", "object", required=True, help="Names of columns, and what is written there"),
    Field("enable_batching", "boolean", True),
    Field("batch_size", "number", 1001, required=True, hidden=True),
    Field("batch_bytes", "number", 2_000_000, required=True, hidden=True),
]
OPERATION = Field("operation_type", default=path("$.event"), required=True, hidden=True)
BATCH = Batch(
    size=1001,
    max_size=1001,
    bytes=2_000_000,
    keys=("spreadsheet_id", "spreadsheet_name", "data_format"),
)


@integration.action(
    "Post Sheet", slug="postSheet", trigger=CHANGED, batch=BATCH, fields=[OPERATION, *FIELDS]
)
def post_sheet(payload, settings, *, mapping):
    return (yield from post_sheet_batch([payload], settings, mapping=mapping))


@post_sheet.batch
def post_sheet_batch(payloads, settings, *, mapping):
    def is_kept(payload):
        return payload["operation_type"] != "deleted"

    yield from _write(payloads, mapping, may_update=is_kept, may_add=is_kept)


@integration.action("Post Sheet V2", slug="postSheet2", trigger=CHANGED, batch=BATCH, fields=FIELDS)
def post_sheet_2(payload, settings, *, mapping, sync_mode):
    return (
        yield from post_sheet_2_batch([payload], settings, mapping=mapping, sync_mode=sync_mode)
    )


@post_sheet_2.batch
def post_sheet_2_batch(payloads, settings, *, mapping, sync_mode):
    mode = sync_mode or "upsert"
    yield from _write(
        payloads,
        mapping,
        may_update=lambda payload: mode in ("upsert", "update"),
        may_add=lambda payload: mode in ("upsert", "add"),
    )


def _write(payloads, mapping, may_update, may_add):
    """Write the last payload of each identifier: over its row, or below all rows."""
    first = payloads[0]
    columns = _columns_of(first, mapping.get("fields"))
    known = yield from _identifiers(first)
    if len(known) * len(columns) > MOST_CELLS:
        raise Rejected(f"the sheet has more than {MOST_CELLS:,} cells", status=400)
    waiting = {payload["record_identifier"]: payload for payload in payloads}
    sheet, data = first["spreadsheet_name"], []
    for row, identifier in enumerate(known, start=FIRST_ROW):
        payload = waiting.pop(identifier, None)
        if payload is not None and may_update(payload):
            values = _row_of(payload, columns)
            end = _letters(len(values) + 1)
            data.append({"range": f"{sheet}!A{row}:{end}{row}", "values": [values]})
    header = ["id", *columns]
    data.append({"range": f"{sheet}!{_header_range(header)}", "values": [header]})
    yield _request(
        first,
        "POST",
        "values:batchUpdate",
        json={"valueInputOption": first["data_format"], "data": data},
    )
    added = [_row_of(payload, columns) for payload in waiting.values() if may_add(payload)]
    if added:
        query = {"valueInputOption": first["data_format"], "insertDataOption": "INSERT_ROWS"}
        place = f"{_values_at(first, f'A{FIRST_ROW}')}:append"
        yield _request(first, "POST", place, query=query, json={"values": added})


def _columns_of(payload, mapped):
    if type(mapped) is dict and not any(name.startswith("@") for name in mapped):
        return list(mapped)
    return list(payload["fields"])


def _row_of(payload, columns):
    fields = payload["fields"]
    return [payload["record_identifier"], *(_cell(fields.get(name)) for name in columns)]


def _cell(value):
    if value is None:
        return ""
    return json_text(value) if type(value) in (dict, list) else value


def _header_range(header):
    return "A1" if len(header) == 1 else f"A1:{_letters(len(header))}1"


def _letters(number):
    """Return the letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _identifiers(payload):
    """Ask for column A and return its cells; None for an empty one."""
    place = _values_at(payload, f"A{FIRST_ROW}:A")
    answer = yield _request(payload, "GET", place)
    if _is_whole(answer):
        return [row[0] if row else None for row in answer.object().get("values") or ()]
    last = _LAST_ROW.search(answer.body)
    if not last:
        raise Rejected("the answer of Google Sheets cannot be read", status=400)
    return (yield from _identifiers_by_parts(payload, int(last[1])))


def _identifiers_by_parts(payload, last):
    found, size = [], ROWS_PER_PART
    query = {"majorDimension": "COLUMNS", "prettyPrint": "false"}
    while (start := FIRST_ROW + len(found)) <= last:
        end = min(start + size - 1, last)
        place = _values_at(payload, f"A{start}:A{end}")
        answer = yield _request(payload, "GET", place, query=query)
        if _is_whole(answer):
            [cells] = answer.object().get("values") or [[]]
            # Empty cells at the end are left out.
            found += [*cells, *[None] * (end - start + 1 - len(cells))]
        elif size > 1:
            size //= 2
        else:
            raise Rejected("an identifier of the sheet is too long to be read", status=400)
    return found


def _is_whole(answer):
    return bool(answer.json()) or answer.body.strip() == b"{}"


def _values_at(payload, cells):
    return f"values/{_in_path(payload['spreadsheet_name'])}!{cells}"


def _in_path(text):
    return quote(text, safe="!'()*,;:=@$&+")


def _request(payload, method, place, **content):
    url = f"/{_in_path(payload['spreadsheet_id'])}/{place}"
    return Request(method, url, timeout_s=TIMEOUT_S, **content)
