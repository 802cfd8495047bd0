from django.apps import AppConfig


class AdministrationApp(AppConfig):
    name = "yaojian.doors.administration"
    label = "administration"

    def ready(self) -> None:
        from yaojian.doors.administration import calendar_watch, log_watch

        calendar_watch.register()
        log_watch.register()
