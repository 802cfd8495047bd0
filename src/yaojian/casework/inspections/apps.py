from django.apps import AppConfig


class InspectionsApp(AppConfig):
    name = "yaojian.casework.inspections"
    label = "inspections"

    def ready(self) -> None:
        from yaojian.casework.inspections import clock_files, handover, work_kinds
        from yaojian.casework.inspections.queries import held_by
        from yaojian.foundation.accounts.facade import ask_before_closing

        work_kinds.register()
        clock_files.register()
        handover.register()
        ask_before_closing(held_by)
