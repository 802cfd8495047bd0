from django.apps import AppConfig


class StatisticsApp(AppConfig):
    name = "yaojian.oversight.statistics"
    label = "statistics"

    def ready(self) -> None:
        from yaojian.oversight.statistics import documents, work_kinds
        from yaojian.oversight.statistics.import_target import STATISTICS
        from yaojian.registers.intake.facade import register_target

        work_kinds.register()
        documents.register()
        register_target(STATISTICS)
