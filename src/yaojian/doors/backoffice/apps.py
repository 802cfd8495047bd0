from django.apps import AppConfig


class BackofficeApp(AppConfig):
    name = "yaojian.doors.backoffice"
    label = "backoffice"

    def ready(self) -> None:
        from yaojian.doors.backoffice import documents, log_watch

        documents.register()
        log_watch.register()
