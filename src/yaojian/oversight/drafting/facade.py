"""The door of the drafting room."""

from yaojian.oversight.drafting.actions import (
    adopt_draft,
    change_header,
    change_row,
    copy_plan,
    reload_adopted,
    submit_draft,
)
from yaojian.oversight.drafting.costing import reckon
from yaojian.oversight.drafting.models import PlanDraft

__all__ = [
    "PlanDraft",
    "adopt_draft",
    "change_header",
    "change_row",
    "copy_plan",
    "reckon",
    "reload_adopted",
    "submit_draft",
]
