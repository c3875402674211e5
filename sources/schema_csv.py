"""A source's observed schema as CSV, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterator

from django.http import StreamingHttpResponse

from .models import SchemaEvent, Source

HEAD = [
    *("type", "event", "property", "types", "count", "blocked count", "allowed"),
    *("first seen", "last seen", "samples"),
]
# What a spreadsheet would take for a formula: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    def write(self, text):
        return text


def response(source: Source) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())
    lines = (writer.writerow([safe(cell) for cell in row]) for row in [HEAD, *rows(source)])
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{source.slug}-schema.csv"'
    return answer


def safe(cell) -> str:
    """Return the cell as text that no spreadsheet runs."""
    text = str(cell)
    return "'" + text if text.startswith(FORMULA) else text


def rows(source: Source) -> Iterator[list]:
    """Yield a row for each event and below it one for each of its properties."""
    events = source.schema_events.order_by("type", "name").prefetch_related("properties")
    for event in events.iterator(chunk_size=200):
        yield _row(event, event, "", [], [])
        for each in event.properties.all():
            yield _row(event, each, each.path, each.types, each.samples)


def _row(event: SchemaEvent, seen, path, types, samples) -> list:
    moments = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (seen.first_seen_at, seen.last_seen_at)]
    allowed = "no" if seen.blocked else "yes"
    counts = [seen.count, seen.blocked_count]
    return [
        *(event.type, event.name, path, " ".join(types)),
        *(*counts, allowed, *moments, ", ".join(samples)),
    ]
