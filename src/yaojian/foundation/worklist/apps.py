from django.apps import AppConfig


class WorklistApp(AppConfig):
    """Enters the room's kinds of notices when it is ready."""

    name = "yaojian.foundation.worklist"
    label = "worklist"

    def ready(self) -> None:
        from yaojian.foundation.accounts.facade import ask_before_closing
        from yaojian.foundation.worklist import notice_kinds
        from yaojian.foundation.worklist.queries import held_by

        notice_kinds.register()
        ask_before_closing(held_by)
