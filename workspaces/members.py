"""Who belongs to a workspace: add, change, remove. A workspace always keeps an owner."""

import secrets

from django.db import transaction

from .models import Membership, Role, User, Workspace


class MembershipError(Exception):
    """Something that may not be done to a member; the message is for the person who tried."""


@transaction.atomic
def add(workspace: Workspace, email: str, role: str, by: str) -> tuple[Membership, str | None]:
    """Make a person a member; return the membership, and the password of a person who is new.

    `by` is the role of whoever does it. The password is stored nowhere but as its hash.
    """
    _refuse_above(by, role)
    user = User.objects.filter(email=email.lower()).first()
    password = None
    if user is None:
        password = secrets.token_urlsafe(12)
        user = User.objects.create_user(email, password)
    membership, new = workspace.memberships.get_or_create(user=user, defaults={"role": role})
    if not new:
        raise MembershipError(f"{user} is a member already.")
    return membership, password


@transaction.atomic
def change_role(membership: Membership, role: str, by: str) -> None:
    _refuse_above(by, role, membership.role)
    if role != Role.OWNER:
        _keep_an_owner(membership)
    membership.role = role
    membership.save(update_fields=["role"])


@transaction.atomic
def remove(membership: Membership, by: str) -> None:
    _refuse_above(by, membership.role)
    _keep_an_owner(membership)
    membership.delete()


def _refuse_above(by, *roles):
    if Role.OWNER in roles and by != Role.OWNER:
        raise MembershipError("Only an owner may make, change or remove an owner.")


def _keep_an_owner(membership):
    """Raise if it is the last owner's. The rows are locked: two owners may leave at once."""
    owners = Membership.objects.select_for_update().filter(
        workspace=membership.workspace_id, role=Role.OWNER
    )
    if [owner.pk for owner in owners] == [membership.pk]:
        raise MembershipError("This is the last owner. Make somebody else an owner first.")
