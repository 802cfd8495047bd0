from django.apps import AppConfig


class BackofficeApp(AppConfig):
    name = "yaojian.doors.backoffice"
    label = "backoffice"

    def ready(self) -> None:
        from yaojian.doors.backoffice import documents

        documents.register()
