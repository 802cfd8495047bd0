from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LicencesApp(AppConfig):
    name = "yaojian.registers.licences"
    label = "licences"

    def ready(self) -> None:
        from yaojian.registers.enterprises.facade import (
            answer_licence_numbers,
            follow_merges,
            object_to_merges_with,
        )
        from yaojian.registers.licences import merging, push, work_kinds

        work_kinds.register()
        object_to_merges_with(merging.objection_of_licences)
        follow_merges(merging.LicenceFollower("licences.Licence", "subject_id", _("Licences")))
        answer_licence_numbers(push.numbers_given)
