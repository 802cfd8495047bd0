from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LicencesApp(AppConfig):
    name = "yaojian.registers.licences"
    label = "licences"

    def ready(self) -> None:
        from yaojian.registers.enterprises.facade import Follower, follow_merges, object_to_merges_with
        from yaojian.registers.licences import merging, work_kinds

        work_kinds.register()
        object_to_merges_with(merging.objection_of_licences)
        follow_merges(Follower("licences.Licence", "subject_id", _("Licences")))
