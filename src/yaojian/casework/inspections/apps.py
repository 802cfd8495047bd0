from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InspectionsApp(AppConfig):
    name = "yaojian.casework.inspections"
    label = "inspections"

    def ready(self) -> None:
        from yaojian.casework.inspections import clock_files, handover, work_kinds
        from yaojian.casework.inspections.queries import held_by
        from yaojian.foundation.accounts.facade import ask_before_closing
        from yaojian.registers.enterprises.facade import Follower, follow_merges

        work_kinds.register()
        clock_files.register()
        handover.register()
        ask_before_closing(held_by)
        follow_merges(Follower("inspections.Inspection", "subject_id", _("Inspections")))
