from django.apps import AppConfig


class MandatesApp(AppConfig):
    name = "yaojian.oversight.mandates"
    label = "mandates"

    def ready(self) -> None:
        from yaojian.oversight.mandates import subscribers  # noqa: F401 — declares its handlers
