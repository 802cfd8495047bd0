from django.apps import AppConfig


class InspectionsApp(AppConfig):
    name = "yaojian.casework.inspections"
    label = "inspections"

    def ready(self) -> None:
        from yaojian.casework.inspections import work_kinds

        work_kinds.register()
