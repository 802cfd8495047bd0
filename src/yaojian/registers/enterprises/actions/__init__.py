"""Writes to the register of subjects."""

from yaojian.registers.enterprises.actions.changing import (
    close_subject,
    edit_subject,
    editable_for_form,
    enter_subject,
    move_subject,
    organs_to_transfer_to,
    reopen_subject,
    set_production,
    show_subjects_of_today,
    transfer_subject,
    withdraw_change,
)
from yaojian.registers.enterprises.actions.entities import edit_enterprise, editable_enterprise
from yaojian.registers.enterprises.actions.grading import (
    accept_proposal,
    accept_proposals,
    keep_grade,
    set_grade,
)
from yaojian.registers.enterprises.actions.merging import keep_apart, merge_subjects, undo_merge
from yaojian.registers.enterprises.actions.registering import register_subjects
from yaojian.registers.enterprises.actions.undoing import undo_registration

__all__ = [
    "accept_proposal",
    "accept_proposals",
    "close_subject",
    "edit_enterprise",
    "edit_subject",
    "editable_enterprise",
    "editable_for_form",
    "enter_subject",
    "keep_apart",
    "keep_grade",
    "merge_subjects",
    "move_subject",
    "organs_to_transfer_to",
    "register_subjects",
    "reopen_subject",
    "set_grade",
    "set_production",
    "show_subjects_of_today",
    "transfer_subject",
    "undo_merge",
    "undo_registration",
    "withdraw_change",
]
