"""Connecting a tool by its consent page, and back."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from .. import connecting
from ..access import get_destination
from ..errors import DeliveryError

UNKNOWN = (
    "This answer of a consent page belongs to nothing that you began in this browser in the last "
    "ten minutes. Press Connect once more."
)


def connection_context(request, destination) -> dict:
    """Return what _connection.html needs beside the destination."""
    host = urlsplit(settings.PUBLIC_URL).netloc
    return {
        "connection": connecting.find_state(destination),
        # A session of another host is not there when the tool sends the person back.
        "public_host": host if host != request.get_host() else "",
    }


@login_required
@require_POST
@never_cache
def oauth_connect(request, workspace_slug, destination_slug):
    """A page that leads on to the tool. Not a redirect: our policy lets a form lead nowhere else,
    and tools redirect to further hosts."""
    destination = _get_connectable(request.user, workspace_slug, destination_slug)
    state = connecting.find_state(destination)
    try:
        if state.missing:
            raise connecting.NotConnected(f"Fill in first: {', '.join(state.missing)}.")
        url = connecting.begin(destination, request.user, request.session.session_key)
    except (connecting.NotConnected, DeliveryError) as error:
        messages.error(request, str(error))
        return redirect("destination_settings", workspace_slug, destination.slug)
    context = {"tool": destination.tool, "url": url}
    response = render(request, "destinations/oauth_leave.html", context)
    response.headers["Refresh"] = f"0; url={url}"
    return response


@require_GET
@never_cache
@sensitive_variables()
def oauth_callback(request):
    """Where tools send a person back to, whatever the workspace."""
    if not request.user.is_authenticated:
        # Not by login_required: its address would carry the code along.
        messages.error(request, "Your session has ended. Sign in, then press Connect once more.")
        return redirect("sign_in")
    state, session_key = request.GET.get("state", ""), request.session.session_key
    attempt = connecting.find_attempt(state, request.user, session_key)
    if attempt is None:
        messages.error(request, UNKNOWN)
        return redirect("home")
    workspace_slug = attempt.destination.workspace.slug
    destination = _get_connectable(request.user, workspace_slug, attempt.destination.slug)
    try:
        connecting.finish(destination, attempt, request.GET)
    except connecting.NotConnected as error:
        messages.error(request, str(error))
    else:
        what_next = "Events that waited go now." if destination.enabled else "It is still off."
        messages.success(request, f"{destination.name} is connected. {what_next}")
    return redirect("destination_settings", workspace_slug, destination.slug)


@login_required
@require_POST
def oauth_disconnect(request, workspace_slug, destination_slug):
    destination = _get_connectable(request.user, workspace_slug, destination_slug)
    connecting.disconnect(destination)
    messages.success(request, f"{destination.name} is disconnected. Its tokens are deleted here.")
    return redirect("destination_settings", workspace_slug, destination.slug)


def _get_connectable(user, workspace_slug, destination_slug):
    destination = get_destination(user, workspace_slug, destination_slug, "editor")
    if not connecting.has_consent_page(destination.tool):
        raise Http404
    return destination
