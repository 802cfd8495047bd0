from django.apps import AppConfig


class AdministrationApp(AppConfig):
    name = "yaojian.doors.administration"
    label = "administration"

    def ready(self) -> None:
        from yaojian.doors.administration import calendar_watch

        calendar_watch.register()
