"""Customer.io's operations, made from payloads. The facts are those of customerio.py."""

import re

from destinations.integration import epoch_s

OBJECT_TYPE = "1"

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})", re.ASCII)


def person(person_id=None, email=None, anonymous_id=None):
    """Return the identifiers of a person: the first that fits."""
    if person_id:
        if person_id.startswith("cio_"):
            return {"cio_id": person_id[len("cio_") :]}
        return {"email" if _EMAIL.fullmatch(person_id) else "id": person_id}
    if email:
        return {"email": email}
    return {"anonymous_id": anonymous_id} if anonymous_id else {}


def thing(payload, name="object_id"):
    """Return the identifiers of an object, such as a company."""
    kind = payload.get("object_type_id") or OBJECT_TYPE
    return {"object_type_id": kind, "object_id": payload.get(name)}


def seconds(value):
    """Return a moment as Unix seconds; what is none, and plain numbers, stay as they are."""
    if type(value) is str and (value.strip().isdigit() or epoch_s(value) is None):
        return value
    return epoch_s(value)


def moment_of(payload, name="timestamp"):
    return {name: seconds(payload[name])} if name in payload else {}


def converted(value, payload):
    """Return attributes with ISO moments as Unix seconds, unless the mapping does not want it."""
    if payload.get("convert_timestamp") is False:
        return value
    kind = type(value)
    if kind is dict:
        return {name: converted(member, payload) for name, member in value.items()}
    if kind is list:
        return [converted(member, payload) for member in value]
    return seconds(value) if kind is str and _ISO.fullmatch(value) else value


def of_person(action, identifiers, payload=None, attributes=None, **parts):
    """Return an operation on a person; who also has an anonymous id gets it as an attribute."""
    attributes = converted(attributes or {}, payload or {})
    anonymous_id = (payload or {}).get("anonymous_id")
    if anonymous_id and "anonymous_id" not in identifiers:
        attributes = {**attributes, "anonymous_id": anonymous_id}
    found = {"type": "person", "action": action, "identifiers": identifiers, **parts}
    return found | ({"attributes": attributes} if attributes else {})


def described(payload):
    """Return the custom attributes with `created_at` under that one name, and the address."""
    custom = payload.get("custom_attributes") or {}
    found = {k: v for k, v in custom.items() if k not in ("created_at", "createdAt")}
    if payload.get("created_at"):
        raw = payload.get("convert_timestamp") is False
        found["created_at"] = payload["created_at"] if raw else seconds(payload["created_at"])
    if payload.get("email"):
        found["email"] = payload["email"]
    return found


def relation(identifiers, payload):
    """Return the list of one relationship between a person and an object."""
    found = {"identifiers": identifiers}
    if payload.get("relationship_attributes"):
        found["relationship_attributes"] = converted(payload["relationship_attributes"], payload)
    return [found]


def identify(payload):
    identifiers = person(payload.get("id"), payload.get("email"), payload.get("anonymous_id"))
    parts = moment_of(payload)
    if payload.get("group_id"):
        parts["cio_relationships"] = relation(thing(payload, "group_id"), payload)
    return of_person("identify", identifiers, payload, described(payload), **parts)


def event(action, payload, name=None):
    identifiers = person(payload.get("id"), None, payload.get("anonymous_id"))
    parts = {"name": name} if name else {}
    if "event_id" in payload:
        parts["id"] = payload["event_id"]
    parts |= moment_of(payload)
    return of_person(action, identifiers, payload, payload.get("data"), **parts)


def describe_object(payload):
    known = payload.get("user_id")
    who = person(known, None, payload.get("anonymous_id"))
    found = {
        "type": "object",
        "action": "identify_anonymous" if who and not known else "identify",
        "identifiers": thing(payload, "id"),
        "attributes": converted(described(payload), payload),
    }
    return found | ({"cio_relationships": relation(who, payload)} if who else {})


def add_device(payload):
    attributes = converted(payload.get("attributes") or {}, payload)
    if "app_version" in payload:
        attributes = {**attributes, "app_version": payload["app_version"]}
    device = {
        "token": payload["device_id"],
        "platform": payload["platform"],
        **moment_of(payload, "last_used"),
        "attributes": attributes,
    }
    return of_person("add_device", person(payload["person_id"]), device=device)


def delete_device(payload):
    device = {"token": payload["device_id"]}
    return of_person("delete_device", person(payload["person_id"]), device=device)


def delete_relationship(payload):
    who = person(payload["person_id"], None, payload.get("anonymous_id"))
    return {
        "type": "object",
        "action": "delete_relationships",
        "identifiers": thing(payload),
        "cio_relationships": [{"identifiers": who}],
    }


def delete_object(payload):
    return {"type": "object", "action": "delete", "identifiers": thing(payload)}


def merge(payload):
    return {
        "type": "person",
        "action": "merge",
        "primary": person(payload["primary"]),
        "secondary": person(payload["secondary"]),
    }
