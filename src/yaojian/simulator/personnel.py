"""Pharmacists, responsible persons, experts and inspectors of the simulated field, with what is wrong. Pure.

No number is anybody's: identity numbers begin with a division that was never issued, mobile numbers lie in a
range for machines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from yaojian.registers.people.checks import identity_check_digit
from yaojian.simulator.entities import SimOfficer, SimPerson, SimRole, SimSubject
from yaojian.simulator.names import Namer

NOWHERE = "659900"
REGION, CHANGJI, BARKOL = "xj", "xj.changji", "xj.hami.barkol"
PHARMACIES = ("chain_store", "single_pharmacy")
CATEGORY_DIGITS = {"pharmacy": 1, "tcm": 2, "both": 3}
WORKPLACES = ("hospital", "primary_care", "drug_producer", "drug_wholesaler", "device_producer_2")
HEADED = ("drug_producer", "drug_wholesaler", "chain_headquarters", "device_producer_2", "cosmetic_producer")
SHARE_WITHOUT, SHARE_SECOND, SHARE_LENT = 0.06, 0.12, 0.012
YEARS_OF_REGISTRATION = 5
EXPERTS = 12
INSTITUTIONS = (
    "昌吉州人民医院",
    "昌吉州药品检验所",
    "新疆医科大学",
    "新疆药物研究所",
    "昌吉州疾病预防控制中心",
)
TITLES = ("主任药师", "副主任药师", "教授", "高级工程师")
DOMAINS = ("drug", "drug", "device", "cosmetic", "reactions", "emergency", "science")
SEQUENCES = ("drug", "drug", "device", "cosmetic")
GRADES = ("junior", "junior", "intermediate", "intermediate", "senior", "expert")


def five_years_later(day: date) -> date:
    """The last day of a registration that begins on a day."""
    last_year = day.year + YEARS_OF_REGISTRATION
    after = date(last_year, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=last_year)
    return after - timedelta(days=1)


class PersonnelBuilder:
    """Builds the people of one seed up to one day."""

    def __init__(self, seed: int, as_of: date, officers: Sequence[SimOfficer]) -> None:
        self.rng = Random(f"{seed}:personnel")
        self.as_of = as_of
        self.namer = Namer(self.rng)
        for officer in officers:
            self.namer.take(officer.name)
        self.serial = 0

    def person(self, keeper: str, roles: tuple[SimRole, ...], name: str = "", account: str = "") -> SimPerson:
        """Somebody with numbers of their own."""
        self.serial += 1
        born = date(1962, 1, 1) + timedelta(days=self.rng.randint(0, 13_500))
        body = f"{NOWHERE}{born:%Y%m%d}{self.serial % 1000:03d}"
        return SimPerson(
            name=name or self.namer.person(),
            identity_number=body + identity_check_digit(body),
            phone=f"14000{self.serial:06d}",
            keeper=keeper,
            roles=roles,
            account=account,
        )

    def registration(self, subject: SimSubject, first: date) -> SimRole:
        """A pharmacist's registration at a subject."""
        number = self.serial + 1
        last = five_years_later(first)
        category = self.rng.choices(list(CATEGORY_DIGITS), (70, 25, 5))[0]
        values = {
            "certificate_no": f"ZZ{number:08d}",
            "registration_no": f"65{CATEGORY_DIGITS[category]}2{first:%y}{number:06d}",
            "category": category,
            "practice": "trade",
            "expires_on": last,
        }
        return SimRole("pharmacist", first, last, subject.code, values)

    def pharmacists(self, subjects: Sequence[SimSubject]) -> Iterator[SimPerson]:
        """One or two for most pharmacies; a few certificates are lent by people who work elsewhere."""
        elsewhere = [s for s in subjects if s.subject_type in WORKPLACES and not s.closed_on]
        for subject in subjects:
            if subject.subject_type not in PHARMACIES or self.rng.random() < SHARE_WITHOUT:
                continue
            for _one in range(2 if self.rng.random() < SHARE_SECOND else 1):
                # None of them has run out on the day: the earliest began a little less than five years ago.
                youngest = max(subject.opened_on, self.as_of - timedelta(days=1815))
                latest = min(subject.closed_on or self.as_of, self.as_of) - timedelta(days=1)
                first = youngest + timedelta(days=self.rng.randint(0, max((latest - youngest).days, 0)))
                role = self.registration(subject, first)
                if subject.closed_on and self.rng.random() < 0.7:
                    role = SimRole(
                        "pharmacist", first, max(first, subject.closed_on), subject.code, role.values
                    )
                roles = [role]
                other = [s for s in elsewhere if _area(s) == _area(subject)]
                if self.rng.random() < SHARE_LENT and not subject.closed_on:
                    since = first - timedelta(days=self.rng.randint(30, 900))
                    work = {"position": "employee"}
                    roles.append(SimRole("position", since, None, self.rng.choice(other).code, work))
                yield self.person(keeper_of(subject), tuple(roles))

    def heads(self, subjects: Sequence[SimSubject]) -> Iterator[SimPerson]:
        """Legal representatives and heads of quality of producers, wholesalers and chains."""
        for subject in subjects:
            if subject.subject_type not in HEADED:
                continue
            for position in ("legal_representative", "quality_head"):
                role = SimRole(
                    "position", subject.opened_on, subject.closed_on, subject.code, {"position": position}
                )
                yield self.person(keeper_of(subject), (role,))

    def inspectors(self, officers: Sequence[SimOfficer]) -> Iterator[SimPerson]:
        """The officers who inspect, in one or two sequences, linked to their accounts."""
        for officer in officers:
            if officer.role not in ("inspector", "chief") or not _is_below(officer.organ):
                continue
            sequences = dict.fromkeys(self.rng.choices(SEQUENCES, k=self.rng.choice((1, 1, 2))))
            roles = []
            for sequence in sequences:
                first = self.as_of - timedelta(days=self.rng.randint(200, 1700))
                tier = "provincial" if self.rng.random() < 0.3 else "local"
                values = {
                    "sequence": sequence,
                    "tier": tier,
                    "grade": self.rng.choice(GRADES),
                    "organ_code": officer.organ,
                    "certificate_no": f"新药检{first.year}{self.serial + 1:04d}",
                    "full_time": officer.full_time,
                }
                roles.append(SimRole("inspector", first, five_years_later(first), "", values))
            keeper = BARKOL if officer.organ.startswith(BARKOL) else CHANGJI
            yield self.person(keeper, tuple(roles), officer.name, officer.username)

    def experts(self) -> Iterator[SimPerson]:
        """Experts of the prefecture."""
        for number in range(EXPERTS):
            first = self.as_of - timedelta(days=self.rng.randint(30, 1000))
            values = {
                "domain": DOMAINS[number % len(DOMAINS)],
                "institution": self.rng.choice(INSTITUTIONS),
                "title": self.rng.choice(TITLES),
            }
            yield self.person(CHANGJI, (SimRole("expert", first, first + timedelta(days=1095), "", values),))


def _area(subject: SimSubject) -> str:
    return BARKOL if subject.division_code.startswith("6505") else CHANGJI


def keeper_of(subject: SimSubject) -> str:
    """The organ that keeps the people of a subject: the area's, or the region's where that is responsible."""
    return _area(subject) if subject.organ.startswith(_area(subject)) else REGION


def _is_below(organ: str) -> bool:
    return organ.startswith((CHANGJI, BARKOL))


def build_personnel(
    seed: int, as_of: date, subjects: Sequence[SimSubject], officers: Sequence[SimOfficer]
) -> tuple[SimPerson, ...]:
    """The people of a seed on a day: the same for ever."""
    builder = PersonnelBuilder(seed, as_of, officers)
    return (
        *builder.pharmacists(subjects),
        *builder.heads(subjects),
        *builder.inspectors(officers),
        *builder.experts(),
    )
