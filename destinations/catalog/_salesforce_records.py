"""Records of Salesforce, one by one and in bulk. Facts as in salesforce.py."""

import re
from urllib.parse import quote

from destinations.catalog._salesforce_fields import STEERING
from destinations.integration import (
    InvalidPayload,
    Rejected,
    Request,
    ServerFault,
    Throttled,
    Unauthorized,
    json_text,
    text_of,
)

API = "/services/data/v53.0"
NO_VALUE = "#N/A"


def write_record(payload, kind, operation, needed):
    """Create, update, upsert or delete one record of a kind."""
    url = f"{API}/sobjects/{quote(kind, safe='')}"
    if operation in ("create", "upsert"):
        _check(payload, needed)
    if operation == "create":
        yield Request("POST", url, json=_record_of(payload))
        return
    traits = payload.get("traits")
    if not traits:
        raise InvalidPayload([("traits", "are required to find the record")])
    found = text_of(traits.get("Id")) if operation != "upsert" else ""
    if not found:
        found = yield from _find(payload, kind, operation == "upsert")
    if not found:
        yield Request("POST", url, json=_record_of(payload))
    elif operation == "delete":
        yield Request("DELETE", f"{url}/{quote(found, safe='')}")
    else:
        yield Request("PATCH", f"{url}/{quote(found, safe='')}", json=_record_of(payload))


def write_bulk(payloads, kind, operation, needed):
    """Write a batch as a job of the Bulk API; the outcomes, in order.

    A job is accepted as a whole. What becomes of its rows Salesforce says later, to who asks.
    """
    outcomes, rows = [], []
    for payload in payloads:
        try:
            rows.append((payload, _check_row(payload, operation, needed)))
            outcomes.append(None)
        except InvalidPayload as error:
            outcomes.append(error)
    for id_field in dict.fromkeys(row_id[0] for _, row_id in rows):
        yield from _run_job([row for row in rows if row[1][0] == id_field], kind, operation)
    return outcomes


def _run_job(rows, kind, operation):
    id_field = rows[0][1][0]
    job = {"object": kind, "contentType": "CSV"}
    job["operation"] = "insert" if operation == "create" else operation
    if id_field:
        job["externalIdFieldName"] = id_field
    response = yield Request("POST", f"{API}/jobs/ingest", json=job)
    url = f"{API}/jobs/ingest/{text_of(response.object().get('id'))}"
    headers = {"Content-Type": "text/csv", "Accept": "application/json"}
    try:
        yield Request("PUT", f"{url}/batches", headers, body=_csv(rows, id_field))
    except (Rejected, ServerFault, Throttled, Unauthorized):
        # An open job would wait for rows, and count, for a week.
        yield Request("PATCH", url, json={"state": "UploadComplete"})
        raise
    yield Request("PATCH", url, json={"state": "UploadComplete"})


def _check_row(payload, operation, needed):
    """Return (name, value) of the field that tells a row's record; ("", "") for a new one."""
    if operation == "delete":
        raise InvalidPayload([("operation", "cannot be delete in a batch")])
    if operation in ("create", "upsert"):
        _check(payload, needed)
    if operation == "create":
        return "", ""
    if operation == "update":
        if not payload.get("bulkUpdateRecordId"):
            raise InvalidPayload([("bulkUpdateRecordId", "is required in a batch")])
        return "Id", payload["bulkUpdateRecordId"]
    external = payload.get("bulkUpsertExternalId") or {}
    if not (external.get("externalIdName") and external.get("externalIdValue")):
        raise InvalidPayload([("bulkUpsertExternalId", "needs a name and a value in a batch")])
    return external["externalIdName"], external["externalIdValue"]


def _csv(rows, id_field):
    records = [_record_of(payload) for payload, _ in rows]
    # In the order in which Segment's columns come: from the last row to the first.
    columns = list(dict.fromkeys(name for record in reversed(records) for name in record))
    header = [*columns, id_field] if id_field else columns
    lines = [",".join(header)]
    for record, (_, (_, row_id)) in zip(records, rows, strict=True):
        cells = [_cell(record.get(name)) for name in columns]
        lines.append(",".join([*cells, _cell(row_id)] if id_field else cells))
    return "\n".join(lines) + "\n"


def _cell(value):
    if value is None:
        return NO_VALUE
    text = json_text(value) if type(value) in (dict, list) else text_of(value)
    return '"' + text.replace('"', '""') + '"'


def _check(payload, needed):
    missing = [(name, "is required here") for name in needed if not payload.get(name)]
    if missing:
        raise InvalidPayload(missing)


def _record_of(payload):
    """The record under Salesforce's names; custom fields win."""
    own = {_pascal(name): value for name, value in payload.items() if name not in STEERING}
    custom = payload.get("customFields") or {}
    wrong = [name for name in custom if re.search(r'[,"\r\n]', name)]
    if wrong:
        raise InvalidPayload([(f"customFields.{name}", "is no field's name") for name in wrong])
    return own | custom


def _pascal(name):
    return "".join(word.capitalize() for word in name.split("_"))


def _find(payload, kind, may_be_new):
    query = {"q": _soql(payload, kind)}
    response = yield Request("GET", f"{API}/query/", query=query)
    found = response.json()
    if found.get("totalSize", 0) > 1:
        raise Rejected("several records match the traits", code="MULTIPLE_RECORDS", status=300)
    if found.get("records"):
        return found["records"][0]["Id"]
    if may_be_new:
        return None
    raise Rejected("no record matches the traits", status=404)


def _soql(payload, kind):
    operator = payload.get("recordMatcherOperator") or "OR"
    terms = (f"{_name(name)} = {_literal(name, v)}" for name, v in payload["traits"].items())
    return f"SELECT Id FROM {_name(kind)} WHERE " + f" {operator} ".join(terms)


def _name(text):
    return re.sub(r"[^A-Za-z0-9_]", "", text)


def _literal(name, value):
    if type(value) in (bool, int, float):
        return text_of(value)
    if type(value) is not str:
        raise InvalidPayload([(f"traits.{name}", "must be text, a number or a boolean")])
    # A backslash too, which Segment forgets: it would let a value end its own quotes.
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
