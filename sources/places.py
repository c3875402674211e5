"""Where an IP address is, by the operator's MaxMind file (GEOIP_PATH). Without one: nowhere."""

import logging
from functools import cache, lru_cache

import maxminddb
from django.conf import settings

logger = logging.getLogger(__name__)


@lru_cache(maxsize=4096)
def find(ip: str) -> dict | None:
    """Return `context.location` for an address, to be read only; None where nothing is known."""
    reader = _reader()
    if reader is None:
        return None
    try:
        record = reader.get(ip)
    except (ValueError, maxminddb.InvalidDatabaseError):  # no address; a file that is damaged
        return None
    return _location(record) if isinstance(record, dict) else None


def forget() -> None:
    """Open the file anew at the next call: for tests."""
    find.cache_clear()
    _reader.cache_clear()


@cache
def _reader():
    if not settings.GEOIP_PATH:
        return None
    try:
        return maxminddb.open_database(settings.GEOIP_PATH)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        logger.warning("GEOIP_PATH cannot be used, so events get no location: %s", error)
        return None


def _location(record: dict) -> dict | None:
    """Pick Segment's names out of a record of GeoIP2 City or Country."""
    regions = record.get("subdivisions") or [{}]
    point = record.get("location") or {}
    location = {
        "city": _name(record.get("city")),
        "region": _name(regions[0]),
        "country": _name(record.get("country")),
        "latitude": point.get("latitude"),
        "longitude": point.get("longitude"),
    }
    return {name: value for name, value in location.items() if value is not None} or None


def _name(thing) -> str | None:
    return (thing or {}).get("names", {}).get("en")
