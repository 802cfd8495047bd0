"""Writes to the register of subjects."""

from yaojian.registers.enterprises.actions.registering import register_subjects
from yaojian.registers.enterprises.actions.undoing import undo_registration

__all__ = ["register_subjects", "undo_registration"]
