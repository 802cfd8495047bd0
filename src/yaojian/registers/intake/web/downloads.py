"""Files of imports: the sheet of broken rows, and the template of a register."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.exports.facade import workbook_answer, workbook_file
from yaojian.registers.intake.actions import check_may_import
from yaojian.registers.intake.queries import import_visible_to
from yaojian.registers.intake.sheets import error_workbook, template_sheets
from yaojian.registers.intake.targets import target_named


@requires(Permission.REGISTER_IMPORT)
def error_sheet(request: ActingRequest, uid: UUID) -> FileResponse:
    """The broken rows with their columns, what is wrong with each, and the cure; to be imported again."""
    job = import_visible_to(request.actor, uid)
    check_may_import(request.actor, job.target)
    return workbook_answer(error_workbook(request.actor, job), _("import-errors"))


@requires(Permission.REGISTER_IMPORT)
def template_sheet(request: ActingRequest, target: str) -> FileResponse:
    """An empty table with the columns of a register, and a sheet that explains them."""
    return workbook_answer(workbook_file(template_sheets(target_named(target))), f"{target}-template")
