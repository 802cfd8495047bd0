from django.apps import AppConfig


class DraftingApp(AppConfig):
    name = "yaojian.oversight.drafting"
    label = "drafting"

    def ready(self) -> None:
        from yaojian.oversight.drafting import subscribers, work_kinds  # noqa: F401 — declares its handlers

        work_kinds.register()
