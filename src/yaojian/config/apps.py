from django.apps import AppConfig


class ConfigApp(AppConfig):
    """The composition root as an app, so that its commands are found and the outbox is connected."""

    name = "yaojian.config"
    label = "config"

    def ready(self) -> None:
        from yaojian.config import worker

        worker.install()
