"""/analytics.js/…: what the page snippet loads. The settings are under /v1/, with the API."""

from django.urls import path, re_path

from . import cdn

urlpatterns = [
    path("analytics.js/v1/<str:write_key>/analytics.min.js", cdn.script, name="browser_sdk"),
    path("analytics.js/v1/<str:write_key>/platform/analytics.min.js", cdn.script),  # old snippets
    path("analytics.js/v1/<str:write_key>/analytics.js", cdn.script, {"readable": True}),
    # Also analytics.classic.js, and the further parts of Segment's own script (browser-sdk §11).
    re_path(r"^(?:analytics\.js|analytics-next|next-integrations)/", cdn.absent),
]
