from django.apps import AppConfig


class PeopleApp(AppConfig):
    name = "yaojian.registers.people"
    label = "people"

    def ready(self) -> None:
        from yaojian.registers.people import documents, work_kinds

        documents.register()
        work_kinds.register()
