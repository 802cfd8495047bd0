from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnterprisesApp(AppConfig):
    name = "yaojian.registers.enterprises"
    label = "enterprises"

    def ready(self) -> None:
        from yaojian.foundation.accounts.facade import ask_before_closing
        from yaojian.foundation.kept.facade import reads_through
        from yaojian.registers.enterprises import subscribers  # noqa: F401 — declares its handlers
        from yaojian.registers.enterprises.merging_port import (
            DocumentFollower,
            DutyFollower,
            Follower,
            follow_merges,
        )
        from yaojian.registers.enterprises.scopes import held_by

        ask_before_closing(held_by)
        reads_through("enterprises_subject_on", ["enterprises_subjectversion"])
        follow_merges(DutyFollower("worklist.WorkItem", "subject_id", _("Work items")))
        follow_merges(DocumentFollower("documents.Document", "file_id", _("Documents")))
        follow_merges(Follower("deadlines.RunningClock", "subject_id", _("Running clocks")))
