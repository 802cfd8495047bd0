"""The register of licences as a target of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.registers.intake.contracts import EntryFault, EntryOutcome, FieldKind, ImportField, Target
from yaojian.registers.licences.facade import (
    KINDS,
    STATE_NAMES,
    LicenceEntry,
    LicenceState,
    licences_visible_to,
    register_licences,
    undo_licences,
)

_K = FieldKind
_WRITTEN = (
    LicenceState.IN_FORCE,
    LicenceState.SUSPENDED,
    LicenceState.CANCELLED,
    LicenceState.REVOKED,
    LicenceState.WITHDRAWN,
)
_STATE_WORDS = {
    **dict.fromkeys(("有效", "正常", "在有效期内", "存续"), LicenceState.IN_FORCE.value),
    **dict.fromkeys(("暂停", "停业"), LicenceState.SUSPENDED.value),
    **dict.fromkeys(("已注销", "注销"), LicenceState.CANCELLED.value),
    **dict.fromkeys(("已吊销", "吊销"), LicenceState.REVOKED.value),
    **dict.fromkeys(("已撤销", "撤销"), LicenceState.WITHDRAWN.value),
}
FIELDS = (
    ImportField(
        "kind",
        _("Kind of licence or filing"),
        _K.CHOICE,
        ("许可证类型", "证照类型", "许可类型", "许可种类", "证书类型", "备案类型"),
        required=True,
        choices={code: kind.name for code, kind in KINDS.items()},
    ),
    ImportField(
        "number",
        _("Licence number"),
        _K.CODE,
        ("许可证号", "许可证编号", "证号", "证书编号", "备案号", "备案编号", "编号"),
        required=True,
    ),
    ImportField(
        "subject",
        _("Code of the subject"),
        _K.CODE,
        ("统一社会信用代码", "社会信用代码", "主体编码", "主体代码", "持证主体代码", "企业代码"),
        required=True,
        hint=_("The subject must be in the register already."),
        example="91652301MA7756TX6Q",
    ),
    ImportField(
        "issued_on",
        _("Issued on"),
        _K.DAY,
        ("发证日期", "颁发日期", "备案日期", "核发日期"),
        required=True,
        example="2024-05-06",
    ),
    ImportField(
        "expires_on",
        _("Valid until"),
        _K.LAST_DAY,
        ("有效期至", "有效期止", "有效期截止", "到期日期", "有效期限至", "截止日期"),
        example="2029-05-05",
    ),
    ImportField(
        "valid_from",
        _("Valid from"),
        _K.DAY,
        ("有效期自", "有效期起", "生效日期", "有效期开始"),
        hint=_("The day of issue when empty."),
    ),
    ImportField(
        "holder_name",
        _("Holder"),
        synonyms=("持证人", "企业名称", "单位名称", "持证单位", "备案人"),
        blank="",
    ),
    ImportField(
        "scope",
        pgettext_lazy("licence", "Scope"),
        _K.LIST,
        ("经营范围", "许可范围", "生产范围", "许可事项"),
        hint=_("Several are parted by 、"),
        blank=(),
    ),
    ImportField(
        "premises",
        _("Premises"),
        synonyms=("经营场所", "经营地址", "生产地址", "仓库地址", "地址"),
        blank="",
    ),
    ImportField(
        "issuer",
        _("Issued by"),
        synonyms=("发证机关", "发证部门", "备案机关", "备案部门"),
        blank="",
    ),
    ImportField(
        "state",
        _("State"),
        _K.CHOICE,
        ("证照状态", "许可证状态", "状态"),
        choices={state.value: STATE_NAMES[state] for state in _WRITTEN},
        aliases=_STATE_WORDS,
        blank=LicenceState.IN_FORCE.value,
    ),
    ImportField("state_since", _("State since"), _K.DAY, ("状态日期", "注销日期", "吊销日期", "变更日期")),
    ImportField("reason", _("Reason"), synonyms=("原因", "注销原因", "状态原因"), blank=""),
)


def enter_licences(
    entries: Sequence[LicenceEntry], *, by: Actor, effective_on: date, batch: UUID, rehearse: bool
) -> list[EntryOutcome]:
    """The register's bulk door."""
    outcomes = register_licences(entries, by=by, effective_on=effective_on, batch=batch)
    return [
        EntryOutcome(o.code, o.change, [EntryFault(name, text) for name, text in o.errors.items()])
        for o in outcomes
    ]


def take_back_licences(*, by: Actor, batch: UUID) -> list[EntryOutcome]:
    """The register's way back."""
    undone = undo_licences(by=by, batch=batch)
    return back_outcomes(undone.removed + undone.restored, undone.kept)


def back_outcomes(count: int, kept: Sequence[str]) -> list[EntryOutcome]:
    """Outcomes of an undo that tells numbers: so many went back, these stay."""
    changed_since = EntryFault("", _("It was changed since and stays as it is."))
    return [EntryOutcome("", "changed")] * count + [
        EntryOutcome(code, "refused", [changed_since]) for code in kept
    ]


def key_of(entry: LicenceEntry) -> str:
    """What the register knows a licence by."""
    return f"{entry.kind} {entry.number} {entry.valid_from or entry.issued_on}"


def current_licences(actor: Actor, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """What the register holds of licences, by key and field."""
    numbers = {key.split(" ")[1] for key in keys}
    found: dict[str, Mapping[str, Any]] = {}
    for licence in licences_visible_to(actor).filter(number__in=numbers).select_related("subject"):
        values = {one.name: getattr(licence, one.name, None) for one in FIELDS}
        values["subject"] = licence.subject.code
        found[f"{licence.kind} {licence.number} {licence.valid_from}"] = values
    return found


LICENCES = Target(
    code="licences",
    name=_("Licences and filings"),
    permission=Permission.LICENCE_EDIT,
    view=Permission.LICENCE_VIEW,
    fields=FIELDS,
    entry=LicenceEntry,
    entry_type=LicenceEntry,
    key=key_of,
    key_field="number",
    register=enter_licences,
    undo=take_back_licences,
    current=current_licences,
)
