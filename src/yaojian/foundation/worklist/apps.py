from django.apps import AppConfig


class WorklistApp(AppConfig):
    name = "yaojian.foundation.worklist"
    label = "worklist"

    def ready(self) -> None:
        from yaojian.foundation.accounts.facade import ask_before_closing
        from yaojian.foundation.worklist.queries import held_by

        ask_before_closing(held_by)
