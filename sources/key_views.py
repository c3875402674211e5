"""The write keys of a source: add, rotate, revoke, and whose pages may use them."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from workspaces.models import Role

from . import authentication
from .access import get_source
from .forms import OriginsForm, RotateForm


@login_required
@require_POST
def write_key_add(request, workspace_slug, source_slug):
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    source.write_keys.create()
    authentication.forget()
    messages.success(request, "A new write key is ready. The others go on working.")
    return redirect("source_detail", workspace_slug, source_slug)


@login_required
@require_POST
def write_key_revoke(request, workspace_slug, source_slug, key_id):
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    key = get_object_or_404(source.write_keys, id=key_id)
    _end(source, key, timezone.now())
    messages.success(request, f"The write key {key.key[:6]}… is revoked.")
    return redirect("source_detail", workspace_slug, source_slug)


@login_required
@require_POST
def write_key_rotate(request, workspace_slug, source_slug, key_id):
    """Draw a new key now; the old one works beside it until the chosen time."""
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    key = get_object_or_404(source.write_keys, id=key_id)
    form = RotateForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose when the old key ends.")
    elif not key.active:
        messages.error(request, "This key has ended already. Add a new one.")
    else:
        end = timezone.now() + timedelta(hours=form.cleaned_data["hours"])
        with transaction.atomic():
            source.write_keys.create(allowed_origins=key.allowed_origins)
            _end(source, key, end)
        messages.success(
            request, f"A new write key is ready. {key.key[:6]}… ends {end:%Y-%m-%d %H:%M} UTC."
        )
    return redirect("source_detail", workspace_slug, source_slug)


@login_required
@require_POST
def write_key_origins(request, workspace_slug, source_slug, key_id):
    source = get_source(request.user, workspace_slug, source_slug, Role.EDITOR)
    key = get_object_or_404(source.write_keys, id=key_id)
    form = OriginsForm(request.POST)
    if form.is_valid():
        source.write_keys.filter(id=key.id).update(allowed_origins=form.cleaned_data["origins"])
        authentication.forget()
        messages.success(request, "Saved. It takes effect within seconds.")
    else:
        messages.error(request, form.errors["origins"][0])
    return redirect("source_detail", workspace_slug, source_slug)


def _end(source, key, moment) -> None:
    """Let a key end at a moment; an end that was set before can only come sooner."""
    later = Q(revoked_at=None) | Q(revoked_at__gt=moment)
    source.write_keys.filter(later, id=key.id).update(revoked_at=moment)
    authentication.forget()
