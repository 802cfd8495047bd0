"""Licence and filing numbers in the formats that regulators use, and facility codes. Pure."""

from __future__ import annotations

from random import Random

from yaojian.registers.enterprises.codes import unified_code
from yaojian.simulator.content import content

# Registrars give out MA, MB… and digits; as far as we know, no real body has a code that begins with YJ.
UNISSUED = "YJ"

_CATEGORIES = {
    "hospital": "12",
    "primary_care": "12",
    "cdc": "12",
    "preparation_room": "12",
    "clinic": "52",
}
# Kind of institution in the register number of medical institutions (医疗机构登记号).
_INSTITUTIONS = {"hospital": "A1001", "primary_care": "C2201", "clinic": "D2112"}


class Registry:
    """Hands out codes and numbers, each once."""

    def __init__(self, rng: Random) -> None:
        self._bodies = rng.sample(range(1_000_000), 20_000)
        self._serials: dict[str, int] = {}

    def code(self, subject_type: str, division_code: str, *, company: bool) -> str:
        """A unified credit code, or the ten-digit facility code of a vaccination unit."""
        county = division_code[:6]
        if subject_type == "vaccination_unit":
            return f"{county}{self._next('vaccination' + county):04d}"
        category = _CATEGORIES.get(subject_type) or ("91" if company else "92")
        return unified_code(category, county, f"{UNISSUED}{self._bodies.pop():06d}")

    def licence(self, subject_type: str, division_code: str, year: int, flags: tuple[str, ...]) -> str:
        """The number of the licence or filing that a type of subject needs; empty where none is needed."""
        county = division_code[:6]
        city = "昌" if county.startswith("6523") else "哈"
        area = content("places")["counties"][county]["area_code"]
        serial = self._next(f"{subject_type}{county[:4]}")
        match subject_type:
            case "drug_producer":
                return f"新{year}{serial:04d}"
            case "preparation_room":
                return f"新{year}{serial:04d}Z"
            case "drug_wholesaler":
                return f"新AA{area}{serial:04d}"
            case "chain_headquarters":
                return f"新BA{area}{serial:04d}"
            case "chain_store":
                return f"新CB{area}{serial:04d}"
            case "single_pharmacy":
                return f"新DA{area}{serial:04d}"
            case "cosmetic_producer":
                return f"新妆{max(year, 2017)}{serial:04d}"
            case "device_producer_1":
                return f"新{city}药监械生产备{year}{serial:04d}号"
            case "device_producer_2":
                return f"新药监械生产许{year}{serial:04d}号"
            case "device_operator":
                # Class III operators are licensed, class II operators file.
                kind = "许" if "implant" in flags else "备"
                return f"新{city}药监械经营{kind}{year}{serial:04d}号"
            case "hospital" | "primary_care" | "clinic":
                return f"PDY{serial:06d}{county}17{_INSTITUTIONS[subject_type]}"
            case _:
                return ""

    def _next(self, series: str) -> int:
        self._serials[series] = self._serials.get(series, 0) + 1
        return self._serials[series]
