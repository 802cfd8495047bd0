"""Builds the simulated register: as many subjects as the plan counts, spread over its land. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from yaojian.simulator.content import content
from yaojian.simulator.entities import SimSubject
from yaojian.simulator.licences import Registry
from yaojian.simulator.names import Namer
from yaojian.simulator.places import Place, address, choose_place, place, responsible_organ, townships

FIRST_OPENING, LAST_OPENING = date(2008, 1, 1), date(2023, 12, 31)
ALWAYS_COMPANIES = frozenset(
    {
        "drug_producer",
        "drug_wholesaler",
        "chain_headquarters",
        "chain_store",
        "device_producer_1",
        "device_producer_2",
        "cosmetic_producer",
    }
)
COMPANY_FORMS = ("公司",)
# The one producer that opened this year, so that an exclusion with its reason can be seen.
NEW_PRODUCER_DAYS = 100


class SubjectBuilder:
    """Builds the subjects of one seed up to one day."""

    def __init__(self, seed: int, as_of: date) -> None:
        self.rng = Random(f"{seed}:subjects")
        self.as_of = as_of
        self.namer = Namer(self.rng)
        self.registry = Registry(self.rng)
        self.headquarters: list[SimSubject] = []
        self.care: list[SimSubject] = []

    def build(self) -> tuple[SimSubject, ...]:
        """All subjects, parents before their facilities."""
        counts = content("counts")
        return tuple(
            subject
            for area in ("changji", "barkol")
            for subject_type, traits in counts[area]["types"].items()
            for subject in self._of_type(counts[area]["territory"], subject_type, traits)
        )

    def _of_type(self, territory: str, subject_type: str, traits: dict[str, Any]) -> list[SimSubject]:
        subjects = list(self._plain(territory, subject_type, traits["n"]))
        order = self.rng.sample(range(len(subjects)), len(subjects))
        recent, closed = traits.get("recent", 0), traits.get("closed", 0)
        for place_in_order, index in enumerate(order):
            subject = self._dated(subjects[index], place_in_order < recent)
            if recent <= place_in_order < recent + closed:
                span = timedelta(days=self.rng.randint(5, 540))
                subject = replace(subject, closed_on=self.as_of - span)
            subjects[index] = subject
        self._mark(subjects, traits)
        subjects = [self._numbered(subject) for subject in subjects]
        if subject_type == "chain_headquarters":
            self.headquarters += subjects
        if subject_type in ("primary_care", "cdc", "hospital"):
            # Vaccination units stand in health centres, the CDC and the larger hospital.
            self.care += [subject for subject in subjects if "below_level2" not in subject.flags]
        return subjects

    def _plain(self, territory: str, subject_type: str, count: int) -> Iterator[SimSubject]:
        for number in range(count):
            where = self._place(territory, subject_type, number)
            parent = self._parent(subject_type, number)
            name = self._name(subject_type, number, where, parent)
            company = subject_type in ALWAYS_COMPANIES or name.endswith(COMPANY_FORMS)
            shared = parent.address if parent and subject_type == "vaccination_unit" else ""
            yield SimSubject(
                code=self.registry.code(subject_type, where.code, company=company),
                name=name,
                subject_type=subject_type,
                organ=responsible_organ(subject_type, where.code),
                division_code=where.code,
                address=shared or address(self.rng, where),
                licence_no="",
                opened_on=FIRST_OPENING,
                parent=parent.code if parent else "",
            )

    def _place(self, territory: str, subject_type: str, number: int) -> Place:
        if subject_type == "primary_care":
            return townships(territory)[0][number]
        if subject_type == "vaccination_unit":
            return place(self.care[number % len(self.care)].division_code)
        if subject_type in ("hospital", "cdc", "preparation_room"):
            counties = content("places")["counties"]
            return place(next(c["seat"] for code, c in counties.items() if code.startswith(territory)))
        return choose_place(self.rng, territory, subject_type)

    def _parent(self, subject_type: str, number: int) -> SimSubject | None:
        if subject_type == "chain_store":
            weights = range(len(self.headquarters) + 2, 2, -1)
            return self.rng.choices(self.headquarters, weights)[0]
        if subject_type == "vaccination_unit":
            return self.care[number % len(self.care)]
        return None

    def _name(self, subject_type: str, number: int, where: Place, parent: SimSubject | None) -> str:
        special = content("names")["special_institutions"]
        match subject_type:
            case "drug_producer" | "preparation_room" | "cdc":
                return str(special[subject_type])
            case "hospital":
                return str(special["hospital"][number])
            case "primary_care":
                return f"{where.short_county}{where.township}卫生院"
            case "chain_headquarters":
                return self.namer.chain(number)
            case "chain_store" if parent:
                return self.namer.store(parent.name, where)
            case "vaccination_unit" if parent:
                return f"{parent.name}预防接种{'门诊' if parent.subject_type != 'hospital' else '室'}"
        return self.namer.subject(subject_type, where)

    def _dated(self, subject: SimSubject, recent: bool) -> SimSubject:
        if recent and subject.subject_type == "cosmetic_producer":
            return replace(subject, opened_on=self.as_of - timedelta(days=NEW_PRODUCER_DAYS))
        if recent:
            return replace(subject, opened_on=self.as_of - timedelta(days=self.rng.randint(25, 720)))
        last = min(LAST_OPENING, self.as_of - timedelta(days=1200))
        # Two draws, the later one wins: there are more young businesses than old ones.
        span = (last - FIRST_OPENING).days
        days = max(self.rng.randint(0, span), self.rng.randint(0, span))
        return replace(subject, opened_on=FIRST_OPENING + timedelta(days=days))

    def _mark(self, subjects: list[SimSubject], traits: dict[str, Any]) -> None:
        flags: list[list[str]] = [[] for _ in subjects]
        for flag, count in traits.get("flags", {}).items():
            for index in self.rng.sample(range(len(subjects)), count):
                flags[index].append(flag)
        for index, in_order in enumerate(traits.get("flags_in_order", ())):
            flags[index] += in_order
        risk = traits.get("risk", {"": 1})
        grades = self.rng.choices(list(risk), list(risk.values()), k=len(subjects))
        for index, subject in enumerate(subjects):
            subjects[index] = replace(subject, flags=tuple(sorted(flags[index])), risk_grade=grades[index])

    def _numbered(self, subject: SimSubject) -> SimSubject:
        number = self.registry.licence(
            subject.subject_type, subject.division_code, subject.opened_on.year, subject.flags
        )
        return replace(subject, licence_no=number)


def build_subjects(seed: int, as_of: date) -> tuple[SimSubject, ...]:
    """The subjects of a seed on a day: the same for ever, parents before their facilities."""
    return SubjectBuilder(seed, as_of).build()
