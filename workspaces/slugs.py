"""Slugs: the part of a name that stands in an address."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls.converters import SlugConverter
from django.utils.text import slugify

# First parts of addresses that are the product's own: no workspace may have them.
RESERVED = (
    "account", "admin", "api", "health", "new-workspace", "oauth", "sign-in", "sign-out", "static",
    "v1",
)  # fmt: skip


class WorkspaceConverter(SlugConverter):
    """The first part of an address, when it is a workspace: so /v1/sources/ is never a page."""

    regex = rf"(?!(?:{'|'.join(RESERVED)})/)[-a-zA-Z0-9_]+"


def refuse_reserved(slug: str) -> None:
    if slug.lower() in RESERVED:
        raise ValidationError("This address is the product's own. Choose another one.")


def free_slug(taken: QuerySet, name: str, fallback: str) -> str:
    """Return a slug made from `name` that no row of `taken` has: "shop", then "shop-2"."""
    base = slugify(name)[:40].strip("-_") or fallback
    slug, number = base, 2
    while slug in RESERVED or taken.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
