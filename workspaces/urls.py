"""Addresses of people and workspaces; `of_one` are those below /<workspace>/."""

from django.urls import include, path, register_converter

from . import settings_views, views
from .slugs import WorkspaceConverter

register_converter(WorkspaceConverter, "workspace")

of_one = [
    path("", views.workspace_overview, name="workspace_overview"),
    path("settings/", settings_views.workspace_settings, name="workspace_settings"),
    path("settings/members/", settings_views.member_add, name="member_add"),
    path(
        "settings/members/<int:membership_id>/", settings_views.member_change, name="member_change"
    ),
    path(
        "settings/members/<int:membership_id>/remove/",
        settings_views.member_remove,
        name="member_remove",
    ),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("account/", views.account, name="account"),
    path("new-workspace/", views.workspace_create, name="workspace_create"),
    path("<workspace:workspace_slug>/", include(of_one)),
]
