"""Licences and filings of the simulated subjects, with their renewals and what went wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from yaojian.simulator.content import content
from yaojian.simulator.entities import SimSubject
from yaojian.simulator.places import place

DAY = timedelta(days=1)
PRINCIPAL = {
    "drug_producer": "drug_production",
    "preparation_room": "preparation",
    "drug_wholesaler": "drug_wholesale",
    "chain_headquarters": "drug_chain",
    "chain_store": "drug_retail",
    "single_pharmacy": "drug_retail",
    "cosmetic_producer": "cosmetic_production",
    "device_producer_1": "device_production_filing",
    "device_producer_2": "device_production",
    "hospital": "medical_institution",
    "primary_care": "medical_institution",
    "clinic": "medical_institution",
}
YEARS = {"medical_institution": 15, "special_drugs": 3}
WITHOUT_END = frozenset(
    {"device_production_filing", "device_operation_filing", "device_online_filing", "vaccine_distribution"}
)
GSP = {"drug_wholesaler": "A", "chain_headquarters": "B", "chain_store": "C", "single_pharmacy": "D"}
GSP_ENDED = date(2019, 12, 1)
LAPSED, SUSPENDED, WIDENED, ALSO_DEVICES, ALSO_ONLINE = 0.012, 0.008, 0.06, 0.55, 0.05
CHANGED_BEFORE = timedelta(days=200)
"""When the scopes that were widened got wider: some time before the day of the simulation."""


@dataclass(frozen=True, slots=True)
class SimLicence:
    """One term of a licence or filing; `widened` is what its scope became later."""

    kind: str
    number: str
    subject: str
    issued_on: date
    valid_from: date
    expires_on: date | None
    scope: tuple[str, ...]
    premises: str
    issuer: str
    state: str = "in_force"
    state_since: date | None = None
    reason: str = ""
    widened: tuple[str, ...] = ()


class PaperBuilder:
    """Builds the licences of one seed up to one day."""

    def __init__(self, seed: int, as_of: date) -> None:
        self.rng = Random(f"{seed}:papers")
        self.as_of = as_of
        self.serials: dict[str, int] = {}

    def build(self, subjects: Sequence[SimSubject]) -> Iterator[SimLicence]:
        """The licences of all subjects, each subject's in the order of time."""
        for subject in subjects:
            kind = self._principal(subject)
            if kind:
                yield from self._terms(subject, kind, subject.licence_no)
                yield from self._beside(subject)

    def _principal(self, subject: SimSubject) -> str:
        if subject.subject_type == "device_operator":
            return "device_operation" if "许" in subject.licence_no else "device_operation_filing"
        return PRINCIPAL.get(subject.subject_type, "") if subject.licence_no else ""

    def _beside(self, subject: SimSubject) -> Iterator[SimLicence]:
        """What a subject holds beside its principal licence."""
        retail = subject.subject_type in ("chain_store", "single_pharmacy", "chain_headquarters")
        city = "昌" if subject.division_code.startswith("6523") else "哈"
        year = subject.opened_on.year
        if retail and self.rng.random() < ALSO_DEVICES:
            number = f"新{city}药监械经营备{max(year, 2014)}{9000 + self._next(city):04d}号"
            yield from self._terms(subject, "device_operation_filing", number)
        if retail and self.rng.random() < ALSO_ONLINE:
            number = f"(新)网械企备字〔{max(year, 2018)}〕第{9000 + self._next('online'):05d}号"
            yield from self._terms(subject, "device_online_filing", number)
        if "special_drug" in subject.flags and subject.subject_type != "hospital":
            number = f"新药监特〔{max(year, 2010)}〕{900 + self._next('special')}号"
            yield from self._terms(subject, "special_drugs", number)
        if "vaccine_distributor" in subject.flags:
            number = f"新药监疫〔{max(year, 2019)}〕{900 + self._next('vaccine')}号"
            yield from self._terms(subject, "vaccine_distribution", number)
        if subject.subject_type in GSP and subject.opened_on < GSP_ENDED - timedelta(days=400):
            yield self._certificate(subject)

    def _certificate(self, subject: SimSubject) -> SimLicence:
        """A GSP certificate from the time when there were any."""
        start = max(subject.opened_on, date(2014, 3, 1)) + timedelta(days=self.rng.randint(20, 300))
        letter = GSP[subject.subject_type]
        return SimLicence(
            kind="gsp_certificate",
            number=f"{letter}-XJ-{start:%y}-{9000 + self._next('gsp'):05d}",
            subject=subject.code,
            issued_on=start,
            valid_from=start,
            expires_on=years_later(start, 5) - DAY,
            scope=tuple(content("scopes")["gsp_certificate"][0]),
            premises=subject.address,
            issuer="新疆维吾尔自治区药品监督管理局",
        )

    def _terms(self, subject: SimSubject, kind: str, number: str) -> Iterator[SimLicence]:
        """All terms of a licence since the subject opened: the last one may have lapsed or be suspended."""
        usual, further = content("scopes")[kind]
        chosen = tuple(item for item in further if self.rng.random() < 0.5)
        scope = (*usual, *chosen)
        first = SimLicence(
            kind=kind,
            number=number,
            subject=subject.code,
            issued_on=subject.opened_on,
            valid_from=subject.opened_on,
            expires_on=None,
            scope=scope,
            premises=subject.address,
            issuer=self._issuer(subject, kind),
        )
        terms = [first] if kind in WITHOUT_END else self._renewed(first, subject)
        fate, missing = self.rng.random(), tuple(item for item in further if item not in chosen)
        if subject.closed_on:
            terms = [term for term in terms if term.valid_from < subject.closed_on]
            since = max(subject.closed_on, terms[-1].valid_from)
            terms[-1] = replace(
                terms[-1], state="cancelled", state_since=since, reason="企业终止经营，申请注销"
            )
        elif fate < LAPSED and len(terms) > 1:
            terms.pop()
        elif fate < LAPSED + SUSPENDED:
            since = max(terms[-1].valid_from, self.as_of - timedelta(days=self.rng.randint(5, 60)))
            terms[-1] = replace(terms[-1], state="suspended", state_since=since, reason="因停业申请暂停")
        elif fate < LAPSED + SUSPENDED + WIDENED and missing and self._was_there(terms[-1]):
            terms[-1] = replace(terms[-1], widened=(*scope, missing[0]))
        return iter(terms)

    def _was_there(self, term: SimLicence) -> bool:
        return term.valid_from < self.as_of - CHANGED_BEFORE - DAY

    def _renewed(self, first: SimLicence, subject: SimSubject) -> list[SimLicence]:
        years = YEARS.get(first.kind, 5)
        last = subject.closed_on or self.as_of
        terms: list[SimLicence] = []
        start = first.valid_from
        while start <= last:
            end = years_later(start, years) - DAY
            issued = start if not terms else start - timedelta(days=self.rng.randint(5, 40))
            terms.append(replace(first, issued_on=issued, valid_from=start, expires_on=end))
            start = end + DAY
        return terms

    def _issuer(self, subject: SimSubject, kind: str) -> str:
        if kind in ("drug_retail", "medical_institution"):
            county = place(subject.division_code).short_county
            bureau = "卫生健康委员会" if kind == "medical_institution" else "市场监督管理局"
            return f"{county}{bureau}"
        if kind.startswith("device_") and kind != "device_production":
            city = "昌吉回族自治州" if subject.division_code.startswith("6523") else "哈密市"
            return f"{city}市场监督管理局"
        return "新疆维吾尔自治区药品监督管理局"

    def _next(self, series: str) -> int:
        self.serials[series] = self.serials.get(series, 0) + 1
        return self.serials[series]


def years_later(day: date, years: int) -> date:
    """The same date some years later; the 1st of March for a 29th of February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def build_licences(seed: int, as_of: date, subjects: Sequence[SimSubject]) -> tuple[SimLicence, ...]:
    """The licences of a seed on a day: the same for ever."""
    return tuple(PaperBuilder(seed, as_of).build(subjects))
