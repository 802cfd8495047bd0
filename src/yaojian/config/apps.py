from django.apps import AppConfig


class ConfigApp(AppConfig):
    """The composition root as an app, so that its management commands are found."""

    name = "yaojian.config"
    label = "config"
