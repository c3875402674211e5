"""Addresses below /<workspace>/ that belong to tools and destinations."""

from django.urls import path

from .views import (
    catalog,
    deliveries,
    destinations,
    filters,
    flow,
    oauth,
    subscriptions,
    tester,
)

_ONE = "destinations/<slug:destination_slug>/"

urlpatterns = [
    path("catalog/", catalog.catalog, name="catalog"),
    path("catalog/<slug:integration_slug>/", catalog.catalog_detail, name="catalog_detail"),
    path(
        "catalog/<slug:integration_slug>/connect/",
        catalog.destination_create,
        name="destination_create",
    ),
    path("destinations/", destinations.destination_list, name="destination_list"),
    path(_ONE, destinations.destination_detail, name="destination_detail"),
    path(f"{_ONE}settings/", destinations.destination_settings, name="destination_settings"),
    path(f"{_ONE}connect/", oauth.oauth_connect, name="oauth_connect"),
    path(f"{_ONE}disconnect/", oauth.oauth_disconnect, name="oauth_disconnect"),
    path(f"{_ONE}switch/", destinations.destination_switch, name="destination_switch"),
    path(f"{_ONE}sources/", destinations.destination_sources, name="destination_sources"),
    path(f"{_ONE}replay/", destinations.destination_replay, name="destination_replay"),
    path(f"{_ONE}delete/", destinations.destination_delete, name="destination_delete"),
    path(f"{_ONE}test/", tester.destination_test, name="destination_test"),
    path(f"{_ONE}flow/<int:event_id>/", flow.destination_flow, name="destination_flow"),
    path(
        "sources/<slug:source_slug>/events/<int:event_id>/flow/",
        flow.source_event_flow,
        name="source_event_flow",
    ),
    path(f"{_ONE}deliveries/", deliveries.destination_deliveries, name="destination_deliveries"),
    path(f"{_ONE}retry/", deliveries.destination_retry, name="destination_retry"),
    path(
        f"{_ONE}failures/<int:failure_id>/",
        deliveries.destination_failure,
        name="destination_failure",
    ),
    path(
        f"{_ONE}deliveries/<int:sample_id>/",
        deliveries.destination_sample,
        name="destination_sample",
    ),
    path(
        f"{_ONE}subscriptions/",
        subscriptions.destination_subscriptions,
        name="destination_subscriptions",
    ),
    path(
        f"{_ONE}subscriptions/new/",
        subscriptions.subscription_create,
        name="destination_subscription_create",
    ),
    path(
        f"{_ONE}subscriptions/<int:subscription_id>/",
        subscriptions.subscription_edit,
        name="destination_subscription_edit",
    ),
    path(
        f"{_ONE}subscriptions/<int:subscription_id>/switch/",
        subscriptions.subscription_switch,
        name="destination_subscription_switch",
    ),
    path(
        f"{_ONE}subscriptions/<int:subscription_id>/delete/",
        subscriptions.subscription_delete,
        name="destination_subscription_delete",
    ),
    path(f"{_ONE}filters/", filters.destination_filters, name="destination_filters"),
    path(f"{_ONE}filters/new/", filters.filter_create, name="destination_filter_create"),
    path(f"{_ONE}filters/<int:filter_id>/", filters.filter_edit, name="destination_filter_edit"),
    path(f"{_ONE}filters/draft/", filters.filter_draft, name="destination_filter_draft"),
    path(
        f"{_ONE}filters/<int:filter_id>/move/",
        filters.filter_move,
        name="destination_filter_move",
    ),
    path(
        f"{_ONE}filters/<int:filter_id>/switch/",
        filters.filter_switch,
        name="destination_filter_switch",
    ),
    path(
        f"{_ONE}filters/<int:filter_id>/delete/",
        filters.filter_delete,
        name="destination_filter_delete",
    ),
    path(
        "fragments/destinations/",
        destinations.destination_overview_fragment,
        name="destination_overview_fragment",
    ),
    path(
        "fragments/sources/<slug:source_slug>/destinations/",
        destinations.source_destinations_fragment,
        name="source_destinations_fragment",
    ),
    path(
        "fragments/sources/<slug:source_slug>/events/<int:event_id>/destinations/",
        flow.source_event_flow_fragment,
        name="source_event_flow_fragment",
    ),
]
