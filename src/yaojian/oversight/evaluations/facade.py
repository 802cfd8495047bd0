"""The door of the evaluations room."""

from yaojian.oversight.evaluations.adjustments import decide_adjustment, propose_adjustment
from yaojian.oversight.evaluations.contracts import EvaluationKind, Progress, Standing, TaskKind
from yaojian.oversight.evaluations.evaluation_actions import (
    comment_evaluation,
    draft_evaluation,
    freeze_evaluation,
    submit_evaluation,
)
from yaojian.oversight.evaluations.printings import make_printing, work_with
from yaojian.oversight.evaluations.task_actions import (
    Assignment,
    assign_task,
    confirm_task,
    report_progress,
)
from yaojian.oversight.evaluations.work_kinds import refresh_tasks

__all__ = [
    "Assignment",
    "EvaluationKind",
    "Progress",
    "Standing",
    "TaskKind",
    "assign_task",
    "comment_evaluation",
    "confirm_task",
    "decide_adjustment",
    "draft_evaluation",
    "freeze_evaluation",
    "make_printing",
    "propose_adjustment",
    "refresh_tasks",
    "report_progress",
    "submit_evaluation",
    "work_with",
]
