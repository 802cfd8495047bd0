from django.apps import AppConfig


class PeopleApp(AppConfig):
    name = "yaojian.registers.people"
    label = "people"

    def ready(self) -> None:
        from yaojian.registers.people import work_kinds

        work_kinds.register()
