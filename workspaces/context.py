"""What every page of the panel knows."""

from django.conf import settings


def panel(request):
    """Give templates the public URL and the workspaces that the signed-in person may switch to."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "public_url": settings.PUBLIC_URL,
        "my_workspaces": user.workspaces.all() if known else [],
    }
