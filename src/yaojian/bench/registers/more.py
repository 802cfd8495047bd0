"""Products and pharmacists of the measured province: 20,000 and 30,000 for 140,000 subjects."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers import province
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.timekeeping import today
from yaojian.registers.people import facade as people
from yaojian.registers.products.facade import ProductEntry, register_products

PRODUCTS_PER, PEOPLE_PER = (1, 7), (3, 14)
APPROVED, REGISTERED, EXPIRES = date(2021, 6, 1), date(2025, 10, 1), date(2030, 9, 30)
FIRST_BIRTHDAY, SERIALS = date(1970, 1, 1), 999
NUMBERS_A_YEAR = 9_999


def fill_more(present: int, subjects: int, by: Actor) -> dict[str, float]:
    """Enter what `subjects` have and the first `present` had not through the bulk doors; rows per second."""
    rates = {}
    products = list(_products(_share(present, PRODUCTS_PER), _share(subjects, PRODUCTS_PER), subjects))
    began = time.perf_counter()
    outcomes = register_products(products, by=by, effective_on=today())
    if wrong := [one for one in outcomes if one.change != "new"]:
        raise BenchFailed(f"the register refused {wrong[0]}")
    rates["products"] = len(products) / (time.perf_counter() - began)
    pharmacists = list(_pharmacists(_share(present, PEOPLE_PER), _share(subjects, PEOPLE_PER), subjects))
    began = time.perf_counter()
    entered = people.register_people(pharmacists, by=by, effective_on=REGISTERED)
    if refused := [one for one in entered if one.change is not people.Change.NEW]:
        raise BenchFailed(f"the register refused {refused[0]}")
    rates["people"] = len(pharmacists) / (time.perf_counter() - began)
    return rates


def _share(subjects: int, part: tuple[int, int]) -> int:
    return subjects * part[0] // part[1]


def _products(start: int, end: int, subjects: int) -> Iterator[ProductEntry]:
    """Drugs number `start` up to `end`, of the producers in turn; without any, of a holder elsewhere."""
    holders = province.open_codes(subjects, ("drug_producer",))
    for number in range(start, end):
        year, place = divmod(number, NUMBERS_A_YEAR)
        holder = holders[number % len(holders)] if holders else ""
        yield ProductEntry(
            kind="drug",
            approval_no=f"国药准字Z{2002 + year}{place + 1:04d}",
            name=f"{province.word(number)}颗粒",
            approved_on=APPROVED,
            holder=holder,
            holder_name="" if holder else "外省制药有限公司",
        )


def _pharmacists(start: int, end: int, subjects: int) -> Iterator[people.PersonEntry]:
    """Licensed pharmacists number `start` up to `end`, who work in the open pharmacies in turn."""
    pharmacies: Sequence[str] = province.open_codes(subjects, province.PHARMACIES)
    for number in range(start, end):
        days, serial = divmod(number, SERIALS)
        body = f"150102{FIRST_BIRTHDAY + timedelta(days=days):%Y%m%d}{serial + 1:03d}"
        role = people.RoleEntry(
            people.RoleKind.PHARMACIST,
            REGISTERED,
            None,
            {
                "subject_code": pharmacies[number % len(pharmacies)],
                "certificate_no": f"ZZ{number:08d}",
                "registration_no": f"1522{number:08d}",
                "category": people.Category.PHARMACY.value,
                "practice": people.Practice.TRADE.value,
                "expires_on": EXPIRES,
            },
        )
        yield people.PersonEntry(
            key=str(number),
            name=province.word(number),
            identity_number=body + people.identity_check_digit(body),
            roles=(role,),
        )
