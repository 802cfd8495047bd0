from django.apps import AppConfig


class DeadlinesApp(AppConfig):
    name = "yaojian.foundation.deadlines"
    label = "deadlines"

    def ready(self) -> None:
        from yaojian.foundation.accounts.facade import ask_before_closing
        from yaojian.foundation.deadlines import subscribers  # noqa: F401 — declares its handlers
        from yaojian.foundation.deadlines.queries import held_by

        ask_before_closing(held_by)
