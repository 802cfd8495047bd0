"""Writes to the register of subjects."""

from yaojian.registers.enterprises.actions.changing import (
    close_subject,
    edit_subject,
    editable_subject,
    move_subject,
    organs_to_transfer_to,
    reopen_subject,
    set_production,
    show_subjects_of_today,
    transfer_subject,
    withdraw_change,
)
from yaojian.registers.enterprises.actions.registering import register_subjects
from yaojian.registers.enterprises.actions.undoing import undo_registration

__all__ = [
    "close_subject",
    "edit_subject",
    "editable_subject",
    "move_subject",
    "organs_to_transfer_to",
    "register_subjects",
    "reopen_subject",
    "set_production",
    "show_subjects_of_today",
    "transfer_subject",
    "undo_registration",
    "withdraw_change",
]
