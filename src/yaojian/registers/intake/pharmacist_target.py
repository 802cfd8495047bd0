"""Licensed pharmacists, and where they are registered, as a target of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.registers.intake.contracts import EntryFault, EntryOutcome, FieldKind, ImportField, Target
from yaojian.registers.people.contracts import SEX_NAMES
from yaojian.registers.people.facade import (
    CATEGORY_NAMES,
    PRACTICE_NAMES,
    Category,
    PersonEntry,
    Practice,
    RoleEntry,
    RoleKind,
    register_people,
    undo_people,
)

_K = FieldKind
_OF_PERSON = ("name", "sex", "identity_number", "phone")
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
    ImportField("sex", pgettext_lazy("person", "Sex"), _K.CHOICE, ("性别",), choices=SEX_NAMES, blank=""),
    ImportField(
        "identity_number",
        _("Identity number"),
        _K.CODE,
        ("身份证号", "身份证号码", "证件号码", "公民身份号码"),
        hint=_("Sealed in the register; format the column as text."),
        personal=True,
        blank="",
    ),
    ImportField(
        "phone",
        _("Mobile number"),
        _K.CODE,
        ("手机号", "手机号码", "联系电话", "电话"),
        hint=_("Sealed in the register; format the column as text."),
        personal=True,
        blank="",
    ),
)


def pharmacist_entry(**values: Any) -> PersonEntry:
    """An entry of one person with one registration."""
    person = {name: values.pop(name) for name in _OF_PERSON if name in values}
    begins = values.pop("valid_from")
    role = RoleEntry(RoleKind.PHARMACIST, begins, values["expires_on"], values)
    return PersonEntry(key=values["registration_no"], roles=(role,), **person)


def value_of(entry: PersonEntry, name: str) -> Any:
    """One value of an entry by field."""
    if name in _OF_PERSON:
        return getattr(entry, name)
    role = entry.roles[0]
    return role.valid_from if name == "valid_from" else role.values.get(name)


def enter_pharmacists(
    entries: Sequence[PersonEntry], *, by: Actor, effective_on: date, batch: UUID, rehearse: bool
) -> list[EntryOutcome]:
    """The register's bulk door."""
    outcomes = register_people(entries, by=by, effective_on=effective_on, batch=batch)
    return [
        EntryOutcome(
            outcome.code,
            outcome.change.value,
            [EntryFault(outcome.field, outcome.reason, outcome.cure)] if outcome.reason else [],
        )
        for outcome in outcomes
    ]


def take_back_pharmacists(*, by: Actor, batch: UUID) -> list[EntryOutcome]:
    """The register's way back: all of the batch, or nothing when something was changed since."""
    return [EntryOutcome("", "changed")] * undo_people(by=by, batch=batch)


def current_pharmacists(actor: Actor, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Nothing: what the register holds of people is shown on their own pages alone."""
    return {}


PHARMACISTS = Target(
    code="pharmacists",
    name=_("Licensed pharmacists"),
    permission=Permission.PERSON_EDIT,
    view=Permission.PERSON_VIEW,
    fields=FIELDS,
    entry=pharmacist_entry,
    entry_type=None,
    key=lambda entry: entry.key,
    key_field="registration_no",
    register=enter_pharmacists,
    undo=take_back_pharmacists,
    current=current_pharmacists,
    value=value_of,
)
