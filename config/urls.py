"""/v1/… for machines, /<workspace>/… for people."""

from django.contrib import admin
from django.urls import include, path

from destinations.views.oauth import oauth_callback
from sources import openapi

# Before any other URLs: it registers the converter `workspace`, which leaves out our own words.
from workspaces import urls as workspace_urls

urlpatterns = [
    path("v1/", include("sources.tracking_urls")),
    path("api/schema", openapi.schema),
    path("", include("sources.cdn_urls")),
    path("admin/", admin.site.urls),
    # Registered with the tools by whoever runs this: it stays as it is.
    path("oauth/callback", oauth_callback, name="oauth_callback"),
    path("", include(workspace_urls)),
    path("<workspace:workspace_slug>/", include("sources.urls")),
    path("<workspace:workspace_slug>/", include("destinations.urls")),
    path("<workspace:workspace_slug>/", include("warehouses.urls")),
]
