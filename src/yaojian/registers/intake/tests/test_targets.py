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
from yaojian.registers.people.models import Expert, InspectorQualification
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
    content = io.BytesIO(error_workbook(registrar, job).read())
    sheet = python_calamine.CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    assert IDENTITY in sheet[1]
    assert Act.objects.get(kind="personal_data.viewed").facts["fields"] == ["broken_rows"]


INSPECTORS = ("检查员证号", "姓名", "检查员序列", "检查员层级", "检查员等级", "是否专职")
INSPECTORS += ("所在机关", "发证日期")


def test_inspectors_are_entered_again_and_taken_back(registrar: Actor, region: Region) -> None:
    first = ["XJ2024001", "古丽娜尔", "药品检查员", "省级", "中级", "专职", "cj.qt", "2024-03-01"]
    second = [*first[:2], "医疗器械", "市县", "初级", "否", *first[6:]]
    broken = [
        first,
        ["XJ2024002", "某人", "食品", *first[3:]],
        ["XJ2024003", "某人", *first[2:6], "省局", first[7]],
        ["XJ2024004", "某人", *first[2:7], "不详"],
    ]
    job = entered(registrar, csv([first, second, *broken], INSPECTORS), target="inspectors")
    # The second row is of the person whom the first has entered.
    assert counts(job) == ("done", 1, 1, 0, 4), (job.refusal, [r.faults for r in job.results.all()])
    faulty = [result.faults[0][0] for result in job.results.order_by("row")]
    assert faulty == ["certificate_no", "sequence", "organ_code", "valid_from"]
    roles = InspectorQualification.objects.order_by("sequence")
    assert Person.objects.get().name == "古丽娜尔"
    assert [(r.sequence, r.tier, r.grade, r.full_time) for r in roles] == [
        ("device", "local", "junior", False),
        ("drug", "provincial", "intermediate", True),
    ]
    again = entered(registrar, csv([first, second], INSPECTORS), target="inspectors")
    assert counts(again) == ("done", 0, 0, 2, 0)
    higher = [*first[:4], "高级", *first[5:]]
    assert counts(entered(registrar, csv([higher], INSPECTORS), target="inspectors"))[1:] == (0, 1, 0, 0)
    assert roles.get(sequence="drug").grade == "senior"


def test_an_import_of_inspectors_is_taken_back_as_a_whole(registrar: Actor, region: Region) -> None:
    row = ["XJ2024001", "古丽娜尔", "化妆品", "国家级", "专家级", "兼职", "cj.qt", "2024-03-01"]
    job = entered(registrar, csv([row], INSPECTORS), target="inspectors")
    undo_import(by=registrar, uid=job.uid)
    assert worked(job).state == "undone"
    assert not Person.objects.exists()


def test_experts_are_entered_again_and_their_numbers_are_seen_nowhere(
    registrar: Actor, region: Region
) -> None:
    head = ("姓名", "身份证号", "专业领域", "工作单位", "职称", "聘任日期", "聘期至")
    row = ["王某", IDENTITY, "药物警戒", "昌吉州人民医院", "主任药师", "2025-01-01", "2027-12-31"]
    broken = [row, [row[0], "", *row[2:]], [row[0], IDENTITY, "烹饪", *row[3:]]]
    job = entered(registrar, csv([row, *broken], head), target="experts")
    told = json.dumps([result.faults for result in job.results.all()], ensure_ascii=False)
    assert counts(job) == ("done", 1, 0, 0, 3), (job.refusal, told)
    faulty = [result.faults[0][0] for result in job.results.order_by("row")]
    assert faulty == ["identity_number", "identity_number", "domain"]
    everything = json.dumps([job.shape, job.samples, job.mapping, told], ensure_ascii=False)
    everything += str([act.facts for act in Act.objects.all()]) + job.sealed_rows
    everything += str([result.code for result in job.results.all()])
    assert IDENTITY not in everything
    shorter = csv([[*row[:4], row[5]]], (*head[:4], head[5]))
    assert counts(entered(registrar, shorter, target="experts"))[1:] == (0, 0, 1, 0)
    expert = Expert.objects.get()
    assert (expert.domain, expert.title, str(expert.valid_to)) == ("reactions", "主任药师", "2027-12-31")
    undo_import(by=registrar, uid=job.uid)
    assert worked(job).state == "undone"
    assert not Person.objects.exists()


def test_every_target_knows_its_columns_apart() -> None:
    for target in all_targets():
        names = [one.name for one in target.fields]
        assert len(set(names)) == len(names)
        assert any(one.required for one in target.fields)
