"""Addresses below /<workspace>/ that belong to warehouses."""

from django.urls import path

from . import settings_views, views

_ONE = "warehouses/<slug:warehouse_slug>/"

urlpatterns = [
    path("warehouses/", views.warehouse_list, name="warehouse_list"),
    path("warehouses/new/", settings_views.warehouse_create, name="warehouse_create"),
    path(_ONE, views.warehouse_detail, name="warehouse_detail"),
    path(f"{_ONE}settings/", settings_views.warehouse_settings, name="warehouse_settings"),
    path(f"{_ONE}sync/", views.warehouse_sync, name="warehouse_sync"),
    path(f"{_ONE}check/", views.warehouse_check, name="warehouse_check"),
    path(f"{_ONE}delete/", views.warehouse_delete, name="warehouse_delete"),
    path(f"{_ONE}syncs/<int:sync_id>/", views.warehouse_sync_detail, name="warehouse_sync_detail"),
    path(
        "fragments/warehouses/",
        views.warehouse_overview_fragment,
        name="warehouse_overview_fragment",
    ),
    path(
        "fragments/sources/<slug:source_slug>/warehouses/",
        views.source_warehouses_fragment,
        name="source_warehouses_fragment",
    ),
]
