"""What the organs of a province state year by year of data that no register gives, with gaps. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from random import Random
from typing import Any

from yaojian.simulator.content import content
from yaojian.simulator.provinces.cells import Cell, Dims, cells_of, is_registered, kind_of
from yaojian.simulator.provinces.counting import period_of
from yaojian.simulator.provinces.facts import FIRST_DAY, Province
from yaojian.simulator.provinces.land import Land
from yaojian.simulator.provinces.plan_text import Wanted, figures

BASE_YEAR = FIRST_DAY.year - 1
STATING = ("province", "prefecture", "county", "park")
SHORT = ("day", "week", "month", "quarter", "half_year")
"""A statement speaks of the last stretch of its year, where a figure looks at such stretches."""
PARK_PEOPLE = 0.8


@dataclass(frozen=True, slots=True)
class Said:
    """A statement: what an organ says of a datum for some days, both included."""

    datum: str
    organ: str
    first_on: date
    last_on: date
    dims: Dims
    amount: Decimal | None = None
    grade: str = ""
    sample_size: int | None = None
    method: str = ""

    def as_json(self) -> dict[str, Any]:
        """The statement as `<name>.statistics.jsonl` has it."""
        return {
            "datum": self.datum,
            "organ": self.organ,
            "first_on": self.first_on.isoformat(),
            "last_on": self.last_on.isoformat(),
            "dims": dict(self.dims),
            "amount": None if self.amount is None else str(self.amount),
            "grade": self.grade,
            "sample_size": self.sample_size,
            "method": self.method,
        }


@dataclass(frozen=True, slots=True)
class Series:
    """One datum with exact dimensions: who states it, and how a year's statement reaches."""

    datum: str
    dims: Dims
    level: str
    unit: str
    members: float | None = None


class Statements:
    """Draws the statements of one province."""

    def __init__(self, province: Province, land: Land) -> None:
        self.province, self.land = province, land
        self._known: Mapping[str, Any] = content("statements")

    @cached_property
    def series(self) -> tuple[Series, ...]:
        """Everything that the figures of the plan want stated, each once."""
        found: dict[tuple[str, Dims], Series] = {}
        for wanted in figures(self.province.plan):
            for one in cells_of(wanted.formula):
                if is_registered(one.datum):
                    continue
                for dims in one.combinations:
                    found.setdefault((one.datum, dims), self._series(wanted, one.datum, dims))
        return tuple(found.values())

    def _series(self, wanted: Wanted, datum: str, dims: Dims) -> Series:
        formula = wanted.formula
        level = formula.get("each") or self._known["levels"].get(datum, "top")
        members = None
        if formula["shape"] == "coverage" and "scope" in formula and "over" not in formula:
            types = formula["scope"].get("types", ())
            members = sum(self.province.counts.get(kind, 0) for kind in types) * self.province.share
        return Series(datum, dims, level, formula.get("period", {}).get("unit", "year"), members)

    def all(self) -> Iterator[Said]:
        """All statements, series by series, organ by organ, year by year."""
        for series in self.series:
            for organ in self._organs(series.level):
                for year in range(BASE_YEAR, self.province.until.year + 1):
                    rng = Random(
                        f"{self.province.seed}:{self.province.code}:said:{series.datum}:{series.dims}:{organ}:{year}"
                    )
                    if year > BASE_YEAR and rng.random() < self._known["missing"]:
                        continue
                    said = self._said(series, organ, year, rng)
                    yield from (one for one in self._faulty(said) if one.last_on <= self.province.until)

    def _faulty(self, said: Said) -> Iterator[Said]:
        """A statement; of some years only nine months of it, and of some people counted twice a year."""
        year = said.first_on.year
        rng = Random(f"{self.province.seed}:{said.organ}:fault:{said.datum}:{said.dims}:{year}")
        whole = Cell(said.datum, (said.dims,))
        chance, september = rng.random(), date(year, 9, 30)
        if year == BASE_YEAR or said.first_on > september or said.amount is None:
            yield said
        elif whole.is_done and chance < self._known["part_of_a_year"]:
            yield replace(said, last_on=september, amount=part_of_whole(said.amount))
        elif whole.kind == "population" and chance < self._known["twice"]:
            yield replace(said, first_on=(june := date(year, 6, 30)), last_on=june)
            yield replace(said, first_on=said.last_on, amount=said.amount + 1000)
        else:
            yield said

    def faults(self) -> Iterator[tuple[str, Said]]:
        """The statements of a part of a year, and those of what another statement of the year says anew."""
        for said in self.all():
            if (said.first_on.month, said.last_on.month) == (1, 9):
                yield "part_of_a_year", said
            elif (said.first_on.month, said.last_on.month) == (6, 6):
                yield "stated_twice", said

    def _organs(self, level: str) -> list[str]:
        """The organs that state a series; parks beside prefectures or counties, which do not include them."""
        top = self.province.organ
        below = [
            o
            for o in self.land.organs
            if o.code.startswith(top + ".") and o.level in STATING and o.territories
        ]
        if level == "county" and any(o.level == "county" for o in below):
            return [o.code for o in below if o.level in ("county", "park")]
        if level in ("county", "prefecture") and any(o.level == "prefecture" for o in below):
            return [o.code for o in below if o.level in ("prefecture", "park")]
        if level == "prefecture" and self.land.by_code[top].level == "prefecture":
            return [top]
        return [top]

    def _said(self, series: Series, organ: str, year: int, rng: Random) -> Said:
        last = date(year, 12, 31)
        first = date(year, 1, 1)
        if series.unit in SHORT:
            first = max(first, period_of({"unit": series.unit}, last)[0])
        said = Said(series.datum, organ, first, last, series.dims)
        kind = kind_of(series.datum, series.dims)
        if kind == "grade":
            step = min(len(self._known["grades"]) - 1, (year - BASE_YEAR) // 2 + rng.randrange(2))
            return replace(said, grade=self._known["grades"][step])
        if kind == "survey":
            asked = rng.randrange(400, 3200)
            return replace(said, amount=_share(rng, 78, 97), sample_size=asked, method=self._known["method"])
        if kind == "share":
            amount = Decimal(20) if series.datum == "index_weights" else _share(rng, 70, 96)
            return replace(said, amount=amount)
        return replace(said, amount=self._amount(series, kind, organ, year, rng))

    def _amount(self, series: Series, kind: str, organ: str, year: int, rng: Random) -> Decimal:
        people, whole = self.people(organ), None
        base = {name: value for name, value in series.dims if name not in self._known["parts"]}
        together = Random(f"{self.province.seed}:{series.datum}:{sorted(base.items())}:{organ}:{year}")
        noise = together.uniform(0.85, 1.15) * (1 + 0.03 * (year - BASE_YEAR))
        if kind == "population":
            grown = people * 10_000 * (1 + 0.002 * (BASE_YEAR - year))
            return Decimal(max(1, round(grown if series.datum == "population" else people * 0.5)))
        if series.members is not None:
            # Nobody reports or is sampled without a report or a sample.
            dims = tuple(one for one in series.dims if one[0] not in ("counted", "reporter"))
            whole = self._amount(replace(series, dims=dims, members=None), kind, organ, year, rng)
            wanted = series.members * people / self.people(self.province.organ)
        else:
            wanted = self._known["per_million"].get(series.datum, 30) * people / 100
        for name, value in series.dims:
            wanted *= self._known["parts"].get(name, {}).get(value, 1) * (
                rng.uniform(0.95, 1) if name in self._known["parts"] else 1
            )
        if kind == "hours":
            return Decimal(round(wanted * noise * 4200)) / 100
        if kind == "amount":
            return Decimal(round(wanted * noise * 100)) / 100
        number = Decimal(round(wanted * noise))
        return number if whole is None else min(number, whole)

    def people(self, organ: str) -> float:
        """Residents of an organ's land in ten thousands."""
        bureau = self.land.by_code[organ]
        if bureau.level == "park":
            return PARK_PEOPLE
        return sum(
            people
            for county, people in self.land.people_of_counties.items()
            if county.startswith(bureau.territories)
        )


def part_of_whole(amount: Decimal) -> Decimal:
    """About three quarters of an amount, as exactly stated as it is."""
    return (amount * 3 / 4).quantize(Decimal(1).scaleb(int(amount.as_tuple().exponent)))


def _share(rng: Random, low: float, high: float) -> Decimal:
    return Decimal(round(rng.uniform(low, high) * 10)) / 10
