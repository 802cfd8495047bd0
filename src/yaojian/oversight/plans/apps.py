from django.apps import AppConfig


class PlansApp(AppConfig):
    name = "yaojian.oversight.plans"
    label = "plans"

    def ready(self) -> None:
        from yaojian.oversight.plans import work_kinds

        work_kinds.register()
