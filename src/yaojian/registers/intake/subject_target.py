"""The register of subjects as a target of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.registers.enterprises.facade import (
    FLAG_NAMES,
    HOSPITAL_LEVELS,
    RISK_NAMES,
    TYPE_NAMES,
    Outcome,
    RiskGrade,
    SubjectEntry,
    SubjectType,
    register_subjects,
    subjects_visible_to,
    undo_registration,
)
from yaojian.registers.intake.contracts import EntryFault, EntryOutcome, FieldKind, ImportField, Target

_T = SubjectType
_TYPE_WORDS: dict[str, str] = {
    "药品上市许可持有人": _T.HOLDER,
    "药品生产企业": _T.DRUG_PRODUCER,
    "药品生产": _T.DRUG_PRODUCER,
    "药品批发企业": _T.DRUG_WHOLESALER,
    "药品批发": _T.DRUG_WHOLESALER,
    "疫苗配送企业": _T.VACCINE_DISTRIBUTOR,
    "药品零售连锁总部": _T.CHAIN_HEADQUARTERS,
    "药品零售连锁企业": _T.CHAIN_HEADQUARTERS,
    "连锁总部": _T.CHAIN_HEADQUARTERS,
    "连锁门店": _T.CHAIN_STORE,
    "零售连锁门店": _T.CHAIN_STORE,
    "药品零售连锁门店": _T.CHAIN_STORE,
    "单体药店": _T.SINGLE_PHARMACY,
    "零售药店": _T.SINGLE_PHARMACY,
    "药品零售企业": _T.SINGLE_PHARMACY,
    "医疗机构制剂室": _T.PREPARATION_ROOM,
    "制剂室": _T.PREPARATION_ROOM,
    "医疗器械注册人": _T.DEVICE_REGISTRANT,
    "第一类医疗器械生产企业": _T.DEVICE_PRODUCER_1,
    "一类医疗器械生产企业": _T.DEVICE_PRODUCER_1,
    "第二类医疗器械生产企业": _T.DEVICE_PRODUCER_2,
    "二类医疗器械生产企业": _T.DEVICE_PRODUCER_2,
    "第三类医疗器械生产企业": _T.DEVICE_PRODUCER_3,
    "三类医疗器械生产企业": _T.DEVICE_PRODUCER_3,
    "医疗器械经营企业": _T.DEVICE_OPERATOR,
    "医疗器械经营": _T.DEVICE_OPERATOR,
    "化妆品生产企业": _T.COSMETIC_PRODUCER,
    "化妆品生产": _T.COSMETIC_PRODUCER,
    "化妆品经营企业": _T.COSMETIC_OPERATOR,
    "化妆品经营": _T.COSMETIC_OPERATOR,
    "电子商务平台": _T.ECOMMERCE_PLATFORM,
    "网络交易平台": _T.ECOMMERCE_PLATFORM,
    "乡镇卫生院": _T.PRIMARY_CARE,
    "社区卫生服务中心": _T.PRIMARY_CARE,
    "村卫生室": _T.CLINIC,
    "门诊部": _T.CLINIC,
    "疾控中心": _T.CDC,
    "疾病预防控制中心": _T.CDC,
    "疫苗接种单位": _T.VACCINATION_UNIT,
    "预防接种单位": _T.VACCINATION_UNIT,
    "接种单位": _T.VACCINATION_UNIT,
    "临床试验机构": _T.TRIAL_INSTITUTION,
    "检验机构": _T.LABORATORY,
}
_LEVEL_WORDS = {"一级": 1, "二级": 2, "三级": 3, "一": 1, "二": 2, "三": 3}
_GRADE_WORDS = {
    **dict.fromkeys(("Ⅰ", "Ⅰ级", "I级", "1", "一级", "低风险", "A"), "I"),
    **dict.fromkeys(("Ⅱ", "Ⅱ级", "II级", "2", "二级", "一般风险", "B"), "II"),
    **dict.fromkeys(("Ⅲ", "Ⅲ级", "III级", "3", "三级", "较高风险", "C"), "III"),
    **dict.fromkeys(("Ⅳ", "Ⅳ级", "IV级", "4", "四级", "高风险", "D"), "IV"),
}
_K = FieldKind
FIELDS = (
    ImportField(
        "code",
        _("Unified social credit code or facility code"),
        _K.CODE,
        ("统一社会信用代码", "社会信用代码", "信用代码", "统一代码", "主体编码", "主体代码", "代码", "编码"),
        required=True,
        hint=_("By this the register knows the subject again; format the column as text."),
        example="91652301MA7756TX6Q",
    ),
    ImportField(
        "name",
        _("Name"),
        synonyms=(
            "企业名称",
            "单位名称",
            "名称",
            "主体名称",
            "机构名称",
            "药店名称",
            "门店名称",
            "市场主体名称",
        ),
        required=True,
        example="昌吉市惠民大药房",
    ),
    ImportField(
        "subject_type",
        pgettext_lazy("subject", "Type"),
        _K.CHOICE,
        ("类型", "主体类型", "企业类型", "单位类型", "经营方式", "类别"),
        required=True,
        choices=TYPE_NAMES,
        aliases=_TYPE_WORDS,
        example="单体药店",
    ),
    ImportField(
        "responsible_organ",
        _("Responsible organ"),
        _K.ORGAN,
        ("监管机关", "监管部门", "监管机构", "日常监管机构", "管辖机关", "监管单位", "所属监管局"),
        required=True,
        hint=_("Name or code of your organ or of one below it."),
        example="昌吉市市场监督管理局",
    ),
    ImportField(
        "division_code",
        pgettext_lazy("subject", "Place"),
        _K.PLACE,
        ("行政区划", "行政区划代码", "所在地区", "所在区县", "所属区域", "区划代码", "区划", "地区", "辖区"),
        required=True,
        hint=_("Name of county or township, or its code of 6 or 9 digits."),
        example="652301",
    ),
    ImportField(
        "opened_on",
        _("In operation since"),
        _K.DAY,
        ("成立日期", "开业日期", "设立日期", "注册日期", "发证日期", "营业日期"),
        required=True,
        example="2019-05-06",
    ),
    ImportField(
        "closed_on",
        _("Closed on"),
        _K.LAST_DAY,
        ("注销日期", "关闭日期", "歇业日期", "停业日期", "注吊销日期"),
        hint=_("Empty while it is in operation."),
    ),
    ImportField(
        "uscc",
        _("Unified social credit code of the legal entity"),
        _K.CODE,
        ("法人统一社会信用代码", "所属企业统一社会信用代码", "法人代码"),
        hint=_("Only where the first column holds a facility's own code."),
    ),
    ImportField(
        "legal_name", _("Name of the legal entity"), synonyms=("法人名称", "所属企业名称", "所属法人")
    ),
    ImportField(
        "parent",
        _("Code of the subject it belongs to"),
        _K.CODE,
        ("总部代码", "总部统一社会信用代码", "所属总部", "上级代码", "所属单位代码"),
        hint=_("For a store, the code of its chain headquarters."),
    ),
    ImportField(
        "address",
        _("Address"),
        synonyms=("地址", "经营地址", "住所", "注册地址", "生产地址", "详细地址", "经营场所", "企业地址"),
    ),
    ImportField("latitude", _("Latitude"), _K.DEGREES, ("纬度",), hint=_("WGS-84, decimal degrees.")),
    ImportField("longitude", _("Longitude"), _K.DEGREES, ("经度",), hint=_("WGS-84, decimal degrees.")),
    ImportField(
        "licence_no",
        _("Licence number"),
        synonyms=("许可证号", "许可证编号", "证号", "备案号", "许可证书编号", "经营许可证号"),
    ),
    ImportField(
        "business_scope", _("Business scope"), synonyms=("经营范围", "许可范围", "生产范围", "经营项目")
    ),
    ImportField(
        "hospital_level",
        _("Hospital level"),
        _K.CHOICE,
        ("医院等级", "医院级别", "医疗机构级别"),
        choices=HOSPITAL_LEVELS,
        aliases=_LEVEL_WORDS,
    ),
    ImportField(
        "in_production",
        _("In production"),
        _K.YES_NO,
        ("是否在产", "在产", "是否正常经营", "经营状态"),
        example="是",
    ),
    ImportField(
        "flags",
        pgettext_lazy("subject", "Marks"),
        _K.CHOICES,
        ("标识", "标签", "标记", "特殊标识"),
        choices=FLAG_NAMES,
        hint=_("Several are parted by 、"),
    ),
    ImportField(
        "risk_grade",
        _("Risk grade"),
        _K.CHOICE,
        ("风险等级", "风险级别", "风险分级", "监管等级"),
        choices={grade: name for grade, name in RISK_NAMES.items() if grade is not RiskGrade.NONE},
        aliases=_GRADE_WORDS,
    ),
)


def current_subjects(actor: Actor, codes: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """What the register holds of subjects today, by code and field."""
    rows = (
        subjects_visible_to(actor)
        .filter(code__in=codes)
        .select_related("responsible_organ", "parent", "enterprise")
    )
    found: dict[str, Mapping[str, Any]] = {}
    for subject in rows:
        values = {one.name: getattr(subject, one.name, None) for one in FIELDS}
        values["responsible_organ"] = subject.responsible_organ.code
        entity = subject.enterprise
        values["uscc"], values["legal_name"] = (entity.uscc, entity.name) if entity else (None, None)
        values["parent"] = subject.parent.code if subject.parent else None
        found[subject.code] = values
    return found


def enter_subjects(
    entries: Sequence[SubjectEntry], *, by: Actor, effective_on: date, batch: UUID, rehearse: bool
) -> list[EntryOutcome]:
    """The register's bulk door."""
    outcomes = register_subjects(entries, by=by, effective_on=effective_on, batch=batch, rehearse=rehearse)
    return [_outcome(outcome) for outcome in outcomes]


def take_back_subjects(*, by: Actor, batch: UUID) -> list[EntryOutcome]:
    """The register's way back."""
    return [_outcome(outcome) for outcome in undo_registration(by=by, batch=batch)]


def _outcome(outcome: Outcome) -> EntryOutcome:
    faults = [EntryFault(fault.field, fault.detail, fault.cure) for fault in outcome.faults]
    return EntryOutcome(outcome.code, outcome.change.value, faults)


SUBJECTS = Target(
    code="subjects",
    name=_("Subjects"),
    permission=Permission.SUBJECT_EDIT,
    view=Permission.SUBJECT_VIEW,
    fields=FIELDS,
    entry=SubjectEntry,
    entry_type=SubjectEntry,
    key=lambda entry: entry.code,
    above=lambda entry: entry.parent,
    register=enter_subjects,
    undo=take_back_subjects,
    current=current_subjects,
)
