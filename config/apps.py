from django.apps import AppConfig


class SwitchyardConfig(AppConfig):
    """The commands that concern all apps. It has no models."""

    name = "config"
