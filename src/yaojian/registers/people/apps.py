from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleApp(AppConfig):
    name = "yaojian.registers.people"
    label = "people"

    def ready(self) -> None:
        from yaojian.registers.enterprises.facade import Follower, follow_merges
        from yaojian.registers.people import documents, work_kinds

        documents.register()
        work_kinds.register()
        follow_merges(Follower("people.PharmacistRegistration", "subject_id", _("Pharmacists")))
        follow_merges(Follower("people.Position", "subject_id", _("Responsible persons")))
