"""Small steps in making the bodies of conversion events."""

from destinations.integration import hashing


def present(members):
    """Return a dict without the members that are None."""
    return {name: value for name, value in members.items() if value is not None}


def chosen(payload, *names):
    """Return the named members of a payload that are there."""
    return {name: payload[name] for name in names if payload.get(name) is not None}


def hashes(values, normalise):
    """Return the hashes of several texts, or None when nothing is left of them."""
    found = [hashing.hashed(value, normalise) for value in values or () if type(value) is str]
    return [value for value in found if value] or None


def as_is(text):
    return text


def needed(settings, name):
    """Return a setting that only some events need. Raises InvalidSettings when it is not set."""
    return settings.get(name) or settings.__missing__(name)
