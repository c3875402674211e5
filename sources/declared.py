"""The part of a file (workspaces/declared.py) that is about sources and their write keys."""

from django.utils import timezone

from workspaces.declared import Changes
from workspaces.document import Part, slugs
from workspaces.models import Workspace

from .language.filters import ALIASES, InvalidFilter, compile_filters
from .models import Source, WriteKey
from .origins import clean

DOOR = ("strict", "rate_limit", "rate_burst", "ip_policy")
DOOR += ("parse_user_agent", "flag_bots", "locate")
KEPT = ("labels", "retention_days")
FILTER_OPTIONS = ("percent", "path", "fields")
KEYS = (("slug",), ("name", "kind", "enabled", "schema", "write_keys", *DOOR, *KEPT))


def apply(parts: list[Part], workspace: Workspace, changes: Changes, prune: bool) -> None:
    slugs(parts)
    for part in parts:
        _apply_source(part, workspace, changes, prune)


def remove_others(parts: list[Part], workspace: Workspace, changes: Changes) -> None:
    """Remove the sources that the file lacks. Their events go when retention says so."""
    for source in workspace.sources.exclude(slug__in=slugs(parts)):
        changes.append(f"removed source {source.slug}")
        source.delete()


def dump(workspace: Workspace) -> list[dict]:
    return [_dump_source(source) for source in workspace.sources.order_by("slug")]


def get_sources(part: Part, workspace: Workspace) -> list[Source]:
    """Return the sources whose slugs are listed, for destinations and warehouses."""
    found = []
    for item in part.items():
        source = workspace.sources.filter(slug=item.slug()).first()
        if source is None:
            raise item.error(f"There is no source {item.slug()} in this workspace.")
        found.append(source)
    return found


def _apply_source(part, workspace, changes, prune):
    fields = part.fields(*KEYS)
    slug = fields["slug"].slug()
    values = {
        "name": fields["name"].text() if "name" in fields else slug,
        "kind": _choice(fields.get("kind"), Source.Kind),
        "enabled": fields["enabled"].flag() if "enabled" in fields else True,
        "schema_name": fields["schema"].text(63) if "schema" in fields else "",
        "strict": _flag(fields.get("strict")),
        "rate_limit": _count(fields.get("rate_limit")),
        "rate_burst": _count(fields.get("rate_burst")),
        "ip_policy": _choice(fields.get("ip_policy"), Source.IpPolicy),
        "parse_user_agent": _flag(fields.get("parse_user_agent")),
        "flag_bots": _flag(fields.get("flag_bots")),
        "locate": _flag(fields.get("locate")),
        "labels": [item.text() for item in fields["labels"].items()] if "labels" in fields else [],
        "retention_days": _count(fields.get("retention_days")),
    }
    source = workspace.sources.filter(slug=slug).first()
    if source is None:
        source = workspace.sources.create(slug=slug, **values)
        changes.append(f"made source {slug}")
    changes.save(source, "source", values)
    _apply_keys(fields.get("write_keys"), source, changes, prune)


def _choice(part, choices):
    """Return one of the words of a field, the first when it is left out."""
    if part is None:
        return choices.values[0]
    if part.text() not in choices.values:
        raise part.error(f"This has to be one of: {', '.join(choices.values)}.")
    return part.text()


def _flag(part):
    return part is not None and part.flag()


def _count(part):
    if part is None:
        return None
    value = part.data()
    if type(value) is not int or not 0 < value < 2**31:
        raise part.error("This has to be a whole number from 1 on.")
    return value


def _apply_keys(part, source, changes, prune):
    wanted = {}
    for item in part.items() if part else ():
        key, origins = _key_and_origins(item)
        wanted[key] = origins
        known = WriteKey.objects.filter(key=key).select_related("source").first()
        if known is None:
            source.write_keys.create(key=key, allowed_origins=origins)
            changes.append(f"added a write key to source {source.slug}")
            continue
        if known.source_id != source.id:
            raise item.error("This write key is another source's.")
        if known.revoked_at is not None:
            known.revoked_at = None
            known.save(update_fields=["revoked_at"])
            changes.append(f"brought back a write key of source {source.slug}")
        if known.allowed_origins != origins:
            known.allowed_origins = origins
            known.save(update_fields=["allowed_origins"])
            changes.append(f"changed the origins of a write key of source {source.slug}")
    if part is None and not source.write_keys.exists():
        key = source.write_keys.create()
        changes.append(f"drew a write key for source {source.slug}: {key.key}")
    if part is not None and prune:
        others = source.write_keys.filter(revoked_at=None).exclude(key__in=wanted)
        if count := others.update(revoked_at=timezone.now()):
            changes.append(f"revoked {count} write keys of source {source.slug}")


def _key_and_origins(part):
    """Return a write key, and whose pages may use it; one written as text is for all."""
    if part.is_object():
        fields = part.fields(("key",), ("origins",))
        items = fields["origins"].items() if "origins" in fields else []
        return _key(fields["key"]), [_origin(item) for item in items]
    return _key(part), []


def _origin(part):
    try:
        return clean(part.text(300))
    except ValueError as error:
        raise part.error(str(error)) from error


def _key(part):
    key = part.text()
    # A colon would end the user name of HTTP's basic authentication, which carries the key.
    if not key.isprintable() or {":", " "} & set(key):
        raise part.error("A write key may not hold spaces and colons.")
    return key


def _dump_source(source):
    document = {"slug": source.slug, "name": source.name, "kind": source.kind}
    if not source.enabled:
        document["enabled"] = False
    if source.schema_name:
        document["schema"] = source.schema_name
    for name in (*DOOR, *KEPT):
        value = getattr(source, name)
        if value != Source._meta.get_field(name).get_default():
            document[name] = value
    keys = source.write_keys.filter(revoked_at=None).order_by("id")
    return {**document, "write_keys": [_dump_key(key) for key in keys]}


def _dump_key(key):
    if not key.allowed_origins:
        return key.key
    return {"key": key.key, "origins": key.allowed_origins}


def get_filters(part: Part | None) -> list[dict]:
    """Return the definitions of a list of filters (language/filters.py), each with `enabled` and,
    when it is given, a `name`."""
    return [_filter(item) for item in part.items()] if part else []


def _filter(part):
    fields = part.fields(("if", "action"), ("name", "enabled", *FILTER_OPTIONS))
    action = fields["action"].text()
    definition = {
        "if": fields["if"].text(10_000),
        "action": ALIASES.get(action, action),
        **{name: fields[name].data() for name in FILTER_OPTIONS if name in fields},
        **({"name": fields["name"].text(64)} if "name" in fields else {}),
        "enabled": fields["enabled"].flag() if "enabled" in fields else True,
    }
    try:
        compile_filters([definition])
    except InvalidFilter as error:
        raise part.error(f"This is no filter: {error.message}.") from error
    return definition


def dump_filter(definition: dict) -> dict:
    """Return a definition as the file writes it: without what is the default."""
    left_out = {"name": "", "enabled": True}
    return {name: v for name, v in definition.items() if (name, v) not in left_out.items()}
