"""The law pack: every type has a basis, mistakes are named, acts and pages carry what was in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
import yaml

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.basis import (
    FILE,
    Confidence,
    LawPackRefused,
    basis_of,
    inspection_law,
    parse_law,
)
from yaojian.casework.inspections.tests.browsing import Browser, page
from yaojian.casework.inspections.tests.factories import World, acting, opened, rectifying
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.registers.enterprises.facade import Subject, SubjectType

TYPES = {subject_type.value for subject_type in SubjectType}
TODAY = date(2026, 7, 1)


def pack() -> dict[str, Any]:
    return yaml.safe_load((files("yaojian.packs") / FILE).read_text(encoding="utf-8"))


@pytest.mark.parametrize("subject_type", SubjectType)
def test_every_type_has_a_basis(subject_type: SubjectType) -> None:
    basis = basis_of(subject_type.value)
    assert basis.on(TODAY)
    assert basis.rectification.confidence is not Confidence.HIGH


@pytest.mark.parametrize(
    ("subject_type", "expected"),
    [
        ("single_pharmacy", ["药品管理法 第九十九条", "药品检查管理办法（试行）"]),
        ("device_operator", ["医疗器械监督管理条例"]),
        ("cosmetic_producer", ["化妆品监督管理条例"]),
        ("vaccination_unit", ["疫苗管理法", "药品管理法 第九十九条", "药品检查管理办法（试行）"]),
    ],
)
def test_the_basis_fits_what_is_inspected(subject_type: str, expected: list[str]) -> None:
    assert [str(citation) for citation in basis_of(subject_type).on(TODAY)] == expected


def test_only_instruments_in_force_are_named() -> None:
    drugs = basis_of("single_pharmacy")
    assert [str(c) for c in drugs.on(date(2021, 5, 23))] == ["药品管理法 第九十九条"]
    assert len(drugs.on(date(2021, 5, 24))) == 2
    assert drugs.on(date(2019, 11, 30)) == ()


def test_two_officers_and_the_term_stand_in_the_pack_with_their_source() -> None:
    law = inspection_law()
    assert (law.officers, str(law.officers_basis)) == (2, "行政处罚法 第四十二条")
    assert str(basis_of("clinic").rectification) == "药品检查管理办法（试行）"
    assert str(basis_of("device_operator").rectification) == "参照药品检查管理办法（试行）"


def without(group: str, field: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["groups"][group].pop(field)


def with_value(group: str, field: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda data: data["groups"][group].update({field: value})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data["groups"]["drug"]["types"].append("tea_house"), "groups.drug.types: 'tea_house'"),
        (lambda data: data["groups"]["drug"]["types"].append("cdc"), "'cdc' already stands in another"),
        (lambda data: data["groups"].pop("cosmetic"), "groups: no group holds cosmetic_operator, cosmetic_"),
        (without("drug", "types"), "groups.drug.types: names no type"),
        (without("drug", "basis"), "groups.drug.basis: names no instrument"),
        (without("drug", "rectification"), "groups.drug.rectification: must be a mapping"),
        (with_value("drug", "colour", "red"), "groups.drug.colour: is not a field"),
        (with_value("drug", "basis", [{"instrument": "tea_law"}]), "groups.drug.basis[0].instrument"),
        (with_value("drug", "basis", [{"instrument": "drug_law", "confidence": "X"}]), "confidence: must be"),
        (with_value("drug", "basis", [{"instrument": "drug_law", "artcle": "1"}]), "basis[0].artcle: is not"),
        (lambda data: data["groups"]["drug"]["rectification"].update(days=1), "rectification.days: is not"),
        (lambda data: data["instruments"]["drug_law"].pop("name"), "instruments.drug_law.name: is missing"),
        (
            lambda data: data["instruments"]["drug_law"].pop("valid_from"),
            "drug_law.valid_from: must be a",
        ),
        (lambda data: data.pop("team"), "team: must be a mapping"),
        (lambda data: data.pop("groups"), "groups: must be a mapping"),
    ],
)
def test_a_wrong_pack_is_refused_with_file_and_field(
    spoil: Callable[[dict[str, Any]], object], said: str
) -> None:
    data = pack()
    spoil(data)
    with pytest.raises(LawPackRefused) as refusal:
        parse_law(yaml.safe_dump(data, allow_unicode=True), TYPES)
    assert FILE in str(refusal.value)
    assert said in str(refusal.value)


def test_acts_rest_on_the_law_of_what_is_inspected(world: World) -> None:
    Subject.objects.filter(pk=world.pharmacy.pk).update(subject_type="cosmetic_operator")
    world.pharmacy.refresh_from_db()
    inspection = rectifying(world)
    actions.submit_rectification(by=acting(world.lead), inspection_id=inspection.pk, report="已整改")
    acts = Act.objects.filter(file_kind="inspections.inspection").exclude(kind__startswith="clock.")
    assert {tuple(act.legal_basis) for act in acts} == {("化妆品监督管理条例",)}
    sources = {item.kind: item.source for item in WorkItem.objects.all()}
    assert sources == {
        "inspection.conduct": "化妆品监督管理条例",
        "inspection.rectify": "参照药品检查管理办法（试行）",
        "inspection.verify": "参照药品检查管理办法（试行）",
    }


def test_the_file_shows_the_basis_and_marks_what_is_not_certain(world: World, browser: Browser) -> None:
    client, inspection = browser(world.lead), opened(world)
    shown = page(client, "file", inspection.pk)
    basis = shown.split('class="legal-basis"')[1].split("</dd>")[0]
    assert "药品管理法 第九十九条" in basis
    assert basis.count("(confidence") == 1
    assert basis.index("药品检查管理办法（试行）") < basis.index("(confidence M)")
    paper = page(client, "file", inspection.pk, print=1)
    assert "药品管理法 第九十九条" in paper
    assert "(confidence" not in paper


def test_the_deadline_names_its_source_and_how_sure_it_is(world: World, browser: Browser) -> None:
    Subject.objects.filter(pk=world.pharmacy.pk).update(subject_type="device_operator")
    world.pharmacy.refresh_from_db()
    inspection = rectifying(world)
    actions.submit_rectification(by=acting(world.lead), inspection_id=inspection.pk, report="已整改")
    shown = page(browser(world.lead), "file", inspection.pk)
    assert "(参照药品检查管理办法（试行）, confidence L)" in shown
    assert "20 working days from there end on" in shown
