"""The subscriptions of a destination: which events become which calls to the tool."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from ..access import describe, get_destination, wants_fragment
from ..editor import draft, posting
from ..models import Subscription


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
    defaults = action.default_mapping()
    if request.method == "GET":
        made = draft.opened(destination, action.slug, action.label, action.trigger, defaults)
        return _show(request, made)
    made = posting.posted(destination, action.slug, defaults, request.POST)
    if _asks_to_save(request) and made.check():
        last = destination.subscriptions.aggregate(last=Max("order"))["last"]
        order = 0 if last is None else last + 1
        destination.subscriptions.create(action=action.slug, order=order, **made.form.cleaned_data)
        return _saved(request, destination, "The subscription is added.")
    return _answer(request, made)


@login_required
@require_http_methods(["GET", "POST"])
def subscription_edit(request, workspace_slug, destination_slug, subscription_id):
    """The editor of a subscription. Viewers may look, also at what would be sent."""
    role = "editor" if request.method == "POST" else "viewer"
    destination = get_destination(request.user, workspace_slug, destination_slug, role)
    one = get_object_or_404(destination.subscriptions, pk=subscription_id)
    if request.method == "GET":
        made = draft.opened(destination, one.action, one.name, one.trigger, one.mapping)
        return _show(request, made, one)
    made = posting.posted(destination, one.action, one.mapping, request.POST)
    if _asks_to_save(request) and made.check():
        for name, value in made.form.cleaned_data.items():
            setattr(one, name, value)
        one.save(update_fields=["name", "trigger", "mapping"])
        return _saved(request, destination, "The subscription is saved.")
    return _answer(request, made, one)


def _asks_to_save(request):
    """Whether the save button was pressed. A script that posts the three fields means it too."""
    return request.POST.get("do", "" if request.htmx else "save") == "save"


def _saved(request, destination, message):
    messages.success(request, message)
    where = reverse(
        "destination_subscriptions", args=[destination.workspace.slug, destination.slug]
    )
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)


def _answer(request, made, subscription=None):
    """The page again, with what was asked for done. htmx receives the parts that changed."""
    made.try_out(send=request.POST.get("do") == "send")
    if wants_fragment(request):
        context = _context(made, subscription) | {"oob": True, "doing": request.POST.get("do", "")}
        return render(request, "destinations/_editor_update.html", context)
    return render(request, "destinations/subscription_edit.html", _context(made, subscription))


def _show(request, made, subscription=None):
    made.try_out()
    return render(request, "destinations/subscription_edit.html", _context(made, subscription))


def _context(made, subscription):
    return {
        "workspace": made.destination.workspace,
        "destination": made.destination,
        "tab": "subscriptions",
        "action": describe(made.action),
        "form": made.form,
        "subscription": subscription,
        "draft": made,
    }


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
