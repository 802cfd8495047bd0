"""The registers, inspections and the journal as JSON, for systems and scripts of the organ."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yaojian.casework.inspections.facade import inspections_visible_to
from yaojian.doors.backoffice.queries import JournalFilter, journal_of, matching_acts
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.api_access import Needs
from yaojian.foundation.errors import InvalidInput, NotFound
from yaojian.foundation.ledger.facade import Act, late_entries
from yaojian.foundation.paging import (
    NEXT,
    After,
    Limit,
    mark_of,
    nowhere,
    page_by_key,
    page_of_rows,
    place_in,
)
from yaojian.foundation.timekeeping import CHINA, today
from yaojian.registers.enterprises.facade import (
    Subject,
    SubjectFilter,
    as_they_were,
    matching,
    recorded_since_q,
    subject_as_it_was,
    subject_visible_to,
    subjects_visible_to,
)

router = Router(tags=["registers"])
UpdatedSince = Annotated[
    datetime | None,
    Query(
        description="Only what was entered or changed at this moment or later (RFC 3339; without a zone "
        "Beijing time), whatever the day from which the change holds.",
        examples=["2026-11-01T00:00:00+08:00"],
    ),
]
AsOf = Annotated[
    date | None,
    Query(description="How it stood on this day; today when left out.", examples=["2025-06-30"]),
]


class SubjectOut(Schema):
    """A subject of supervision (监管对象)."""

    id: int = Field(description="Key in this installation.", examples=[1024])
    code: str = Field(
        description="Unified social credit code, or the facility's code.", examples=["91652301MA00000001"]
    )
    name: str = Field(description="Registered name.", examples=["昌吉市惠民大药房"])
    subject_type: str = Field(description="Type, as plan packs name it.", examples=["single_pharmacy"])
    parent_id: int | None = Field(description="The subject it belongs to: a store's chain headquarters.")
    responsible_organ: str = Field(
        description="Code of the responsible organ.", examples=["xj.changji.changji"]
    )
    division_code: str = Field(
        description="Division it lies in: GB/T 2260, below the county the statistical code.",
        examples=["652301001"],
    )
    address: str = Field(description="Address of business.")
    licence_no: str = Field(description="Number of the licence or filing.", examples=["新DB9940001"])
    risk_grade: str = Field(description="I (lowest) to IV (highest); empty when not graded.", examples=["II"])
    flags: list[str] = Field(description="Marks by which plans choose subjects.", examples=[["special_drug"]])
    in_production: bool = Field(description="Whether it produces or trades at present.")
    opened_on: date = Field(description="First day of operation (Beijing date).", examples=["2019-05-06"])
    closed_on: date | None = Field(description="Day on which it closed down; null while in operation.")

    @staticmethod
    def resolve_responsible_organ(subject: Subject) -> str:
        return subject.responsible_organ.code


class InspectionOut(Schema):
    """An inspection of a subject (监督检查)."""

    id: int = Field(description="Key in this installation.", examples=[77])
    number: str = Field(description="File number.", examples=["昌吉市市监检〔2026〕42号"])
    subject_id: int = Field(description="Key of the inspected subject.", examples=[1024])
    organ: str = Field(description="Code of the inspecting organ.", examples=["xj.changji.changji"])
    kind: str = Field(
        description="routine, full_item, flight, special, follow_up or random.", examples=["routine"]
    )
    state: str = Field(
        description="planned, on_site, rectifying, submitted, closed or cancelled.", examples=["closed"]
    )
    conclusion: str = Field(
        description="compliant, rectify, non_compliant; empty before there is one.", examples=["rectify"]
    )
    opened_at: datetime = Field(description="When the file was opened (RFC 3339).")
    concluded_at: datetime | None = Field(description="When the inspection ended on site.")
    rectify_by: date | None = Field(description="Last day for rectification (Beijing date).")
    closed_at: datetime | None = Field(description="When the file was closed.")

    @staticmethod
    def resolve_organ(inspection: Any) -> str:
        return str(inspection.organ.code)


class ActOut(Schema):
    """An entry of the journal (监管行为)."""

    uid: UUID = Field(description="Public identifier of the act.")
    kind: str = Field(description="Kind of act.", examples=["inspection.concluded"])
    actor_name: str = Field(description="Who did it.", examples=["古丽娜尔"])
    role: str = Field(description="In which role.", examples=["inspector"])
    organ_name: str = Field(description="For which organ.", examples=["昌吉市市场监督管理局"])
    subject_id: int | None = Field(description="Key of the subject it concerns.", examples=[1024])
    file: str | None = Field(description="Kind and key of the file.", examples=["inspections.inspection:77"])
    claimed_at: datetime = Field(description="When it was done, as stated by the actor (RFC 3339).")
    recorded_at: datetime = Field(description="When it was entered (RFC 3339).")
    entered_after: datetime | None = Field(
        description="For a late entry the time after which it was made, as the public log proves."
    )
    legal_basis: list[str] = Field(description="Articles it rests on.", examples=[["药品管理法 第九十九条"]])
    evidence: list[str] = Field(description="SHA-256 of each piece of evidence, in hexadecimal.")
    facts: dict[str, Any] = Field(description="Particulars; amounts are strings.")

    @staticmethod
    def resolve_file(act: Act) -> str | None:
        return f"{act.file_kind}:{act.file_id}" if act.file_id else None


class SubjectPage(Schema):
    """Some subjects, and where to go on."""

    items: list[SubjectOut]
    next: str | None = Field(description=NEXT)


class InspectionPage(Schema):
    """Some inspections, newest first, and where to go on."""

    items: list[InspectionOut]
    next: str | None = Field(description=NEXT)


class ActPage(Schema):
    """Some acts, latest recorded first, and where to go on."""

    items: list[ActOut]
    next: str | None = Field(description=NEXT)


def acting(request: HttpRequest) -> Actor:
    """Who asks, as `Needs` has found out."""
    actor: Actor = request.auth  # type: ignore[attr-defined]
    return actor


@router.get("/subjects", response=SubjectPage, auth=Needs(Permission.SUBJECT_VIEW), summary="Subjects")
def list_subjects(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=100, description="Words in name or address; start of a code.")] = "",
    subject_type: Annotated[str, Query(max_length=24, examples=["single_pharmacy"])] = "",
    division: Annotated[
        str, Query(pattern=r"^\d{0,12}$", description="Prefix of the division code.", examples=["6523"])
    ] = "",
    risk_grade: Annotated[str, Query(pattern="^(|none|I|II|III|IV)$")] = "",
    status: Annotated[str, Query(pattern="^(open|closed|all)$")] = "open",
    as_of: AsOf = None,
    updated_since: UpdatedSince = None,
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """Subjects that your organ or one below it answers for, and those on its land, by key.

    Rights are those of today, on whichever day you look at.
    """
    wanted = SubjectFilter(q, subject_type, division, risk_grade, status)
    visible = subjects_visible_to(acting(request))
    if (day := day_of(as_of)) < today():
        visible = as_they_were(visible, day)
    rows = matching(visible, wanted).select_related("responsible_organ")
    if updated_since:
        rows = rows.filter(recorded_since_q(aware(updated_since)))
    return page_by_key(rows, limit, after)


@router.get(
    "/subjects/{int:subject_id}",
    response=SubjectOut,
    auth=Needs(Permission.SUBJECT_VIEW),
    summary="A subject",
)
def get_subject(request: HttpRequest, subject_id: int, as_of: AsOf = None) -> Subject:
    """One subject by its key; 404 when it is not there, was not there yet, or lies outside your area."""
    found: Subject | None = subject_visible_to(acting(request), subject_id)
    if found is not None and (day := day_of(as_of)) < today():
        found = subject_as_it_was(found, day)
    if found is None:
        raise NotFound("The subject was not there on this day.", cure="Ask for a later day.")
    return found


@router.get(
    "/inspections",
    response=InspectionPage,
    auth=Needs(Permission.INSPECTION_VIEW),
    summary="Inspections",
)
def list_inspections(
    request: HttpRequest,
    subject_id: Annotated[int | None, Query(description="Only of this subject.", examples=[1024])] = None,
    state: Annotated[str, Query(pattern="^(|planned|on_site|rectifying|submitted|closed|cancelled)$")] = "",
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """Inspections by your organ or one below it, and those of subjects in your area, newest first."""
    rows = inspections_visible_to(acting(request)).select_related("organ")
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    if state:
        rows = rows.filter(state=state)
    return page_by_key(rows, limit, after, newest_first=True)


@router.get("/acts", response=ActPage, auth=Needs(Permission.JOURNAL_VIEW), summary="Acts")
def list_acts(
    request: HttpRequest,
    kind: Annotated[str, Query(max_length=60, examples=["inspection.concluded"])] = "",
    subject_id: Annotated[int | None, Query(description="Only about this subject.", examples=[1024])] = None,
    since: Annotated[
        date | None, Query(description="Recorded on this Beijing date or later.", examples=["2026-01-01"])
    ] = None,
    until: Annotated[date | None, Query(description="Recorded on this Beijing date or earlier.")] = None,
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """Acts you may read, latest recorded first."""
    rows = matching_acts(journal_of(acting(request)), JournalFilter(kind=kind, since=since, until=until))
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    if after:
        recorded, key = place_in(after, 2)
        moment = _moment(recorded)
        rows = rows.filter(Q(recorded_at__lt=moment) | Q(recorded_at=moment, pk__lt=int(key)))
    page = page_of_rows(rows, limit, lambda act: mark_of(act.recorded_at.isoformat(), act.pk))
    late = late_entries(page["items"])
    for act in page["items"]:
        act.entered_after = late.get(act.pk)
    return page


def day_of(as_of: date | None) -> date:
    """The day asked for. Raises InvalidInput for one to come and for one before all records."""
    day = as_of or today()
    if not date(1949, 10, 1) <= day <= today():
        raise InvalidInput(
            "as_of lies outside the records.", field="as_of", cure="Give today or an earlier day."
        )
    return day


def aware(moment: datetime) -> datetime:
    """A moment with its zone; without one it is Beijing time."""
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise nowhere() from None
    if moment.tzinfo is None:
        raise nowhere()
    return moment
