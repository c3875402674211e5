"""/v1/… for machines, /<workspace>/… for people."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("v1/", include("sources.tracking_urls")),
    path("admin/", admin.site.urls),
]
