"""What registers and inspections hold behind a figure, row by row, in words and with its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from yaojian.casework.inspections.facade import TeamMember
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.exports.facade import in_chunks
from yaojian.foundation.timekeeping import local_date
from yaojian.registers.people.facade import InspectorQualification, PharmacistRegistration
from yaojian.registers.products.facade import Product

RELATED = {
    Product: (),
    PharmacistRegistration: ("person", "subject"),
    InspectorQualification: ("person", "organ"),
    TeamMember: ("officer", "inspection__organ", "inspection__subject"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of a register that counts: what it is, where, since when, and its page ("" when not open)."""

    title: str
    hint: str
    place: str
    since: date | None
    url: str


def in_order(rows: Any) -> Any:
    """The rows in the order of their keys, with what their words need."""
    return rows.select_related(*RELATED[rows.model]).order_by("pk")


def entries_of(actor: Actor, rows: Iterable[Any]) -> list[Entry]:
    """Some rows in words; a person's name only for those who may see people."""
    return [_entry(actor, row) for row in rows]


def all_entries(actor: Actor, rows: Any) -> Iterator[Entry]:
    """All rows in words, some hundred at a time."""
    for chunk in in_chunks(in_order(rows)):
        yield from entries_of(actor, chunk)


def _entry(actor: Actor, row: Any) -> Entry:
    match row:
        case Product():
            url = reverse("backoffice:product", args=[row.pk]) if actor.may(Permission.PRODUCT_VIEW) else ""
            words = f"{row.approval_no} · {row.get_kind_display()}"
            return Entry(row.name, words, row.holder_name, row.approved_on, url)
        case PharmacistRegistration():
            name, url = _person(actor, row)
            return Entry(name, row.get_category_display(), row.subject.name, row.valid_from, url)
        case InspectorQualification():
            name, url = _person(actor, row)
            words = f"{row.get_tier_display()} · {row.get_sequence_display()} · {row.get_grade_display()}"
            return Entry(name, words, row.organ.label, row.valid_from, url)
        case TeamMember():
            file = row.inspection
            url = reverse("inspections:file", args=[file.pk])
            day = local_date(file.concluded_at) if file.concluded_at else None
            return Entry(row.officer.display_name, file.subject.name, file.organ.label, day, url)
    raise TypeError(f"no register has rows of {type(row).__name__}")


def _person(actor: Actor, row: Any) -> tuple[str, str]:
    if actor.may(Permission.PERSON_VIEW):
        return row.person.name, reverse("people:person", args=[row.person_id])
    return row.certificate_no or "—", ""
