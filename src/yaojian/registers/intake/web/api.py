"""Imports as JSON: rows in, results out, and back again."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Field, Header, Query, Router, Schema, Status

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.api_access import Needs
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.paging import NEXT, After, Limit, mark_of, page_by_key, page_of_rows, place_in
from yaojian.registers.intake.actions import (
    cancel_import,
    check_may_import,
    receive_table,
    undo_import,
)
from yaojian.registers.intake.contracts import RowChange, Target
from yaojian.registers.intake.models import Import, RowResult
from yaojian.registers.intake.queries import import_of_key, import_visible_to, imports_visible_to
from yaojian.registers.intake.targets import all_targets, target_named

router = Router(tags=["imports"])
MOST_ROWS = 2_000
MAY = Needs(Permission.REGISTER_IMPORT)
Value = str | int | float | bool | None


class RowsIn(Schema):
    """Rows for a register. Each is an object of field names, as `GET /registers` lists them."""

    target: str = Field(description="Which register, as `GET /registers` lists them.", examples=["subjects"])
    effective_on: date | None = Field(
        None, description="The day from which changes hold; today when left out.", examples=["2026-11-01"]
    )
    rows: list[dict[str, Value]] = Field(
        description="At most 2,000, 2 MiB in all. What is left out or null stays as the register has it.",
        min_length=1,
        max_length=MOST_ROWS,
    )


class CountsOut(Schema):
    """How many rows became what; null while that is not known."""

    new: int
    changed: int
    unchanged: int
    broken: int


class ImportOut(Schema):
    """An import (导入)."""

    id: UUID = Field(description="Identifier; also the batch in the registers and in the journal.")
    target: str
    state: str = Field(
        description="received, mapping, checking, checked, running, done, refused, cancelled, failed, "
        "undoing or undone. The work is over in done, refused, cancelled and undone."
    )
    effective_on: date
    created_at: datetime
    finished_at: datetime | None
    sha256: str = Field(description="SHA-256 of what was received.")
    rows: int
    counts: CountsOut | None
    done: int = Field(description="Rows that the present step has done.")
    total: int = Field(description="Rows that the present step has to do; 0 between steps.")
    refusal: str = Field(description="Why it was refused or interrupted, and what to do.")
    kept: list[list[str]] = Field(description="After an undo: code and reason of each entry that stays.")


class FaultOut(Schema):
    """What is wrong with a row."""

    field: str = Field(description="Name of the field; empty for the row as a whole.")
    detail: str
    cure: str


class ResultOut(Schema):
    """What became of a row."""

    index: int = Field(description="Place of the row in what was sent, from 0; in a file its row from 1.")
    change: str = Field(description="new, changed, unchanged or broken.")
    code: str = Field(description="What the register knows it by.")
    faults: list[FaultOut]


class ImportPage(Schema):
    """Some imports, the latest first, and where to go on."""

    items: list[ImportOut]
    next: str | None = Field(description=NEXT)


class ResultPage(Schema):
    """Some results in the order of the rows, and where to go on."""

    items: list[ResultOut]
    next: str | None = Field(description=NEXT)


class FieldOut(Schema):
    """A field of a register."""

    name: str
    label: str
    kind: str = Field(description="text, code, day, last_day, choice, choices, list, organ, place, yes_no, …")
    required: bool
    personal: bool = Field(description="Sealed at rest, and never given back.")
    values: list[str] = Field(description="Allowed values, where there are such.")


class RegisterOut(Schema):
    """A register that rows can be sent to."""

    code: str
    name: str
    fields: list[FieldOut]


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


@router.get("/registers", response=list[RegisterOut], auth=MAY, summary="Registers that take rows")
def list_registers(request: HttpRequest) -> list[RegisterOut]:
    """The registers that you may send rows to, with their fields."""
    return [
        RegisterOut(
            code=target.code,
            name=str(target.name),
            fields=[
                FieldOut(
                    name=one.name,
                    label=str(one.label),
                    kind=one.kind.value,
                    required=one.required,
                    personal=one.personal,
                    values=[str(code) for code in one.choices],
                )
                for one in target.fields
            ],
        )
        for target in all_targets()
        if _actor(request).may(target.permission)
    ]


@router.post("/imports", response={202: ImportOut, 200: ImportOut}, auth=MAY, summary="Send rows")
def send_rows(
    request: HttpRequest,
    body: RowsIn,
    idempotency_key: Annotated[
        str,
        Header(
            min_length=8,
            max_length=80,
            description="Yours; the same key with the same rows is the same import and is answered with 200.",
        ),
    ],
) -> Status:
    """Send rows to a register. They are checked and entered without further ado; ask for the state.

    The good rows are entered in one transaction, the broken ones left out; each row has a result. 409 when
    the key was used for other rows.
    """
    actor = _actor(request)
    check_may_import(actor, body.target)
    content = as_table(target_named(body.target), body.rows)
    known = import_of_key(actor, idempotency_key)
    if known is not None:
        if known.file_sha256 != hashlib.sha256(content).hexdigest() or known.target != body.target:
            raise Conflict(
                _("This key was used for other rows."), cure=_("Send other rows with a key of their own.")
            )
        return Status(200, import_out(known))
    job = receive_table(
        by=actor,
        target=body.target,
        name=f"{idempotency_key}.json",
        pieces=[content],
        effective_on=body.effective_on,
        by_system=True,
        idempotency_key=idempotency_key,
    )
    return Status(202, import_out(import_visible_to(actor, job.uid)))


def as_table(target: Target, rows: list[dict[str, Value]]) -> bytes:
    """Rows as the table that the engine reads. Raises InvalidInput for a field that the register lacks."""
    known = [one.name for one in target.fields]
    used = {name for row in rows for name in row}
    if unknown := sorted(used - set(known)):
        raise InvalidInput(
            _("The register has no such fields: %(names)s.") % {"names": ", ".join(unknown)[:200]},
            field="rows",
            cure=_("Ask GET /registers for the fields."),
        )
    head = [name for name in known if name in used]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in head])
    return text.getvalue().encode()


def _cell(value: Value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value).replace("\x00", "")


@router.get("/imports", response=ImportPage, auth=MAY, summary="Imports")
def list_imports(
    request: HttpRequest,
    target: Annotated[str, Query(max_length=24, examples=["subjects"])] = "",
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """Imports of your organ and those below it, from files and systems, the latest first."""
    rows = imports_visible_to(_actor(request))
    if target:
        rows = rows.filter(target=target)
    page = page_by_key(rows, limit, after, newest_first=True)
    page["items"] = [import_out(job) for job in page["items"]]
    return page


@router.get("/imports/{uuid:uid}", response=ImportOut, auth=MAY, summary="An import")
def get_import(request: HttpRequest, uid: UUID) -> ImportOut:
    """Where an import stands."""
    return import_out(import_visible_to(_actor(request), uid))


@router.get("/imports/{uuid:uid}/rows", response=ResultPage, auth=MAY, summary="Results of its rows")
def list_results(
    request: HttpRequest,
    uid: UUID,
    change: Annotated[str, Query(pattern="^(|new|changed|unchanged|broken)$")] = "",
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """What became of each row that a system has sent; of a file, of its broken rows."""
    job = import_visible_to(_actor(request), uid)
    rows = job.results.order_by("row")
    if change:
        rows = rows.filter(change=change)
    if after:
        rows = rows.filter(row__gt=int(place_in(after, 1)[0]))
    page = page_of_rows(rows, limit, lambda result: mark_of(result.row))
    page["items"] = [_result_out(job, result) for result in page["items"]]
    return page


@router.post("/imports/{uuid:uid}/undo", response={202: ImportOut}, auth=MAY, summary="Take it back")
def take_back(request: HttpRequest, uid: UUID) -> Status:
    """Take a whole import back; what was changed since stays and is named."""
    undo_import(by=_actor(request), uid=uid)
    return Status(202, import_out(import_visible_to(_actor(request), uid)))


@router.post("/imports/{uuid:uid}/cancel", response={202: ImportOut}, auth=MAY, summary="Cancel it")
def give_up(request: HttpRequest, uid: UUID) -> Status:
    """Cancel an import that is not over; nothing of it stays in the register."""
    cancel_import(by=_actor(request), uid=uid)
    return Status(202, import_out(import_visible_to(_actor(request), uid)))


def import_out(job: Import) -> ImportOut:
    """An import as JSON."""
    counts = None
    if job.counts:
        counts = CountsOut(**{change.value: job.count(change) for change in RowChange})
    return ImportOut(
        id=job.uid,
        target=job.target,
        state=job.state,
        effective_on=job.effective_on,
        created_at=job.created_at,
        finished_at=job.finished_at,
        sha256=job.file_sha256,
        rows=job.rows,
        counts=counts,
        done=job.progress.done,
        total=job.progress.total,
        refusal=f"{job.refusal} {job.cure}".strip(),
        kept=job.kept_by_undo,
    )


def _result_out(job: Import, result: RowResult) -> ResultOut:
    # In the table that was made of them the first row stands below the names of the fields.
    index = result.row - 2 if job.by_system else result.row
    faults = [FaultOut(field=name, detail=detail, cure=cure) for name, detail, cure in result.faults]
    return ResultOut(index=index, change=result.change, code=result.code, faults=faults)
