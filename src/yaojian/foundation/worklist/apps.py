from django.apps import AppConfig


class WorklistApp(AppConfig):
    """Enters the room's kinds of notices when it is ready."""

    name = "yaojian.foundation.worklist"
    label = "worklist"

    def ready(self) -> None:
        from yaojian.foundation.accounts.facade import ask_before_closing
        from yaojian.foundation.deadlines.facade import listen
        from yaojian.foundation.worklist import notice_kinds
        from yaojian.foundation.worklist.actions import follow_clock
        from yaojian.foundation.worklist.queries import held_by

        notice_kinds.register()
        listen(follow_clock)
        ask_before_closing(held_by)
