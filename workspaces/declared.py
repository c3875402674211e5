"""A workspace as a file, and the part of it about the workspace itself.

Each app reads and writes its own part in a module of this name; `config/declared.py` puts them
together. What a file leaves out has its default, so that the same file always means the same.
"""

import re

from django.core.exceptions import ValidationError

from .document import Env, Part
from .models import Membership, Role, User, Workspace
from .setting import Setting
from .slugs import refuse_reserved

_SECRET_KEY = re.compile(r"authorization|token|secret|password|api[-_]?key|cookie", re.I)


class Secrets:
    """Replaces secrets by the names of environment variables, and remembers them by name."""

    def __init__(self):
        self.values: dict[str, str] = {}

    def hide(self, value, *path: str):
        """Return `value`, which is secret as a whole, with a reference for each text in it."""
        if isinstance(value, dict):
            return {key: self.hide(each, *path, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self.hide(each, *path, str(i + 1)) for i, each in enumerate(value)]
        return Env(self._name(path, value)) if isinstance(value, str) and value else value

    def hide_named(self, value, *path: str):
        """Return `value` with references for those texts whose key says that they are secret."""
        if isinstance(value, dict):
            return {
                key: self.hide(each, *path, key)
                if isinstance(each, str) and _SECRET_KEY.search(key)
                else self.hide_named(each, *path, key)
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [self.hide_named(each, *path, str(i + 1)) for i, each in enumerate(value)]
        return value

    def settings(self, definitions: list[Setting], values: dict, slug: str) -> dict:
        secret = {setting.name for setting in definitions if setting.secret}
        return {
            name: self.hide(value, slug, name)
            if name in secret
            else self.hide_named(value, slug, name)
            for name, value in values.items()
        }

    def _name(self, path, value) -> str:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", "_".join(path))
        base = re.sub(r"[^A-Z0-9]+", "_", words.upper()).strip("_")
        base = f"_{base}" if base[:1].isdigit() else base
        name, number = base, 1
        while self.values.setdefault(name, value) != value:
            number += 1
            name = f"{base}_{number}"
        return name


class Changes(list):
    """What `apply` did, one line each."""

    def save(self, thing, kind: str, values: dict) -> None:
        """Set `values` on a row that exists, and note what is new."""
        changed = [name for name, value in values.items() if getattr(thing, name) != value]
        if changed:
            for name in changed:
                setattr(thing, name, values[name])
            thing.save(update_fields=changed)
            self.append(f"changed {kind} {thing.slug}: {', '.join(changed)}")


def apply(part: Part, changes: Changes) -> Workspace:
    """Return the workspace that the file is about, made if need be."""
    fields = part.fields(required=("slug",), optional=("name",))
    slug = fields["slug"].slug()
    name = fields["name"].text() if "name" in fields else slug
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        try:
            refuse_reserved(slug)
        except ValidationError as error:
            raise fields["slug"].error(error.message) from error
        workspace = Workspace.objects.create(slug=slug, name=name)
        changes.append(f"made workspace {slug}")
        give_owner(workspace)
    changes.save(workspace, "workspace", {"name": name})
    return workspace


def give_owner(workspace: Workspace) -> None:
    """Make the first admin its owner; without one nobody could open it in the panel."""
    admin = User.objects.filter(is_superuser=True).order_by("id").first()
    if admin is not None:
        Membership.objects.create(user=admin, workspace=workspace, role=Role.OWNER)


def dump(workspace: Workspace) -> dict:
    return {"slug": workspace.slug, "name": workspace.name}
