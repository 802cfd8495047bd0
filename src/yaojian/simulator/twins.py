"""Entries of the register that may be one subject: pairs to decide about, one merged, one kept apart.

Clinics, health centres and device shops of the prefecture: no figure counts them, and the truth does not
know them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from yaojian.foundation.accounts.facade import Actor, Role, organ_by_code, system_actor
from yaojian.registers.enterprises.facade import (
    SubjectEntry,
    find_duplicates_of,
    keep_apart,
    merge_subjects,
    pairs_of,
    register_subjects,
    unified_code,
)
from yaojian.registers.licences.facade import LicenceEntry, last_day, register_licences

ORGAN = "xj.changji"
COUNTIES = {
    "652301": "xj.changji.changji",
    "652302": "xj.changji.fukang",
    "652323": "xj.changji.hutubi",
    "652324": "xj.changji.manas",
    "652325": "xj.changji.qitai",
}
OPENED = date(2018, 3, 15)
DEVICE_SHOP, CLINIC, HEALTH_CENTRE = "device_operator", "clinic", "primary_care"
# Number of the legal entity, code of a facility that is not the entity itself, type, township, name, address,
# coordinates. Two in a row look alike.
ENTRIES: tuple[tuple[int, str, str, str, str, str, tuple[float, float] | None], ...] = (
    (1, "", CLINIC, "652325100", "奇台县康宁诊所", "奇台镇东大街88号", None),
    (1, "6523259001", CLINIC, "652325100", "奇台康宁诊所", "奇台镇东大街88号", None),
    (3, "", DEVICE_SHOP, "652301003", "昌吉市健民医疗器械经营部", "北京南路112号", None),
    (4, "", DEVICE_SHOP, "652301003", "昌吉市健民医疗器械经营部", "北京南路112号一层", None),
    (5, "", HEALTH_CENTRE, "652323101", "呼图壁县大丰镇卫生院", "大丰镇振兴路5号", (44.1702, 86.6514)),
    (6, "", HEALTH_CENTRE, "652323101", "大丰镇卫生院", "振兴路5号", (44.1702, 86.6514)),
    (7, "", CLINIC, "652302001", "阜康市博峰街仁和诊所", "博峰街道迎宾路21号", (44.1571, 87.9862)),
    (8, "", CLINIC, "652302001", "阜康博峰街仁和诊所", "博峰街道迎宾路21号", None),
    (9, "", DEVICE_SHOP, "652324100", "玛纳斯县惠康医疗器械店", "玛纳斯镇中华路3号", None),
    (10, "", DEVICE_SHOP, "652324100", "玛纳斯县惠康医疗器械店", "玛纳斯镇团结路40号", None),
)
LICENCES = (
    (3, "device_operation_filing", "新昌药监械经营备20180301号", ("6864医用卫生材料及敷料",)),
    (4, "device_operation_filing", "新昌药监械经营备20180302号", ("6815注射穿刺器械",)),
    (8, "medical_institution", "PDY90000165230217D2112", ("内科",)),
)
YEARS = 15
MERGED, APART = 6, 8
"""The places of the first entry of the pair that was merged, and of the one that was kept apart."""


def register_twins(registrar: Actor, as_of: date) -> int:
    """Enter the subjects, find the pairs, decide about two of them; returns how many subjects there are."""
    platform = replace(system_actor(organ_by_code(ORGAN)), role=Role.REGISTRAR)
    keys = _enter(platform, as_of)
    find_duplicates_of(keys)
    merge_subjects(
        by=registrar,
        kept_id=keys[MERGED],
        ended_id=keys[MERGED + 1],
        taken=[],
        reason="现场核查为同一家诊所，重复建档（示例）",
    )
    pair = pairs_of(registrar).get(first_id=keys[APART], second_id=keys[APART + 1])
    keep_apart(by=registrar, pair_id=pair.pk, note="两店经营者不同，分别备案（示例）")
    return len(keys)


def _enter(platform: Actor, as_of: date) -> list[int]:
    """Enter subjects and licences; the keys in the order of `ENTRIES`."""
    entries = [_entry(*values) for values in ENTRIES]
    outcomes = register_subjects(entries, by=platform, effective_on=as_of)
    if refused := [outcome for outcome in outcomes if outcome.subject_id is None]:
        raise ValueError(f"the register refuses {refused[0].code}: {refused[0].faults}")
    of_entity = {number: entry for (number, *_), entry in zip(ENTRIES, entries, strict=True)}
    papers = [_paper(of_entity[number], kind, text, scope) for number, kind, text, scope in LICENCES]
    for outcome in register_licences(papers, by=platform, effective_on=as_of):
        if outcome.change == "refused":
            raise ValueError(f"the register refuses a licence: {outcome}")
    return [outcome.subject_id for outcome in outcomes if outcome.subject_id is not None]


def _entry(
    number: int,
    code: str,
    kind: str,
    division: str,
    name: str,
    address: str,
    position: tuple[float, float] | None,
) -> SubjectEntry:
    """A subject as the register takes it; its legal entity has a code that no real body has."""
    uscc = unified_code("12" if kind == HEALTH_CENTRE else "92", division[:6], f"YJTW{number:04d}")
    return SubjectEntry(
        code=code or uscc,
        uscc=uscc,
        name=name,
        subject_type=kind,
        responsible_organ=COUNTIES[division[:6]],
        division_code=division,
        address=address,
        latitude=position[0] if position else None,
        longitude=position[1] if position else None,
        opened_on=OPENED,
    )


def _paper(entry: SubjectEntry, kind: str, number: str, scope: tuple[str, ...]) -> LicenceEntry:
    """A licence or filing of a subject; filings have no end."""
    return LicenceEntry(
        kind=kind,
        number=number,
        subject=entry.code,
        issued_on=OPENED,
        valid_from=OPENED,
        expires_on=last_day(OPENED, YEARS) if kind == "medical_institution" else None,
        scope=scope,
        premises=entry.address or "",
        issuer="昌吉回族自治州市场监督管理局" if kind.startswith("device") else "阜康市卫生健康委员会",
    )
