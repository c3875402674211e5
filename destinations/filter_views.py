"""The filters of a destination: what happens to events before any subscription sees them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .access import get_destination
from .forms import FilterForm
from .models import Filter


@login_required
@require_GET
def destination_filters(request, workspace_slug, destination_slug):
    destination = get_destination(request.user, workspace_slug, destination_slug)
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "filters",
        "filters": destination.filters.all(),
    }
    return render(request, "destinations/destination_filters.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def filter_create(request, workspace_slug, destination_slug):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    last = destination.filters.aggregate(last=Max("order"))["last"]
    order = 0 if last is None else last + 1
    return _edit(request, destination, Filter(destination=destination, order=order))


@login_required
@require_http_methods(["GET", "POST"])
def filter_edit(request, workspace_slug, destination_slug, filter_id):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    return _edit(request, destination, get_object_or_404(destination.filters, pk=filter_id))


def _edit(request, destination, instance):
    data = request.POST if request.method == "POST" else None
    form = FilterForm(data, instance=instance)
    if data is not None and form.is_valid():
        form.save()
        messages.success(request, "The filter is saved.")
        return redirect("destination_filters", destination.workspace.slug, destination.slug)
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "filters",
        "form": form,
        "filter": instance,
    }
    return render(request, "destinations/filter_edit.html", context)


@login_required
@require_POST
def filter_switch(request, workspace_slug, destination_slug, filter_id):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    chosen = get_object_or_404(destination.filters, pk=filter_id)
    chosen.enabled = request.POST.get("enabled") == "on"
    chosen.save(update_fields=["enabled"])
    return redirect("destination_filters", workspace_slug, destination.slug)


@login_required
@require_POST
def filter_delete(request, workspace_slug, destination_slug, filter_id):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    get_object_or_404(destination.filters, pk=filter_id).delete()
    messages.success(request, "The filter is deleted.")
    return redirect("destination_filters", workspace_slug, destination.slug)
