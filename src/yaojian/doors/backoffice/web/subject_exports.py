"""What stands in a tab of a subject's file, as a list to take out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from yaojian.casework.inspections.web.listing import LISTING as INSPECTION_LISTING
from yaojian.doors.backoffice.web.listings import (
    ACT_LISTING,
    LICENCE_LISTING,
    PRODUCT_LISTING,
    SUBJECT_LISTING,
    WORK_LISTING,
    act_rows,
    licence_rows,
    product_rows,
    subject_rows,
)
from yaojian.doors.backoffice.web.subject_tabs import TABS, Look, duties_of
from yaojian.foundation.exports.facade import Listing
from yaojian.foundation.timekeeping import now
from yaojian.registers.people.web.listings import PERSON_LISTING, person_rows


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A list with its rows, and how many there are."""

    listing: Listing
    rows: Iterable[Any]
    count: int


def taken_out(view: str, look: Look) -> TakenOut | None:
    """The list in a tab; nothing for a tab that holds none. The caller has let the actor open the tab."""
    make = LISTS.get(view)
    return make(look) if make else None


def _rows(view: str, look: Look) -> Any:
    rows = TABS[view].rows
    if rows is None:
        raise ValueError(f"the tab {view} does not say what its rows are")
    return rows(look)


def _acts(look: Look) -> TakenOut:
    # The export is an act itself, and a later one than those that it holds.
    found = _rows("timeline", look).filter(recorded_at__lt=now())
    return TakenOut(ACT_LISTING, act_rows(look.actor, found), found.count())


def _inspections(look: Look) -> TakenOut:
    found = _rows("inspections", look).select_related("subject", "organ")
    return TakenOut(INSPECTION_LISTING, found.iterator(chunk_size=500), found.count())


def _duties(look: Look) -> TakenOut:
    found = duties_of(look)
    return TakenOut(WORK_LISTING, found.iterator(chunk_size=500), found.count())


def _licences(look: Look) -> TakenOut:
    found = _rows("licences", look).select_related("subject__responsible_organ")
    return TakenOut(LICENCE_LISTING, licence_rows(found, look.shown.day), found.count())


def _products(look: Look) -> TakenOut:
    found = _rows("products", look)
    return TakenOut(PRODUCT_LISTING, product_rows(found, look.shown.day), found.count())


def _people(look: Look) -> TakenOut:
    found = _rows("people", look).order_by("pinyin", "name", "id")
    return TakenOut(PERSON_LISTING, person_rows(look.actor, found, look.shown), found.count())


def _related(look: Look) -> TakenOut:
    found = _rows("related", look).select_related("responsible_organ").order_by("pinyin", "id")
    return TakenOut(SUBJECT_LISTING, subject_rows(found), found.count())


LISTS: dict[str, Callable[[Look], TakenOut]] = {
    "timeline": _acts,
    "inspections": _inspections,
    "duties": _duties,
    "licences": _licences,
    "products": _products,
    "people": _people,
    "related": _related,
}
