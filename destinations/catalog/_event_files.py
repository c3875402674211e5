"""Files of events, for S3 and SFTP: delimited lines, lines of JSON, or Parquet.

Facts of the delimited ones: s3.py. The other two are ours: the same columns, with numbers and
booleans as such. Parquet has one type a column, so what is mixed, or an object, is text in it.
"""

from destinations.integration import Field, encode_json, first_of, hashing, json_text, path, text_of

CONTENT_TYPES = {
    "csv": "text/csv",
    "txt": "text/plain",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
COLUMNS = [
    Field("event_name", default=path("$.event")),
    Field("event_type", default=path("$.type")),
    Field("user_id", default=path("$.userId")),
    Field("anonymous_id", default=path("$.anonymousId")),
    Field("email", default=first_of("$.traits.email", "$.context.traits.email")),
    Field("properties", "object", path("$.properties")),
    Field("traits", "object", first_of("$.traits", "$.context.traits")),
    Field("context", "object", path("$.context")),
    Field("timestamp", default=path("$.timestamp")),
    Field("message_id", default=path("$.messageId")),
    Field("integrations", "object", path("$.integrations")),
    Field("audience_name", default=path("$.context.personas.computation_key")),
    Field("audience_id", default=path("$.context.personas.computation_id")),
    Field("audience_space_id", default=path("$.context.personas.space_id")),
]
DELIMITERS = {"tab": "\t"}
NORMALIZERS = {
    "lowercase": str.lower,
    "trim": str.strip,
    "lowercase_trim": lambda text: text.lower().strip(),
}


def content_of(payloads, mapped):
    """Return the bytes of one file; `mapped` is the mapping of the field `columns`."""
    first = payloads[0]
    names, rows = _table_of(payloads, mapped)
    if first["file_extension"] == "jsonl":
        return b"".join(encode_json(dict(zip(names, row, strict=True))) + b"\n" for row in rows)
    if first["file_extension"] == "parquet":
        return _parquet(names, rows)
    return _delimited(names, rows, first["delimiter"])


def _columns_of(payloads, mapped):
    """Return the names of the columns: all that are mapped, whether or not an event has a value.

    A directive in the place of the columns does not name them; then it is those with a value.
    """
    if type(mapped) is dict and not any(name.startswith("@") for name in mapped):
        return [name for name, value in mapped.items() if name and value != ""]
    return list(dict.fromkeys(name for each in payloads for name in each["columns"] if name))


def _table_of(payloads, mapped):
    """Return the names of the columns and the rows, transformed."""
    first = payloads[0]
    names = _columns_of(payloads, mapped)
    changes = {each["column_name"]: each for each in first.get("columns_to_transform") or []}
    action = first.get("audience_action_column_name")
    count = first.get("batch_size_column_name")
    rows = []
    for payload in payloads:
        columns = payload["columns"]
        row = [_changed(columns.get(name), changes.get(name)) for name in names]
        row += [_audience_action(payload)] if action else []
        row += [len(payloads)] if count else []
        rows.append(row)
    return [*names, *(name for name in (action, count) if name)], rows


def _audience_action(payload):
    """True for who enters an audience, false for who leaves, nothing for other events."""
    key = payload.get("computation_key")
    return (payload.get("traits_or_props") or {}).get(key) if key else None


def _changed(value, change):
    if not change or value in (None, ""):
        return value
    normalise = NORMALIZERS.get(change["normalize"], str)
    if change["hash_algorithm"] == "sha256":
        return hashing.hashed(_text(value), normalise)
    return normalise(_text(value))


def _text(value):
    return json_text(value) if type(value) in (dict, list) else text_of(value)


def _delimited(names, rows, delimiter):
    delimiter = DELIMITERS.get(delimiter, delimiter)
    # The header is not quoted, so the first delimiter in a name is taken out of it.
    lines = [delimiter.join(name.replace(delimiter, "", 1) for name in names)]
    lines += [delimiter.join(map(_quoted, row)) for row in rows]
    return "\n".join(lines).encode()


def _quoted(value):
    return '"' + _text(value).replace('"', '""') + '"'


def _parquet(names, rows):
    import pyarrow as pa  # worth its 0.2 s only to those who need it
    from pyarrow import parquet

    types = {"boolean": pa.bool_(), "integer": pa.int64(), "number": pa.float64()}
    arrays = []
    for column in zip(*rows, strict=True):
        kind = _kind_of(column)
        convert = {"text": _text, "number": float}.get(kind)
        if convert:
            column = [None if value is None else convert(value) for value in column]
        arrays.append(pa.array(column, types.get(kind, pa.string())))
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_arrays(arrays, names=names), sink)
    return sink.getvalue().to_pybytes()


def _kind_of(column):
    found = {type(value) for value in column if value is not None}
    if found == {bool}:
        return "boolean"
    if any(type(value) is int and not -(2**63) <= value < 2**63 for value in column):
        return "text"  # past 64 bits
    if found == {int}:
        return "integer"
    return "number" if found and found <= {int, float} else "text"
