from django.contrib import admin

from .models import Sync, SyncTable, Warehouse, WarehouseColumn, WarehouseSource


class ConnectionInline(admin.TabularInline):
    model = WarehouseSource
    extra = 0
    raw_id_fields = ["source"]


@admin.register(Warehouse)
class WarehouseAdmin(admin.ModelAdmin):
    # Without `settings`: they hold passwords and are edited in the panel.
    fields = ["workspace", "slug", "name", "kind", "schedule", "enabled"]
    list_display = ["name", "workspace", "kind", "schedule", "enabled", "last_started_at"]
    list_filter = ["kind", "enabled"]
    list_select_related = ["workspace"]
    search_fields = ["name", "slug", "workspace__name"]
    inlines = [ConnectionInline]


class SyncTableInline(admin.TabularInline):
    model = SyncTable
    extra = 0
    can_delete = False
    readonly_fields = ["name", "row_count", "notices"]


@admin.register(Sync)
class SyncAdmin(admin.ModelAdmin):
    list_display = [
        "started_at",
        "warehouse",
        "source",
        "state",
        "trigger",
        "row_count",
        "notice_count",
        "error",
    ]
    list_filter = ["state", "trigger", "warehouse"]
    list_select_related = ["warehouse", "source"]
    date_hierarchy = "started_at"
    inlines = [SyncTableInline]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(WarehouseColumn)
class WarehouseColumnAdmin(admin.ModelAdmin):
    list_display = ["schema", "table", "name", "type", "raw_name", "warehouse", "created_at"]
    list_filter = ["warehouse", "type"]
    list_select_related = ["warehouse"]
    search_fields = ["table", "name", "raw_name"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
