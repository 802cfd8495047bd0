"""Inspectors with their sequence, tier, grade and whether they are full-time, as a target of imports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.registers.intake.contracts import FieldKind, ImportField
from yaojian.registers.intake.person_target import PERSON_FIELDS, people_target, person_entry
from yaojian.registers.people.contracts import TIER_NAMES, Grade, Sequence, Tier
from yaojian.registers.people.facade import GRADE_NAMES, SEQUENCE_NAMES, PersonEntry, RoleKind

_K = FieldKind
FIELDS = (
    ImportField(
        "certificate_no",
        pgettext_lazy("inspector", "Certificate number"),
        _K.CODE,
        ("检查员证号", "检查员证编号", "检查员证书编号", "检查员编号", "证书编号", "证书号"),
        required=True,
        hint=_("By this the register knows the inspector again; format the column as text."),
        example="XJ20240017",
    ),
    ImportField(
        "name",
        pgettext_lazy("person", "Name"),
        synonyms=("姓名", "检查员姓名"),
        required=True,
        example="古丽娜尔·艾合买提",
    ),
    ImportField(
        "sequence",
        _("Sequence"),
        _K.CHOICE,
        ("检查员序列", "序列", "检查员类别", "专业类别"),
        required=True,
        hint=_("An inspector of several sequences has a row for each."),
        example="药品",
        choices=SEQUENCE_NAMES,
        aliases={
            "药品检查员": Sequence.DRUG,
            "医疗器械检查员": Sequence.DEVICE,
            "器械": Sequence.DEVICE,
            "化妆品检查员": Sequence.COSMETIC,
        },
    ),
    ImportField(
        "tier",
        pgettext_lazy("inspector", "Tier"),
        _K.CHOICE,
        ("检查员层级", "层级", "聘任层级"),
        required=True,
        example="省级",
        choices=TIER_NAMES,
        aliases={
            "国家": Tier.NATIONAL,
            "省": Tier.PROVINCIAL,
            "自治区级": Tier.PROVINCIAL,
            "市级": Tier.LOCAL,
            "县级": Tier.LOCAL,
            "市县": Tier.LOCAL,
            "市县级": Tier.LOCAL,
            "地方级": Tier.LOCAL,
        },
    ),
    ImportField(
        "grade",
        _("Grade"),
        _K.CHOICE,
        ("检查员等级", "检查员级别", "等级", "级别", "职级"),
        required=True,
        example="中级",
        choices=GRADE_NAMES,
        aliases={
            "初级检查员": Grade.JUNIOR,
            "中级检查员": Grade.INTERMEDIATE,
            "高级检查员": Grade.SENIOR,
            "专家级检查员": Grade.EXPERT,
        },
    ),
    ImportField(
        "full_time",
        pgettext_lazy("inspector", "Full-time or part-time"),
        _K.CHOICE,
        ("专职兼职", "专兼职", "专/兼职", "是否专职", "专职"),
        required=True,
        hint=_("Of somebody with an account the posting says it."),
        example="专职",
        choices={
            "full": pgettext_lazy("inspector", "full-time"),
            "part": pgettext_lazy("inspector", "part-time"),
        },
        aliases={
            "专职检查员": "full",
            "兼职检查员": "part",
            "是": "full",
            "否": "part",
        },
    ),
    ImportField(
        "organ_code",
        _("Organ"),
        _K.ORGAN,
        ("所在机关", "所在单位", "工作单位", "单位", "所属机构", "聘任机关"),
        required=True,
    ),
    ImportField(
        "valid_from",
        pgettext_lazy("inspector", "Appointed on"),
        _K.DAY,
        ("聘任日期", "聘任时间", "取得资格日期", "发证日期", "认定日期"),
        required=True,
        example="2024-03-01",
    ),
    ImportField(
        "valid_to",
        _("Valid until"),
        _K.DAY,
        ("有效期至", "聘期至", "聘任截止日期", "有效期截止"),
        hint=_("Empty: as the register has it."),
    ),
    *PERSON_FIELDS,
)


def inspector_entry(**values: Any) -> PersonEntry:
    """An entry of one person with one qualification."""
    key = f"{values['certificate_no']} {values['sequence']}"
    values["full_time"] = values["full_time"] == "full"
    return person_entry(RoleKind.INSPECTOR, key, values, values.get("valid_to"))


INSPECTORS = people_target(
    "inspectors",
    pgettext_lazy("import", "Inspectors"),
    FIELDS,
    inspector_entry,
    key_field="certificate_no",
)
