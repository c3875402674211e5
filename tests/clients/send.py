"""Send one call of each kind and a burst through a Python SDK; print the errors it reports."""

import importlib
import json
import os
import sys
from datetime import UTC, datetime

MODULES = {
    "segment-analytics-python": "segment.analytics",
    "analytics-python": "analytics",
    "rudder-sdk-python": "rudderstack.analytics",
}


def main(package):
    errors = []
    host, key, user = (os.environ[f"SDK_{name}"] for name in ("HOST", "KEY", "USER"))
    odd = json.loads(os.environ["SDK_ODD"])
    when = datetime(2026, 1, 31, 12, 34, 56, 789_000, UTC)
    client = importlib.import_module(f"{MODULES[package]}.client").Client(
        key, host=host, on_error=lambda error, items: errors.append(repr(error)), gzip=True
    )
    client.identify(user, odd)
    client.track(user, "Odd", odd, timestamp=when)
    client.page(user, "Docs", "Home", odd)
    client.screen(user, "Docs", "Home", odd)
    client.group(user, "acme", odd)
    client.alias("before", user)
    for number in range(int(os.environ["SDK_COUNT"])):
        client.track(user, "Burst", {"number": number})
    client.flush()
    client.join()
    print(json.dumps(errors))


main(sys.argv[1])
