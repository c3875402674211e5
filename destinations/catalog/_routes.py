"""Routes by name, as Firehose and Pub/Sub have them: an event's name, a type of call, or `*`.

The names are compared without regard to case (reference/destination-catalog/raw-data.md, "Amazon
Kinesis Firehose" and "Google Cloud Pub/Sub", read 2026-11-23).
"""


def find_route(routes, event):
    """Where an event goes, or None: its name before its type before `*`."""
    if type(routes) is not dict:
        return None
    routes = {name.strip().lower(): target for name, target in routes.items()}
    name = event.get("event")
    named = routes.get(str(name).lower()) if event.get("type") == "track" and name else None
    return named or routes.get(str(event.get("type")).lower()) or routes.get("*")
