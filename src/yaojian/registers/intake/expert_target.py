"""Experts, what they are asked about and where they work, as a target of imports."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.registers.intake.contracts import FieldKind, ImportField
from yaojian.registers.intake.person_target import PERSON_FIELDS, people_target, person_entry
from yaojian.registers.people.contracts import DOMAIN_NAMES, Domain
from yaojian.registers.people.facade import PersonEntry, RoleKind

_K = FieldKind
FIELDS = (
    ImportField(
        "name",
        pgettext_lazy("person", "Name"),
        synonyms=("姓名", "专家姓名"),
        required=True,
        example="王建国",
    ),
    ImportField(
        "domain",
        pgettext_lazy("expert", "Domain"),
        _K.CHOICE,
        ("专家类别", "专业领域", "领域", "专业方向", "擅长领域"),
        required=True,
        hint=_("An expert of several domains has a row for each."),
        example="药品",
        choices=DOMAIN_NAMES,
        aliases={
            "器械": Domain.DEVICE,
            "药物警戒": Domain.REACTIONS,
            "药品不良反应": Domain.REACTIONS,
            "应急": Domain.EMERGENCY,
            "应急管理": Domain.EMERGENCY,
            "科普": Domain.SCIENCE,
        },
    ),
    ImportField(
        "institution",
        pgettext_lazy("expert", "Institution"),
        synonyms=("工作单位", "所在单位", "单位", "单位名称"),
        required=True,
        example="新疆医科大学第一附属医院",
    ),
    ImportField(
        "title",
        pgettext_lazy("expert", "Professional title"),
        synonyms=("职称", "专业技术职称", "专业技术职务"),
        hint=_("Empty: as the register has it."),
        example="主任药师",
    ),
    ImportField(
        "valid_from",
        pgettext_lazy("expert", "Appointed on"),
        _K.DAY,
        ("聘任日期", "聘任时间", "入库日期", "聘期起"),
        required=True,
        example="2025-01-01",
    ),
    ImportField(
        "valid_to",
        _("Valid until"),
        _K.DAY,
        ("聘期至", "有效期至", "聘任截止日期", "聘期止"),
        hint=_("Empty: as the register has it."),
    ),
    # An expert has no certificate: without this the same person would be entered twice.
    *(replace(one, required=one.name == "identity_number") for one in PERSON_FIELDS),
)


def expert_entry(**values: Any) -> PersonEntry:
    """An entry of one person with one domain; its key comes back in results, so nothing personal is in it."""
    return person_entry(RoleKind.EXPERT, str(values["domain"]), values, values.get("valid_to"))


def _same_entry(entry: PersonEntry) -> str:
    """What makes two rows the same; it is compared in memory and kept nowhere."""
    return f"{entry.identity_number.upper()} {entry.key}"


EXPERTS = people_target(
    "experts",
    pgettext_lazy("import", "Experts"),
    FIELDS,
    expert_entry,
    key_field="identity_number",
    key=_same_entry,
)
