from django.contrib import admin

from .models import DoorCount, EventCount, LogReader, Rejection, Source, WriteKey


class WriteKeyInline(admin.TabularInline):
    model = WriteKey
    extra = 0
    readonly_fields = ["created_at", "last_used_at"]


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    list_display = ["name", "workspace", "kind", "enabled", "created_at"]
    list_filter = ["kind", "enabled", "workspace"]
    search_fields = ["name", "slug", "write_keys__key"]
    list_select_related = ["workspace"]
    inlines = [WriteKeyInline]


@admin.register(Rejection)
class RejectionAdmin(admin.ModelAdmin):
    list_display = ["received_at", "source", "code", "message"]
    list_filter = ["code", "source"]
    list_select_related = ["source"]
    date_hierarchy = "received_at"


@admin.register(EventCount)
class EventCountAdmin(admin.ModelAdmin):
    list_display = ["minute", "source", "type", "count"]
    list_filter = ["type", "source"]
    list_select_related = ["source"]


@admin.register(DoorCount)
class DoorCountAdmin(admin.ModelAdmin):
    list_display = ["hour", "source", "what", "count"]
    list_filter = ["what", "source"]
    list_select_related = ["source"]


@admin.register(LogReader)
class LogReaderAdmin(admin.ModelAdmin):
    list_display = ["name", "position"]
