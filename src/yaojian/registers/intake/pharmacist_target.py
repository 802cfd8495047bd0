"""Licensed pharmacists, and where they are registered, as a target of imports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.registers.intake.contracts import FieldKind, ImportField
from yaojian.registers.intake.person_target import PERSON_FIELDS, people_target, person_entry
from yaojian.registers.people.facade import (
    CATEGORY_NAMES,
    PRACTICE_NAMES,
    Category,
    PersonEntry,
    Practice,
    RoleKind,
)

_K = FieldKind
FIELDS = (
    ImportField(
        "registration_no",
        pgettext_lazy("pharmacist", "Registration number"),
        _K.CODE,
        ("注册证号", "注册证编号", "执业药师注册证编号", "注册编号"),
        required=True,
        hint=_("By this the register knows the registration again; format the column as text."),
    ),
    ImportField(
        "name",
        pgettext_lazy("person", "Name"),
        synonyms=("姓名", "执业药师姓名", "药师姓名"),
        required=True,
    ),
    ImportField(
        "certificate_no",
        pgettext_lazy("pharmacist", "Certificate number"),
        _K.CODE,
        ("资格证书编号", "资格证书号", "职业资格证书编号", "资格证号", "证书编号"),
        required=True,
    ),
    ImportField(
        "category",
        _("Practice category"),
        _K.CHOICE,
        ("执业类别", "注册类别"),
        required=True,
        choices=CATEGORY_NAMES,
        aliases={
            "药学": Category.PHARMACY,
            "药学类": Category.PHARMACY,
            "中药学": Category.TCM,
            "中药学类": Category.TCM,
            "药学与中药学": Category.BOTH,
            "药学与中药学类": Category.BOTH,
        },
    ),
    ImportField(
        "practice",
        _("Practice scope"),
        _K.CHOICE,
        ("执业范围", "注册范围"),
        required=True,
        choices=PRACTICE_NAMES,
        aliases={
            "药品生产": Practice.PRODUCTION,
            "生产": Practice.PRODUCTION,
            "药品经营": Practice.TRADE,
            "经营": Practice.TRADE,
            "药品零售": Practice.TRADE,
            "药品使用": Practice.USE,
            "使用": Practice.USE,
        },
    ),
    ImportField(
        "subject_code",
        _("Code of the subject"),
        _K.CODE,
        ("统一社会信用代码", "社会信用代码", "执业单位代码", "执业单位统一社会信用代码", "注册单位代码"),
        required=True,
        hint=_("The subject must be in the register already."),
        example="91652301MA7756TX6Q",
    ),
    ImportField(
        "valid_from",
        _("Registered on"),
        _K.DAY,
        ("注册日期", "发证日期", "批准日期", "首次注册日期"),
        required=True,
    ),
    ImportField(
        "expires_on", _("Valid until"), _K.DAY, ("有效期至", "注册有效期至", "有效期截止"), required=True
    ),
    *PERSON_FIELDS,
)


def pharmacist_entry(**values: Any) -> PersonEntry:
    """An entry of one person with one registration."""
    return person_entry(RoleKind.PHARMACIST, values["registration_no"], values, values["expires_on"])


PHARMACISTS = people_target(
    "pharmacists", _("Licensed pharmacists"), FIELDS, pharmacist_entry, key_field="registration_no"
)
