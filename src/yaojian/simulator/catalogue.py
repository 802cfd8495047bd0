"""Products of the simulated field: of its own producers and of holders elsewhere. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from yaojian.simulator.content import content
from yaojian.simulator.entities import SimSubject
from yaojian.simulator.papers import years_later

FIRST_SERIAL = 9001
"""No real number has a serial as high, as far as we know."""
INTERNAL = "020"
"""GS1's range for numbers used within a company: no product on sale anywhere has one."""
SUSPENDED, CANCELLED, LAPSED = 0.03, 0.05, 0.04
CHANGED_BEFORE = timedelta(days=150)
COPIES = 3
"""How many holders elsewhere have each drug."""


@dataclass(frozen=True, slots=True)
class SimProduct:
    """A product; `holder` is a code of the register, empty for a holder elsewhere."""

    kind: str
    approval_no: str
    name: str
    approved_on: date
    expires_on: date | None
    holder: str
    holder_name: str
    brand: str
    dosage_form: str
    specification: str
    standard: str
    flags: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]
    state: str = "valid"
    state_since: date | None = None
    reason: str = ""
    new_standard: str = ""


class CatalogueBuilder:
    """Builds the products of one seed up to one day."""

    def __init__(self, seed: int, as_of: date) -> None:
        self.rng = Random(f"{seed}:products")
        self.as_of = as_of
        self.words = content("products")
        self.serial = 0

    def build(self, subjects: Sequence[SimSubject]) -> Iterator[SimProduct]:
        """Products of the field's own producers, then those of holders elsewhere."""
        own: dict[str, list[SimSubject]] = {}
        for subject in subjects:
            if subject.closed_on is None:
                own.setdefault(subject.subject_type, []).append(subject)
        for holder in own.get("drug_producer", []):
            for drug in self.rng.sample([d for d in self.words["drugs"] if d[3] != "S"], 24):
                yield self._drug(drug, holder)
        for holder in own.get("preparation_room", []):
            for name in self.words["preparations"]:
                yield self._preparation(name, holder)
        for subject_type, count, words in (
            ("device_producer_2", 4, "devices_2"),
            ("device_producer_1", 4, "devices_1"),
        ):
            for holder in own.get(subject_type, []):
                for device in self.rng.sample(self.words[words], count):
                    yield self._device(subject_type[-1], device, holder)
        for holder in own.get("cosmetic_producer", []):
            yield from self._cosmetics(holder)
        for drug in self.words["drugs"]:
            for _copy in range(COPIES):
                yield self._drug(drug, None)
        for device in (*self.words["devices_3"], *self.words["devices_3"]):
            yield self._device("3", device, None)

    def _drug(self, drug: list[Any], holder: SimSubject | None) -> SimProduct:
        name, form, specification, letter, flags = drug
        approved = self._approval_day()
        number = f"国药准字{letter}{approved.year}{self._serial():04d}"
        family = "tcm" if letter == "Z" else "biological" if letter == "S" else "drug"
        codes = (("trace_prefix", f"00{self.serial:05d}"), ("gtin", self._gtin()))
        return self._product(
            "drug", number, name, approved, holder, form, specification, family, tuple(flags), codes
        )

    def _preparation(self, name: str, holder: SimSubject) -> SimProduct:
        approved = self._approval_day()
        number = f"新药制字Z{approved.year}{self._serial():04d}"
        return self._product("drug", number, name, approved, holder, "", "", "tcm", ("tcm",), ())

    def _device(self, device_class: str, device: Any, holder: SimSubject | None) -> SimProduct:
        approved = self._approval_day(2014)
        codes = (("gtin", self._gtin()),)
        if device_class == "1":
            number = f"新昌械备{approved.year}{self._serial():04d}"
            return self._product(
                "device", number, device, approved, holder, "", "见产品说明书", "device", (), codes
            )
        name, category, flags = device
        organ = "国" if device_class == "3" else "新"
        number = f"{organ}械注准{approved.year}{device_class}{category}{self._serial():04d}"
        return self._product(
            "device", number, name, approved, holder, "", "见注册证附件", "device", tuple(flags), codes
        )

    def _cosmetics(self, holder: SimSubject) -> Iterator[SimProduct]:
        names = [(name, "") for name in self.rng.sample(self.words["cosmetics"], 4)]
        names.append((self.rng.choice(self.words["cosmetics_special"]), "special_cosmetic"))
        if "child_cosmetic" in holder.flags:
            names += [(name, "child_cosmetic") for name in self.words["cosmetics_child"]]
        for name, flag in names:
            approved = self._approval_day(2021)
            if flag == "special_cosmetic":
                number = f"国妆特字{approved.year}{self._serial():04d}"
            else:
                number = f"新G妆网备字{approved.year}{900000 + self._serial():06d}"
            flags = (flag, "high_risk") if flag else ()
            codes = (("gtin", self._gtin()),)
            yield self._product("cosmetic", number, name, approved, holder, "", "", "cosmetic", flags, codes)

    def _product(
        self,
        kind: str,
        number: str,
        name: str,
        approved: date,
        holder: SimSubject | None,
        form: str,
        specification: str,
        family: str,
        flags: tuple[str, ...],
        codes: tuple[tuple[str, str], ...],
    ) -> SimProduct:
        is_filed = "备" in number or (kind == "drug" and "制" in number)
        expires = None if is_filed else self._end_of(approved)
        state, since, reason, new_standard = "valid", None, "", ""
        fate = self.rng.random()
        if fate < SUSPENDED:
            state, reason = "suspended", "监督检查发现生产质量管理缺陷，暂停生产"
        elif fate < SUSPENDED + CANCELLED:
            state, reason = "cancelled", "持有人申请注销"
        elif expires and fate < SUSPENDED + CANCELLED + LAPSED:
            expires = max(approved, self.as_of - timedelta(days=self.rng.randint(10, 400)))
        elif approved < self.as_of - CHANGED_BEFORE:
            new_standard = self.words["renewed_standards"].get(family, "")
        if reason:
            since = max(approved, self.as_of - timedelta(days=self.rng.randint(10, 500)))
        return SimProduct(
            kind=kind,
            approval_no=number,
            name=name,
            approved_on=approved,
            expires_on=expires,
            holder=holder.code if holder else "",
            holder_name=holder.name if holder else self.rng.choice(self.words["elsewhere"]),
            brand=self.rng.choice(self.words["brands"]),
            dosage_form=form,
            specification=specification,
            standard=self.words["standards"][family],
            flags=flags,
            codes=codes,
            state=state,
            state_since=since,
            reason=reason,
            new_standard=new_standard,
        )

    def _approval_day(self, since: int = 2006) -> date:
        """A day of approval; later ones are likelier, and every eighth lies within the last two years."""
        if self.rng.random() < 0.125:
            return self.as_of - timedelta(days=self.rng.randint(10, 700))
        span = (self.as_of - date(since, 1, 1)).days - 720
        return date(since, 1, 1) + timedelta(days=max(self.rng.randint(0, span), self.rng.randint(0, span)))

    def _end_of(self, approved: date) -> date:
        """The last day of the five years that run now."""
        end = years_later(approved, 5)
        while end <= self.as_of:
            end = years_later(end, 5)
        return end - timedelta(days=1)

    def _serial(self) -> int:
        self.serial += 1
        return FIRST_SERIAL + self.serial % 999

    def _gtin(self) -> str:
        body = f"0{INTERNAL}{self.rng.randint(0, 999_999_999):09d}"
        digits = [int(digit) for digit in reversed(body)]
        total = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
        return f"{body}{-total % 10}"


def build_products(seed: int, as_of: date, subjects: Sequence[SimSubject]) -> tuple[SimProduct, ...]:
    """The products of a seed on a day: the same for ever."""
    return tuple(CatalogueBuilder(seed, as_of).build(subjects))
