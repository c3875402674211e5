"""Customer.io's operations, made from payloads. The facts are those of customerio.py."""

import re

from destinations.integration import epoch_s

OBJECT_TYPE = "1"

_WORD = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_EMAIL = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+{_LABEL}", re.ASCII | re.IGNORECASE)
# Dates, too: Segment makes Unix seconds of them, at midnight UTC.
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)


def person(person_id=None, email=None, anonymous_id=None):
    """Return the identifiers of a person: the first that fits, or {}."""
    if person_id:
        if person_id.startswith("cio_"):
            return {"cio_id": person_id[len("cio_") :]}
        return {"email" if _EMAIL.fullmatch(person_id) else "id": person_id}
    if email:
        return {"email": email}
    return {"anonymous_id": anonymous_id} if anonymous_id else {}


def thing(payload, name="object_id"):
    """Return the identifiers of an object, such as a company, or {}."""
    kind = payload.get("object_type_id") or OBJECT_TYPE
    return {"object_type_id": kind, "object_id": payload[name]} if payload.get(name) else {}


def seconds(value):
    """Return a moment as Unix seconds; what is none, and plain numbers, stay as they are."""
    if type(value) is not str or _NUMBER.fullmatch(value):
        return value
    moment = epoch_s(value)
    return value if moment is None else moment


def _moment_of(payload):
    return {"timestamp": seconds(payload["timestamp"])} if "timestamp" in payload else {}


def converted(value, payload):
    """Return attributes with ISO moments as Unix seconds, if the mapping wants it. As with
    Segment, what lies in lists stays as it is."""
    if not payload.get("convert_timestamp"):
        return value
    if type(value) is dict:
        return {name: converted(member, payload) for name, member in value.items()}
    return seconds(value) if type(value) is str and _ISO.fullmatch(value) else value


def _operation(kind, action, identifiers, attributes, anonymous_id, **parts):
    """Return an operation. Who also has an anonymous id gets it as an attribute; `attributes`
    None is left out otherwise."""
    found = {"type": kind, "action": action}
    if identifiers:
        found["identifiers"] = identifiers
    found |= parts
    if anonymous_id:
        other = {} if "anonymous_id" in identifiers else {"anonymous_id": anonymous_id}
        attributes = {**(attributes or {}), **other}
    return found if attributes is None else {**found, "attributes": attributes}


def of_person(action, identifiers, payload=None, attributes=None, **parts):
    """Return an operation on a person."""
    payload = payload or {}
    attributes = converted(attributes, payload)
    return _operation(
        "person", action, identifiers, attributes, payload.get("anonymous_id"), **parts
    )


# What has a field of its own.
_NOT_ATTRIBUTES = {
    "created_at",
    "createdAt",
    "object_type_id",
    "objectTypeId",
    "relationshipAttributes",
}


def _described(payload):
    """Return the traits of a person with `created_at` under that one name, and the address."""
    custom = payload.get("custom_attributes") or {}
    found = {name: value for name, value in custom.items() if name not in _NOT_ATTRIBUTES}
    return found | {name: payload[name] for name in ("created_at", "email") if payload.get(name)}


def _relation(identifiers, attributes):
    """Return the list of one relationship between a person and an object."""
    found = {"identifiers": identifiers}
    return [found if attributes is None else {**found, "relationship_attributes": attributes}]


def identify(payload):
    identifiers = person(payload.get("id"), payload.get("email"), payload.get("anonymous_id"))
    parts = _moment_of(payload)
    if payload.get("group_id"):
        related = thing(payload, "group_id")
        parts["cio_relationships"] = _relation(related, payload.get("relationship_attributes"))
    return of_person("identify", identifiers, payload, _described(payload), **parts)


def event(action, payload, name):
    identifiers = person(payload.get("id"), None, payload.get("anonymous_id"))
    parts = {"name": name}
    if "event_id" in payload:
        parts["id"] = payload["event_id"]
    parts |= _moment_of(payload)
    return of_person(action, identifiers, payload, payload.get("data"), **parts)


def content_event(payload):
    action = payload["actionType"]
    if "data" in payload:
        data = {name: value for name, value in payload["data"].items() if name != "actionType"}
        payload = {**payload, "data": data}
    return event(action, payload, action)


def describe_object(payload):
    known, anonymous_id = payload.get("user_id"), payload.get("anonymous_id")
    who = person(known, None, anonymous_id)
    attributes = payload.get("custom_attributes")
    if attributes is not None:
        attributes = {k: v for k, v in attributes.items() if k != "object_type_id"}
    parts = {}
    if payload.get("created_at"):
        parts["created_at"] = converted(payload["created_at"], payload)
    if who:
        related = converted(payload.get("relationship_attributes"), payload)
        parts["cio_relationships"] = _relation(who, related)
    return _operation(
        "object",
        "identify_anonymous" if who and not known else "identify",
        thing(payload, "id"),
        converted(attributes, payload),
        anonymous_id,
        **parts,
    )


def add_device(payload):
    attributes = converted(payload.get("attributes") or {}, payload)
    if "app_version" in payload:
        attributes = {**attributes, "app_version": payload["app_version"]}
    device = {"token": payload["device_id"], "platform": payload["platform"]}
    if "last_used" in payload:
        as_given = payload.get("convert_timestamp") is False
        device["last_used"] = payload["last_used"] if as_given else seconds(payload["last_used"])
    device["attributes"] = attributes
    return of_person("add_device", person(payload["person_id"]), device=device)


def delete_device(payload):
    device = {"token": payload["device_id"]}
    return of_person("delete_device", person(payload["person_id"]), device=device)


def delete_relationship(payload):
    anonymous_id = payload.get("anonymous_id")
    who = person(payload["person_id"], None, anonymous_id)
    relationships = [{"identifiers": who}]
    return _operation(
        "object",
        "delete_relationships",
        thing(payload),
        None,
        anonymous_id,
        cio_relationships=relationships,
    )


def delete_object(payload):
    return _operation("object", "delete", thing(payload), None, None)


def merge(payload):
    return {
        "type": "person",
        "action": "merge",
        "primary": person(payload["primary"]),
        "secondary": person(payload["secondary"]),
    }
