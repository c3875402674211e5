from django.contrib import admin

from .models import (
    Connection,
    DeliveryCount,
    DeliverySample,
    Destination,
    Failure,
    Filter,
    Range,
    Subscription,
)


class ReadOnly:
    """For rows that the delivery writes: looked at and deleted, not changed by hand."""

    def has_add_permission(self, request, *args):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class ConnectionInline(admin.TabularInline):
    model = Connection
    extra = 0
    raw_id_fields = ["source"]


class SubscriptionInline(admin.TabularInline):
    # Without `mapping`: some tools keep a secret in it. It is edited in the panel.
    model = Subscription
    fields = ["name", "action", "trigger", "enabled", "order"]
    extra = 0
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("mapping")


class FilterInline(admin.TabularInline):
    model = Filter
    extra = 0


class RangeInline(ReadOnly, admin.TabularInline):
    model = Range
    extra = 0


@admin.register(Destination)
class DestinationAdmin(admin.ModelAdmin):
    # Without `settings`: they hold credentials and are edited in the panel.
    fields = ["workspace", "slug", "name", "integration", "enabled", "created_at"]
    readonly_fields = ["integration", "created_at"]
    list_display = ["name", "workspace", "integration", "enabled", "created_at"]
    list_filter = ["enabled", "integration", "workspace"]
    list_select_related = ["workspace"]
    search_fields = ["name", "slug", "integration", "workspace__name"]
    inlines = [ConnectionInline, SubscriptionInline, FilterInline, RangeInline]

    def has_add_permission(self, request):
        return False  # a destination begins with settings and subscriptions: the panel makes it

    def get_queryset(self, request):
        return super().get_queryset(request).defer("settings")


@admin.register(Subscription)
class SubscriptionAdmin(admin.ModelAdmin):
    fields = ["destination", "name", "action", "trigger", "enabled", "order"]
    readonly_fields = ["destination", "action"]
    list_display = ["name", "destination", "action", "trigger", "enabled"]
    list_filter = ["enabled", "action"]
    list_select_related = ["destination"]
    search_fields = ["name", "trigger", "destination__name"]

    def has_add_permission(self, request):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("mapping", "destination__settings")


@admin.register(Range)
class RangeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "destination",
        "position",
        "until",
        "created_at",
        "finished_at",
        "paused_until",
        "setbacks",
        "reason",
    ]
    list_filter = [("until", admin.EmptyFieldListFilter), "destination"]
    list_select_related = ["destination"]


@admin.register(Failure)
class FailureAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "failed_at",
        "destination",
        "event_name",
        "state",
        "code",
        "attempts",
        "next_attempt_at",
        "reason",
    ]
    list_filter = ["state", "code", "destination"]
    list_select_related = ["destination"]
    search_fields = ["message_id", "event_name"]
    exclude = ["subscription"]
    date_hierarchy = "failed_at"
    show_full_result_count = False


@admin.register(DeliveryCount)
class DeliveryCountAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["minute", "destination", "action", "outcome", "code", "count"]
    list_filter = ["outcome", "destination", "code"]
    list_select_related = ["destination"]
    date_hierarchy = "minute"
    show_full_result_count = False


@admin.register(DeliverySample)
class DeliverySampleAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["at", "destination", "action", "outcome", "code", "event_name", "duration_ms"]
    list_filter = ["outcome", "destination", "action"]
    list_select_related = ["destination"]
    search_fields = ["message_id", "event_name"]
