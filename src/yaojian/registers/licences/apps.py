from django.apps import AppConfig


class LicencesApp(AppConfig):
    name = "yaojian.registers.licences"
    label = "licences"

    def ready(self) -> None:
        from yaojian.registers.enterprises.facade import object_to_merges_with
        from yaojian.registers.licences import merging, work_kinds

        work_kinds.register()
        object_to_merges_with(merging.objection_of_licences)
