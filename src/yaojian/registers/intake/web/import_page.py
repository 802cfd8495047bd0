"""What the page of an import shows."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.design.templatetags.design import datetime_cn, number
from yaojian.registers.intake.contracts import RowChange, Target
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.queries import broken_rows
from yaojian.registers.intake.states import AT_WORK, IMPORT_STATES, ImportState
from yaojian.registers.intake.targets import target_named
from yaojian.registers.intake.web.wording import CHANGE_NAMES, badge, progress_in_words

ROWS_SHOWN = 20
MOST_KEPT_SHOWN = 50
COUNT_MEANINGS = {
    RowChange.NEW: "info",
    RowChange.CHANGED: "due_soon",
    RowChange.UNCHANGED: "neutral",
    RowChange.BROKEN: "overdue",
}


def import_context(actor: Actor, job: Import) -> dict[str, Any]:
    """The context of the page."""
    state, target = ImportState(job.state), target_named(job.target)
    may = actor.may(target.permission)
    verbs = set(IMPORT_STATES.verbs(state)) if may else set()
    kind, name = badge(job)
    is_done = state in (ImportState.DONE, ImportState.UNDONE, ImportState.UNDOING)
    return {
        "job": job,
        "target": target,
        "state": state.value,
        "badge": (kind, name),
        "at_work": state in AT_WORK,
        "progress": progress_in_words(job, job.progress) if state in AT_WORK else None,
        "facts": facts(job, target),
        "counts": counts(job) if job.counts and state not in AT_WORK else [],
        "samples": [sample(target, one) for one in job.samples],
        "broken": [broken(target, row) for row in broken_rows(job)[:ROWS_SHOWN]],
        "broken_count": job.count(RowChange.BROKEN),
        "entered": job.count(RowChange.NEW) + job.count(RowChange.CHANGED),
        "is_done": is_done,
        "kept": job.kept_by_undo[:MOST_KEPT_SHOWN],
        "kept_count": len(job.kept_by_undo),
        "may_cancel": "cancel" in verbs,
        "may_map": "map" in verbs,
        "may_confirm": "confirm" in verbs,
        "may_retry": "retry" in verbs,
        "may_undo": "undo" in verbs and job.count(RowChange.NEW) + job.count(RowChange.CHANGED) > 0,
        "may_see_errors": may
        and (actor.may(Permission.PERSONAL_DATA_REVEAL) or not target.has_personal_data),
        "acts_url": reverse("backoffice:journal") if actor.may(Permission.JOURNAL_VIEW) else "",
    }


def facts(job: Import, target: Target) -> list[dict[str, Any]]:
    """Who, what, when, which file."""
    shape = job.shape
    described: list[dict[str, Any]] = [
        {"label": pgettext("import", "Register"), "value": target.name},
        {"label": _("Imported by"), "value": job.created_by.display_name, "hint": job.organ.label},
        {"label": _("Begun"), "value": datetime_cn(job.created_at)},
        {"label": _("Effective from"), "value": job.effective_on.isoformat()},
    ]
    if job.finished_at:
        described.append({"label": pgettext("import", "Ended"), "value": datetime_cn(job.finished_at)})
    if shape.get("sheet"):
        described.append({"label": _("Sheet"), "value": shape["sheet"]})
    if shape.get("encoding"):
        described.append({"label": _("Encoding"), "value": shape["encoding"].upper()})
    if "rows" in shape:
        hint = _("names of columns in row %(row)s") % {"row": shape["header_row"]}
        described.append({"label": pgettext("table", "Rows"), "value": number(job.rows), "hint": hint})
    described.append({"label": _("Size"), "value": filesizeformat(job.file_bytes)})
    return described


def counts(job: Import) -> list[dict[str, Any]]:
    """How many rows are new, changed, unchanged, broken."""
    return [
        {
            "label": CHANGE_NAMES[change],
            "value": job.count(change),
            "kind": COUNT_MEANINGS[change] if job.count(change) else "neutral",
        }
        for change in RowChange
    ]


def sample(target: Target, one: dict[str, Any]) -> dict[str, Any]:
    """A row of the preview with its fields in words."""
    labels = {field.name: field.label for field in target.fields}
    change = RowChange(one["change"])
    return {
        **one,
        "name": CHANGE_NAMES[change],
        "kind": COUNT_MEANINGS[change],
        "is_new": change is RowChange.NEW,
        "cells": [(labels.get(name, name), before, after) for name, before, after in one["cells"]],
    }


def broken(target: Target, row: Any) -> dict[str, Any]:
    """A broken row with what is wrong, field by field."""
    labels = {field.name: field.label for field in target.fields}
    filled = [cell for cell in row.cells if cell][:3]
    return {
        "row": row.row,
        "beginning": " · ".join(filled),
        "faults": [(labels.get(name, ""), detail, cure) for name, detail, cure in row.faults],
    }
