"""Addresses below /<workspace>/ that belong to tools and destinations."""

from django.urls import path

from . import catalog_views, delivery_views, filter_views, subscription_views, tester_views, views

_ONE = "destinations/<slug:destination_slug>/"

urlpatterns = [
    path("catalog/", catalog_views.catalog, name="catalog"),
    path("catalog/<slug:integration_slug>/", catalog_views.catalog_detail, name="catalog_detail"),
    path(
        "catalog/<slug:integration_slug>/connect/",
        catalog_views.destination_create,
        name="destination_create",
    ),
    path("destinations/", views.destination_list, name="destination_list"),
    path(_ONE, views.destination_detail, name="destination_detail"),
    path(f"{_ONE}settings/", views.destination_settings, name="destination_settings"),
    path(f"{_ONE}switch/", views.destination_switch, name="destination_switch"),
    path(f"{_ONE}sources/", views.destination_sources, name="destination_sources"),
    path(f"{_ONE}replay/", views.destination_replay, name="destination_replay"),
    path(f"{_ONE}delete/", views.destination_delete, name="destination_delete"),
    path(f"{_ONE}test/", tester_views.destination_test, name="destination_test"),
    path(
        f"{_ONE}deliveries/", delivery_views.destination_deliveries, name="destination_deliveries"
    ),
    path(f"{_ONE}retry/", delivery_views.destination_retry, name="destination_retry"),
    path(
        f"{_ONE}failures/<int:failure_id>/",
        delivery_views.destination_failure,
        name="destination_failure",
    ),
    path(
        f"{_ONE}deliveries/<int:sample_id>/",
        delivery_views.destination_sample,
        name="destination_sample",
    ),
    path(
        f"{_ONE}subscriptions/",
        subscription_views.destination_subscriptions,
        name="destination_subscriptions",
    ),
    path(
        f"{_ONE}subscriptions/new/",
        subscription_views.subscription_create,
        name="destination_subscription_create",
    ),
    path(
        f"{_ONE}subscriptions/<int:subscription_id>/",
        subscription_views.subscription_edit,
        name="destination_subscription_edit",
    ),
    path(
        f"{_ONE}subscriptions/<int:subscription_id>/switch/",
        subscription_views.subscription_switch,
        name="destination_subscription_switch",
    ),
    path(
        f"{_ONE}subscriptions/<int:subscription_id>/delete/",
        subscription_views.subscription_delete,
        name="destination_subscription_delete",
    ),
    path(f"{_ONE}filters/", filter_views.destination_filters, name="destination_filters"),
    path(f"{_ONE}filters/new/", filter_views.filter_create, name="destination_filter_create"),
    path(
        f"{_ONE}filters/<int:filter_id>/", filter_views.filter_edit, name="destination_filter_edit"
    ),
    path(
        f"{_ONE}filters/<int:filter_id>/switch/",
        filter_views.filter_switch,
        name="destination_filter_switch",
    ),
    path(
        f"{_ONE}filters/<int:filter_id>/delete/",
        filter_views.filter_delete,
        name="destination_filter_delete",
    ),
    path(
        "fragments/destinations/",
        views.destination_overview_fragment,
        name="destination_overview_fragment",
    ),
    path(
        "fragments/sources/<slug:source_slug>/destinations/",
        views.source_destinations_fragment,
        name="source_destinations_fragment",
    ),
]
