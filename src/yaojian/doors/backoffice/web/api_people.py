"""People and their roles as JSON."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yaojian.doors.backoffice.web.api import AsOf, UpdatedSince, acting, aware, day_of
from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.api_access import Needs
from yaojian.foundation.paging import NEXT, After, Limit, page_by_key
from yaojian.registers.people.facade import (
    ROLE_FIELDS,
    PersonFilter,
    PersonRole,
    RoleKind,
    matching,
    people_visible_to,
    places_visible_to,
    roles_in_force,
)

router = Router(tags=["registers"])


class RoleOut(Schema):
    """A role of a person (身份), with its first and last day."""

    kind: str = Field(description="inspector, pharmacist, expert or position.", examples=["inspector"])
    valid_from: date
    valid_to: date | None = Field(description="Last day; null until further notice.")
    subject_id: int | None = Field(
        description="Where a pharmacist is registered or a position is held; null outside your area."
    )
    organ: str | None = Field(description="Code of an inspector's organ.")
    particulars: dict[str, str | bool | date | None] = Field(
        description="By kind. inspector: sequence, tier, grade, full_time (null: the account's posting says "
        "it), certificate_no. pharmacist: registration_no, certificate_no, category, practice, expires_on. "
        "expert: domain, institution, title. position: position."
    )


class PersonOut(Schema):
    """Somebody in the register of people. Identity and phone numbers are not given out here."""

    id: int = Field(description="Key in this installation.")
    name: str = Field(description="Surname, the rest hidden.", examples=["王＊＊"])
    organ: str = Field(description="Code of the organ that keeps the entry.")
    has_identity_number: bool
    has_phone: bool
    roles: list[RoleOut] = Field(description="Those in force on the day asked about.")


class PersonPage(Schema):
    """Some people, and where to go on."""

    items: list[PersonOut]
    next: str | None = Field(description=NEXT)


@router.get("/people", response=PersonPage, auth=Needs(Permission.PERSON_VIEW), summary="People")
def list_people(
    request: HttpRequest,
    role: Annotated[
        str,
        Query(
            pattern=f"^({'|'.join(['', *RoleKind])})$",
            description="Only people in this role on the day asked about.",
            examples=["inspector"],
        ),
    ] = "",
    as_of: AsOf = None,
    updated_since: UpdatedSince = None,
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """Inspectors, pharmacists, experts and responsible persons in your area, by key; names are masked."""
    day = day_of(as_of)
    rows = people_visible_to(acting(request)).filter(erased_at__isnull=True).select_related("organ")
    rows = matching(rows, PersonFilter(role=role), day)
    if updated_since:
        rows = rows.filter(changed_at__gte=aware(updated_since))
    page = page_by_key(rows, limit, after)
    roles = roles_in_force([row.pk for row in page["items"]], day)
    places = places_visible_to(acting(request), [held for row in roles.values() for held in row])
    page["items"] = [
        PersonOut(
            id=row.pk,
            name=row.name[:1] + "＊" * (len(row.name) - 1),
            organ=row.organ.code,
            has_identity_number=bool(row.identity_sealed),
            has_phone=bool(row.phone_sealed),
            roles=[role_out(held, places) for held in roles[row.pk]],
        )
        for row in page["items"]
    ]
    return page


def role_out(role: PersonRole, places: Collection[int]) -> RoleOut:
    """A role as JSON; `places`: the subjects that the reader may see."""
    subject_id: int | None = getattr(role, "subject_id", None)
    columns = [name for name in ROLE_FIELDS[role.kind] if name not in ("subject_id", "organ_id")]
    return RoleOut(
        kind=role.kind.value,
        valid_from=role.valid_from,
        valid_to=role.valid_to,
        subject_id=subject_id if subject_id in places else None,
        organ=role.organ.code if role.kind is RoleKind.INSPECTOR else None,  # type: ignore[attr-defined]
        particulars={name: getattr(role, name) for name in columns},
    )
