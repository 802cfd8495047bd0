"""The page on which somebody says which column is which field."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.registers.intake.actions import check_may_import, choose_mapping, choose_sheet
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.queries import import_visible_to
from yaojian.registers.intake.states import IMPORT_STATES, ImportState
from yaojian.registers.intake.targets import target_named
from yaojian.registers.intake.web.forms import MappingForm


@requires(Permission.REGISTER_IMPORT)
def mapping(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Choose columns, or another sheet of the workbook."""
    job = import_visible_to(request.actor, uid)
    check_may_import(request.actor, job.target)
    if not IMPORT_STATES.permits(ImportState(job.state), "map"):
        if request.method == "POST":
            raise Conflict(
                _("The import has moved on in the meantime."),
                cure=_("Reload the page to see where it stands."),
            )
        return redirect("intake:import", uid)
    if request.method != "POST":
        return render(request, "intake/mapping.html", mapping_context(job, None))
    if "sheet" in request.POST:
        choose_sheet(by=request.actor, uid=uid, sheet=request.POST["sheet"])
        return redirect("intake:import", uid)
    context = mapping_context(job, request.POST)
    form: MappingForm = context["form"]
    if form.is_valid():
        columns, constants = form.chosen()
        try:
            choose_mapping(
                by=request.actor,
                uid=uid,
                columns=columns,
                constants=constants,
                effective_on=form.cleaned_data["effective_on"],
            )
        except InvalidInput as error:
            for name, text in error.errors.items():
                form.add_error(f"column-{name}", str(text))
            if error.field == "effective_on":
                form.add_error("effective_on", str(error))
            elif not error.errors:
                form.add_error(None, str(error))
        else:
            return redirect("intake:import", uid)
    return render(request, "intake/mapping.html", context, status=422)


def mapping_context(job: Import, data: Any) -> dict[str, Any]:
    """The context of the page."""
    target = target_named(job.target)
    initial: dict[str, Any] = {"effective_on": job.effective_on}
    for name, column in job.mapping.get("columns", {}).items():
        initial[f"column-{name}"] = str(column)
    for name, text in job.mapping.get("constants", {}).items():
        initial[f"value-{name}"] = text
    names = job.shape["header"]
    form = MappingForm(data, target=target, names=names, initial=initial)
    used = set(job.mapping.get("columns", {}).values())
    return {
        "job": job,
        "target": target,
        "form": form,
        "header": names,
        "unused": [name for number, name in enumerate(names) if name and number not in used],
        "sample": job.shape.get("sample", []),
        "sheets": job.shape.get("sheets", []),
    }
