"""The door of the intake room."""

from yaojian.registers.intake.actions import (
    FILE_KIND,
    cancel_import,
    choose_mapping,
    choose_sheet,
    confirm_import,
    receive_table,
    retry_import,
    undo_import,
    work_with,
)
from yaojian.registers.intake.contracts import (
    EntryFault,
    EntryOutcome,
    FieldKind,
    ImportField,
    RowChange,
    Target,
)
from yaojian.registers.intake.jobs import take_up_what_was_left, work_on
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.queries import import_visible_to, imports_visible_to
from yaojian.registers.intake.sheets import error_workbook
from yaojian.registers.intake.states import ImportState
from yaojian.registers.intake.targets import register_target

__all__ = [
    "FILE_KIND",
    "EntryFault",
    "EntryOutcome",
    "FieldKind",
    "Import",
    "ImportField",
    "ImportState",
    "RowChange",
    "Target",
    "cancel_import",
    "choose_mapping",
    "choose_sheet",
    "confirm_import",
    "error_workbook",
    "import_visible_to",
    "imports_visible_to",
    "receive_table",
    "register_target",
    "retry_import",
    "take_up_what_was_left",
    "undo_import",
    "work_on",
    "work_with",
]
