"""A province of any size, made of plain rows: the same size gives the same rows. Pure.

Inner Mongolia's plan speaks of nearly 140,000 subjects (L178); the shares of types follow the counts of the
Ningxia and Changji plans. Names and codes are invented.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from yaojian.packs.places import read_divisions
from yaojian.registers.enterprises.codes import unified_code

PROVINCE = "15"
FIRST_DAY = date(2012, 1, 1)
UNISSUED = "YJ"

# Per thousand subjects; the rest are cosmetics operators.
SHARES = {
    "drug_producer": 1,
    "drug_wholesaler": 3,
    "chain_headquarters": 2,
    "chain_store": 62,
    "single_pharmacy": 58,
    "preparation_room": 1,
    "device_producer_1": 2,
    "device_producer_2": 2,
    "device_operator": 190,
    "cosmetic_producer": 1,
    "hospital": 6,
    "primary_care": 14,
    "clinic": 120,
    "cdc": 1,
    "vaccination_unit": 12,
    "trial_institution": 1,
}
ENDINGS = {
    "drug_producer": "制药有限责任公司",
    "drug_wholesaler": "医药有限公司",
    "chain_headquarters": "医药连锁有限公司",
    "chain_store": "医药连锁有限公司第{n}分店",
    "single_pharmacy": "大药房",
    "preparation_room": "医院制剂室",
    "device_producer_1": "医疗用品有限公司",
    "device_producer_2": "医疗科技有限公司",
    "device_operator": "医疗器械经营部",
    "cosmetic_producer": "生物科技有限公司",
    "cosmetic_operator": "化妆品店",
    "hospital": "医院",
    "primary_care": "卫生院",
    "clinic": "诊所",
    "cdc": "疾病预防控制中心",
    "vaccination_unit": "预防接种门诊",
    "trial_institution": "医院药物临床试验机构",
}
FIRST = "安康仁德福惠益民百草千禧瑞祥永泰恒信弘济和顺同心春晖金牛长青天元北辰南山博爱健宁普济众康华佗杏林橘井"
SECOND = "堂源泰和生康宝春林芝济民安盛达通顺兴隆昌茂丰瑞华美佳乐欣悦雅馨"
RISKS = ("", "I", "I", "I", "II", "II", "III", "IV")

# Areas of the province, one character each, as they stand in the numbers of devices' filings.
AREAS = "呼包乌赤通鄂呼巴乌兴锡阿"
YEARS_A_TERM = 5
PHARMACIES = ("chain_store", "single_pharmacy")
CARE = ("hospital", "primary_care", "clinic")


@dataclass(frozen=True, slots=True)
class Paper:
    """One term of a licence or filing of a row; no last day for what holds until further notice."""

    kind: str
    number: str
    subject: str
    valid_from: date
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class Row:
    """One subject of the province, as an inspector would write it on a sheet."""

    number: int
    code: str
    name: str
    subject_type: str
    division: str
    address: str
    opened_on: date
    closed_on: date | None
    risk_grade: str
    latitude: float
    longitude: float


@cache
def counties() -> tuple[tuple[str, str], ...]:
    """Codes and names of the province's counties."""
    return tuple(
        (division.code, division.name)
        for division in read_divisions()
        if len(division.code) == 6 and division.code.startswith(PROVINCE)
    )


@cache
def _types() -> tuple[str, ...]:
    """A thousand types in the province's shares, well mixed."""
    types = [name for name, share in SHARES.items() for _ in range(share)]
    types += ["cosmetic_operator"] * (1000 - len(types))
    Random(15).shuffle(types)  # noqa: S311 — the same order every time is what is wanted
    return tuple(types)


def rows(start: int, end: int) -> Iterator[Row]:
    """Subjects number `start` up to, not including, `end`."""
    for number in range(start, end):
        yield row(number)


def row(number: int) -> Row:
    """The subject with a number: the same on every machine."""
    draw = Random(number)  # noqa: S311 — the same subject every time is what is wanted
    code, county = counties()[number * 7919 % len(counties())]
    subject_type = _types()[number % 1000]
    word = draw.choice(FIRST) + draw.choice(SECOND) + draw.choice(("", "", draw.choice(SECOND)))
    ending = ENDINGS[subject_type].format(n=number)
    township = f"{code}{1 + number % 9:03d}"
    opened = FIRST_DAY + timedelta(days=draw.randrange(5000))
    closed = opened + timedelta(days=200 + draw.randrange(100)) if draw.random() < 0.04 else None
    category = "91" if "公司" in ending else "92"
    return Row(
        number=number,
        code=unified_code(category, code, f"{UNISSUED}{number:06d}"),
        name=f"{county}{word}{ending}",
        subject_type=subject_type,
        division=township,
        address=f"{county}{draw.choice(FIRST)}{draw.choice(SECOND)}街{draw.randrange(1, 400)}号",
        opened_on=opened,
        closed_on=closed,
        risk_grade=draw.choice(RISKS),
        latitude=round(38.0 + number * 0.6180339 % 14.0, 6),
        longitude=round(98.0 + number * 0.4142135 % 27.0, 6),
    )


def open_codes(end: int, types: tuple[str, ...]) -> list[str]:
    """The codes of the open subjects of some types among the first `end`."""
    numbers = [number for number in range(end) if _types()[number % 1000] in types]
    return [one.code for one in map(row, numbers) if one.closed_on is None]


def word(number: int) -> str:
    """A name of two or three characters, the same for a number on every machine."""
    draw = Random(number)  # noqa: S311 — the same word every time is what is wanted
    return draw.choice(FIRST) + draw.choice(SECOND) + draw.choice(("", draw.choice(SECOND)))


def papers(of: Row) -> Iterator[Paper]:
    """The licences and filings of a row, older terms before newer: 2.15 for each subject on the average."""
    if of.subject_type in PHARMACIES:
        letter = "C" if of.subject_type == "chain_store" else "D"
        yield from _terms("drug_retail", f"蒙{letter}A{of.number:09d}", of, 5)
    if of.subject_type == "device_operator":
        yield from _terms("device_operation", f"蒙{_area(of)}药监械经营许{_serial(of)}号", of, 4)
    if of.subject_type in (*PHARMACIES, "device_operator"):
        number = f"蒙{_area(of)}药监械经营备{_serial(of)}号"
        yield Paper("device_operation_filing", number, of.code, of.opened_on, None)
        year, place = divmod(of.number, 99_999)
        number = f"(蒙)网械企备字〔{2018 + year}〕第{place + 1:05d}号"
        yield Paper("device_online_filing", number, of.code, of.opened_on, None)
    if of.subject_type in CARE:
        number = f"{UNISSUED}{of.number:06d}0{of.division[:6]}17D2112"
        last = of.opened_on.replace(year=of.opened_on.year + 15, day=1)
        yield Paper("medical_institution", number, of.code, of.opened_on, last)


def _terms(kind: str, number: str, of: Row, count: int) -> Iterator[Paper]:
    """So many terms of five years each, the last of which began at the latest some years ago."""
    first = date(2026 - YEARS_A_TERM * count + of.number % YEARS_A_TERM, 1 + of.number % 12, 1)
    for term in range(count):
        begin = first.replace(year=first.year + YEARS_A_TERM * term)
        end = first.replace(year=first.year + YEARS_A_TERM * (term + 1)) - timedelta(days=1)
        yield Paper(kind, number, of.code, begin, end)


def _area(of: Row) -> str:
    return AREAS[of.number % len(AREAS)]


def _serial(of: Row) -> str:
    year, place = divmod(of.number, 9_999)
    return f"{2005 + year}{place + 1:04d}"
