"""Licences, products and pharmacists as tables; personal data stays sealed on its way."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import python_calamine

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.ledger.facade import Act
from yaojian.registers.enterprises.facade import register_subjects
from yaojian.registers.enterprises.tests.factories import Region, pharmacy
from yaojian.registers.intake.actions import undo_import
from yaojian.registers.intake.contracts import RowChange
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.sheets import error_workbook
from yaojian.registers.intake.targets import all_targets
from yaojian.registers.intake.tests.factories import code, csv, entered, worked
from yaojian.registers.licences.facade import Licence
from yaojian.registers.people.facade import Person, identity_check_digit
from yaojian.registers.products.facade import Product

IDENTITY = "65232519900101123" + identity_check_digit("65232519900101123")


@pytest.fixture
def holder(region: Region, registrar: Actor) -> str:
    """The code of a pharmacy that is in the register."""
    entry = pharmacy(1, region.qitai, code=code(1))
    register_subjects([entry], by=registrar, effective_on=entry.opened_on)
    return entry.code


def counts(job: Import) -> tuple[Any, ...]:
    return (job.state, *(job.count(change) for change in RowChange))


def test_licences_are_entered_again_and_taken_back(registrar: Actor, holder: str) -> None:
    head = ("许可证类型", "许可证编号", "统一社会信用代码", "发证日期", "有效期至", "经营范围")
    good = ["药品经营许可证（零售）", "新DB9940001", holder, "2024-05-06", "2029-05-05", "中成药、化学药制剂"]
    table = csv([good, [good[0], "新DB9940002", code(7), *good[3:]], good], head)
    job = entered(registrar, table, target="licences")
    assert counts(job) == ("done", 1, 0, 0, 2), job.refusal
    assert [result.faults[0][0] for result in job.results.order_by("row")] == ["subject", "number"]
    assert Licence.objects.get().number == "新DB9940001"
    assert counts(entered(registrar, table, target="licences"))[1:4] == (0, 0, 1)
    undo_import(by=registrar, uid=job.uid)
    assert worked(job).state == "undone"
    assert not Licence.objects.exists()


def test_products_are_entered_and_taken_back(registrar: Actor, holder: str) -> None:
    head = ("产品类别", "批准文号", "药品名称", "批准日期", "持有人代码", "标识")
    good = ["药品", "国药准字Z20250001", "复方丹参片", "2025-01-02", holder, ""]
    job = entered(registrar, csv([good, [*good[:1], "国药准字12", *good[2:]]], head), target="products")
    assert counts(job) == ("done", 1, 0, 0, 1), (job.refusal, [r.faults for r in job.results.all()])
    assert Product.objects.get().name == "复方丹参片"
    undo_import(by=registrar, uid=job.uid)
    assert worked(job).state == "undone"
    assert not Product.objects.exists()


def test_pharmacists_are_entered_and_their_numbers_are_seen_nowhere(registrar: Actor, holder: str) -> None:
    head = ("姓名", "身份证号", "注册证编号", "资格证书编号", "执业类别", "执业范围")
    head += ("执业单位代码", "注册日期", "有效期至")
    row = ["王某", IDENTITY, "652221000001", "ZZ00012345", "药学", "药品经营"]
    row += [holder, "2024-01-02", "2029-01-01"]
    wrong = [*row[:2], "652221000002", *row[3:6], holder, "不详", row[8]]
    job = entered(registrar, csv([row, wrong], head), target="pharmacists")
    told = json.dumps([result.faults for result in job.results.all()], ensure_ascii=False)
    assert counts(job) == ("done", 1, 0, 0, 1), (job.refusal, told)
    assert Person.objects.get().name == "王某"
    everything = json.dumps([job.shape, job.samples, job.mapping, told], ensure_ascii=False)
    everything += str([act.facts for act in Act.objects.all()]) + job.sealed_rows
    assert IDENTITY not in everything
    content = io.BytesIO(b"".join(error_workbook(registrar, job)))
    sheet = python_calamine.CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    assert IDENTITY in sheet[1]
    assert Act.objects.get(kind="personal_data.viewed").facts["fields"] == ["broken_rows"]


def test_every_target_knows_its_columns_apart() -> None:
    for target in all_targets():
        names = [one.name for one in target.fields]
        assert len(set(names)) == len(names)
        assert any(one.required for one in target.fields)
