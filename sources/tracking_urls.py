"""/v1/…: the paths that SDKs call. Short forms come from browsers and phones (tracking-api §2)."""

from django.urls import path

from . import cdn
from .api import BatchView, SingleView
from .pixel import PixelView

TYPES = ("identify", "track", "page", "screen", "group", "alias")

urlpatterns = [
    *(path(name, SingleView.as_view(type=name)) for name in TYPES),
    *(path(name[0], SingleView.as_view(type=name, from_device=True)) for name in TYPES),
    path("batch", BatchView.as_view()),
    path("import", BatchView.as_view(history=True)),
    path("b", BatchView.as_view(from_device=True)),
    path("m", cdn.metrics),
    path("pixel/<str:type>", PixelView.as_view()),
    path("projects/<str:write_key>/settings", cdn.project_settings),
]
