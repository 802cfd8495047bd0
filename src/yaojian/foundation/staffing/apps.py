from django.apps import AppConfig


class StaffingApp(AppConfig):
    name = "yaojian.foundation.staffing"
    label = "staffing"

    def ready(self) -> None:
        from yaojian.foundation.staffing import stranded, work

        work.install()
        stranded.register()
