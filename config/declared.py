"""The file that `apply` reads and `dump` prints, put together from what each app knows of it."""

from collections.abc import Mapping

from django.db import transaction

import destinations.declared
import sources.declared
import warehouses.declared
import workspaces.declared
from workspaces.declared import Changes, Secrets
from workspaces.document import read, write
from workspaces.models import Workspace

SECTIONS = ("sources", "destinations", "warehouses")


@transaction.atomic
def apply(text: str, environment: Mapping[str, str], prune: bool = False) -> Changes:
    """Bring a workspace to what the file says; return what was changed.

    Raises DeclaredError, and then nothing has changed.
    """
    changes = Changes()
    fields = read(text, environment).fields(("workspace",), SECTIONS)
    parts = {name: fields[name].items() if name in fields else [] for name in SECTIONS}
    workspace = workspaces.declared.apply(fields["workspace"], changes)
    sources.declared.apply(parts["sources"], workspace, changes, prune)
    destinations.declared.apply(parts["destinations"], workspace, changes)
    warehouses.declared.apply(parts["warehouses"], workspace, changes)
    if prune:
        destinations.declared.remove_others(parts["destinations"], workspace, changes)
        warehouses.declared.remove_others(parts["warehouses"], workspace, changes)
        sources.declared.remove_others(parts["sources"], workspace, changes)
    return changes


def dump(workspace: Workspace) -> str:
    """Return the file for a workspace, with the names of variables in the place of secrets."""
    secrets = Secrets()
    document = {
        "workspace": workspaces.declared.dump(workspace),
        "sources": sources.declared.dump(workspace),
        "destinations": destinations.declared.dump(workspace, secrets),
        "warehouses": warehouses.declared.dump(workspace, secrets),
    }
    needed = f"# To be set in the environment: {', '.join(secrets.values)}\n"
    return (needed if secrets.values else "") + write(document)
