"""The subscriptions of a destination: which events become which calls to the tool."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .access import describe, get_destination
from .forms import SubscriptionForm
from .models import Subscription


@login_required
@require_GET
def destination_subscriptions(request, workspace_slug, destination_slug):
    destination = get_destination(request.user, workspace_slug, destination_slug)
    subscriptions = list(destination.subscriptions.defer("mapping"))
    for subscription in subscriptions:
        subscription.kind = describe(destination.tool.actions.get(subscription.action))
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "subscriptions",
        "subscriptions": subscriptions,
        "actions": [describe(action) for action in destination.tool.actions.values()],
    }
    return render(request, "destinations/destination_subscriptions.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def subscription_create(request, workspace_slug, destination_slug):
    """A new subscription to the action named in the address; it starts with its defaults."""
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    action = destination.tool.actions.get(request.GET.get("action", ""))
    if action is None:
        raise Http404
    starts = {"name": action.label, "trigger": action.trigger}
    data = request.POST if request.method == "POST" else None
    form = SubscriptionForm(
        destination, action.slug, data, action.default_mapping(), initial=starts
    )
    if data is not None and form.is_valid():
        last = destination.subscriptions.aggregate(last=Max("order"))["last"]
        order = 0 if last is None else last + 1
        destination.subscriptions.create(action=action.slug, order=order, **form.cleaned_data)
        messages.success(request, "The subscription is added.")
        return redirect("destination_subscriptions", workspace_slug, destination.slug)
    return _edit(request, destination, action, form)


@login_required
@require_http_methods(["GET", "POST"])
def subscription_edit(request, workspace_slug, destination_slug, subscription_id):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    subscription = get_object_or_404(destination.subscriptions, pk=subscription_id)
    starts = {"name": subscription.name, "trigger": subscription.trigger}
    data = request.POST if request.method == "POST" else None
    form = SubscriptionForm(
        destination, subscription.action, data, subscription.mapping, initial=starts
    )
    if data is not None and form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(subscription, name, value)
        subscription.save(update_fields=["name", "trigger", "mapping"])
        messages.success(request, "The subscription is saved.")
        return redirect("destination_subscriptions", workspace_slug, destination.slug)
    action = destination.tool.actions.get(subscription.action)
    return _edit(request, destination, action, form, subscription)


def _edit(request, destination, action, form, subscription=None):
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "tab": "subscriptions",
        "action": describe(action),
        "form": form,
        "subscription": subscription,
    }
    return render(request, "destinations/subscription_edit.html", context)


@login_required
@require_POST
def subscription_switch(request, workspace_slug, destination_slug, subscription_id):
    """On or off. htmx receives the switch alone."""
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    subscription = get_object_or_404(destination.subscriptions, pk=subscription_id)
    subscription.enabled = request.POST.get("enabled") == "on"
    subscription.save(update_fields=["enabled"])
    if not request.htmx:
        return redirect("destination_subscriptions", workspace_slug, destination.slug)
    context = {
        "workspace": destination.workspace,
        "destination": destination,
        "subscription": subscription,
    }
    return render(request, "destinations/_subscription_switch.html", context)


@login_required
@require_POST
def subscription_delete(request, workspace_slug, destination_slug, subscription_id):
    destination = get_destination(request.user, workspace_slug, destination_slug, "editor")
    subscription: Subscription = get_object_or_404(destination.subscriptions, pk=subscription_id)
    subscription.delete()
    messages.success(request, f"The subscription “{subscription.name}” is deleted.")
    return redirect("destination_subscriptions", workspace_slug, destination.slug)
