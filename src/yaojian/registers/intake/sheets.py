"""The sheet of broken rows and the template of a register."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.errors import NotFound
from yaojian.foundation.exports.facade import Sheet, workbook_file
from yaojian.foundation.privacy.facade import reveal
from yaojian.registers.intake.actions import import_ref
from yaojian.registers.intake.contracts import FieldKind, ImportField, Target
from yaojian.registers.intake.mapping import ADDED
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.queries import broken_rows
from yaojian.registers.intake.targets import target_named
from yaojian.registers.intake.words import SEALED_FIELD

AT_ONCE = 1_000
WIDTH = 20


def error_workbook(actor: Actor, job: Import) -> IO[bytes]:
    """The workbook of the broken rows as an open file, the caller's to close."""
    return workbook_file(error_sheets(actor, job))


def error_sheets(actor: Actor, job: Import) -> Iterator[Sheet]:
    """The broken rows as they were, each with its row, the fields that are wrong, what is wrong, the cure.

    The names of the columns are those of the file, so that it can be mended and imported again with the same
    mapping. Of a register with personal data the rows are sealed, and the look at them is an act.
    """
    if "header" not in job.shape:
        raise NotFound(
            _("No row of this import has been looked at yet."), cure=_("Wait until it has been checked.")
        )
    target = target_named(job.target)
    header = [name or f"({number + 1})" for number, name in enumerate(job.shape["header"])]
    widths = [WIDTH] * len(header) + [10, 24, 60, 50]
    yield Sheet(
        str(target.name), [*header, *(str(name) for name in ADDED)], widths, _broken(actor, job, target)
    )


def _broken(actor: Actor, job: Import, target: Target) -> Iterator[Sequence[object]]:
    labels = {one.name: str(one.label) for one in target.fields}
    results = broken_rows(job)
    opened = _revealed(actor, job) if target.has_personal_data else {}
    width = len(job.shape["header"])
    for result in results.iterator(chunk_size=AT_ONCE):
        cells = opened.get(result.row, result.cells)
        cells = [*cells, *[""] * (width - len(cells))]
        fields = [labels.get(name, "") for name, _detail, _cure in result.faults]
        numbered = len(result.faults) > 1
        yield (
            *cells,
            result.row,
            _(", ").join(dict.fromkeys(field for field in fields if field)),
            _lines((detail for _field, detail, _cure in result.faults), numbered),
            _lines((cure for _field, _detail, cure in result.faults), numbered),
        )


def _lines(texts: Iterator[str], numbered: bool) -> str:
    return "\n".join(f"{n}. {text}" if numbered else text for n, text in enumerate(texts, 1))


def _revealed(actor: Actor, job: Import) -> Mapping[int, list[str]]:
    """The cells of the broken rows by row; the look is an act."""
    if not job.sealed_rows:
        return {}
    values = reveal(
        by=actor,
        owner=import_ref(job),
        sealed={SEALED_FIELD: job.sealed_rows},
        purpose=_("Sheet of the rows that an import could not take"),
    )
    return {int(row): cells for row, cells in json.loads(values[SEALED_FIELD]).items()}


def template_sheets(target: Target) -> Iterator[Sheet]:
    """The empty table with an example, and the explanations and allowed values of its columns."""
    fields = target.fields
    head = [str(one.label) for one in fields]
    example = [one.example for one in fields]
    yield Sheet(str(target.name), head, [max(WIDTH, len(name) * 2) for name in head], [example])
    yield Sheet(
        pgettext("sheet", "Explanations"),
        [
            pgettext("template", "Column"),
            _("Required"),
            pgettext("template", "What belongs here"),
            _("Example"),
            _("Allowed values"),
            _("Also understood as"),
        ],
        [26, 8, 44, 24, 60, 40],
        [
            [
                str(one.label),
                _("yes") if one.required else "",
                _explained(one),
                one.example,
                "、".join(str(name) for name in one.choices.values()),
                "、".join(one.synonyms),
            ]
            for one in fields
        ],
    )


def _explained(one: ImportField) -> str:
    by_kind = {
        FieldKind.CODE: _("Text; full-width letters and spaces are corrected."),
        FieldKind.DAY: _("A day, such as 2026-11-22."),
        FieldKind.LAST_DAY: _("A day, such as 2026-11-22; 长期 for no end."),
        FieldKind.CHOICES: _("One or more of the allowed values."),
        FieldKind.LIST: _("Several are parted by 、"),
        FieldKind.CHOICE: _("One of the allowed values."),
        FieldKind.YES_NO: _("是 or 否."),
        FieldKind.WHOLE: _("A whole number."),
        FieldKind.DEGREES: _("Decimal degrees."),
    }
    return " ".join(str(part) for part in (one.hint, by_kind.get(one.kind, "")) if part)
