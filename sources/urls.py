"""Addresses below /<workspace>/ that belong to sources."""

from django.urls import path

from . import debugger_views, key_views, schema_views, views

_ONE = "sources/<slug:source_slug>/"
_FRAGMENT = "fragments/sources/<slug:source_slug>/"
_SCHEMA = f"{_ONE}schema/"
_KEY = f"{_ONE}keys/<int:key_id>/"

urlpatterns = [
    path("sources/", views.source_list, name="source_list"),
    # Not below sources/, where it would take a slug away.
    path("new-source/", views.source_create, name="source_create"),
    path(_ONE, views.source_detail, name="source_detail"),
    path(f"{_ONE}settings/", views.source_settings, name="source_settings"),
    path(f"{_ONE}delete/", views.source_delete, name="source_delete"),
    path(f"{_ONE}keys/", key_views.write_key_add, name="source_key_add"),
    path(f"{_KEY}revoke/", key_views.write_key_revoke, name="source_key_revoke"),
    path(f"{_KEY}rotate/", key_views.write_key_rotate, name="source_key_rotate"),
    path(f"{_KEY}origins/", key_views.write_key_origins, name="source_key_origins"),
    path(f"{_ONE}debugger/", debugger_views.source_debugger, name="source_debugger"),
    path(
        f"{_ONE}debugger/newer/", debugger_views.source_debugger_newer, name="source_debugger_newer"
    ),
    path(f"{_ONE}events/<int:event_id>/", debugger_views.source_event, name="source_event"),
    path(
        f"{_ONE}rejections/<int:rejection_id>/",
        debugger_views.source_rejection,
        name="source_rejection",
    ),
    path(_SCHEMA, schema_views.source_schema, name="source_schema"),
    path(f"{_SCHEMA}csv/", schema_views.source_schema_csv, name="source_schema_csv"),
    path(
        f"{_SCHEMA}events/<int:event_id>/",
        schema_views.source_schema_properties,
        name="source_schema_properties",
    ),
    path(
        f"{_SCHEMA}events/<int:event_id>/rule/",
        schema_views.source_schema_event_rule,
        name="source_schema_event_rule",
    ),
    path(
        f"{_SCHEMA}properties/<int:property_id>/rule/",
        schema_views.source_schema_property_rule,
        name="source_schema_property_rule",
    ),
    path("fragments/sources/", views.source_overview_fragment, name="source_overview_fragment"),
    path("fragments/traffic/", views.source_traffic_fragment, name="source_traffic_fragment"),
    path(f"{_FRAGMENT}status/", views.source_status_fragment, name="source_status_fragment"),
    path(f"{_FRAGMENT}numbers/", views.source_numbers_fragment, name="source_numbers_fragment"),
]
