"""Tables of statements: a target of the intake room, with preview, broken rows and undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.utils.functional import Promise, lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.oversight.statistics.bulk import Entry, entry_code, register_statistics, undo_statistics
from yaojian.oversight.statistics.data import ITEM, Words, catalogue
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.queries import statistics_visible_to
from yaojian.oversight.statistics.rules import Content, Fault, language, number_of
from yaojian.registers.intake.facade import EntryFault, EntryOutcome, FieldKind, ImportField, Target

_K = FieldKind
ONE_DAY, MOST_YEAR = date(2000, 1, 1), 2100


def _in_language(words: Words) -> Promise:
    def text() -> str:
        return words.text(language())

    return cast(Promise, lazy(text, str)())


_DATA = {key: _in_language(datum.label) for key, datum in catalogue().data.items() if datum.is_entered}
FIELDS = (
    ImportField(
        "datum",
        gettext_lazy("Datum"),
        _K.CHOICE,
        ("数据项", "指标", "指标名称", "数据名称"),
        required=True,
        choices=_DATA,
    ),
    ImportField(
        "organ", gettext_lazy("Organ"), _K.ORGAN, ("机关", "单位", "填报单位", "地区"), required=True
    ),
    ImportField(
        "breakdown",
        gettext_lazy("Breakdown"),
        _K.LIST,
        ("分项", "统计项目", "维度", "分类", "口径"),
        hint=gettext_lazy("Series and breakdown as on the form; several are parted by 、"),
        blank=(),
    ),
    ImportField(
        "year",
        pgettext_lazy("statement", "Year"),
        _K.WHOLE,
        ("年份", "年度"),
        hint=gettext_lazy("A whole year; otherwise first and last day."),
    ),
    ImportField("first_on", gettext_lazy("First day"), _K.DAY, ("起始日期", "开始日期", "起")),
    ImportField(
        "last_on", gettext_lazy("Last day"), _K.DAY, ("截止日期", "结束日期", "止", "统计日期", "时点")
    ),
    ImportField(
        "amount",
        pgettext_lazy("statement", "Number"),
        synonyms=("数值", "数量", "数据", "值", "填报值"),
        blank="",
    ),
    ImportField("grade", pgettext_lazy("statement", "Grade"), synonyms=("等级", "级别"), blank=""),
    ImportField("sample_size", gettext_lazy("Sample size"), _K.WHOLE, ("样本量", "有效样本量", "有效问卷数")),
    ImportField("method", gettext_lazy("Method"), synonyms=("调查方法", "方法", "数据来源"), blank=""),
    ImportField("note", gettext_lazy("Remark"), synonyms=("备注", "说明"), blank=""),
)


def statement_entry(**values: Any) -> Entry:
    """An entry of a row; what cannot be read becomes a fault that the register repeats."""
    faults: list[Fault] = []
    first, last = _days(values, faults)
    amount = None
    if text := values.get("amount", ""):
        try:
            amount = number_of(text)
        except ValueError:
            faults.append(Fault("amount", _("This is no number."), _("Enter digits only, without the unit.")))
    content = Content(
        datum=values.get("datum", ""),
        first_on=first,
        last_on=last,
        dims=_dims(values.get("datum", ""), values.get("breakdown", ()), faults),
        amount=amount,
        grade=values.get("grade", "").strip().upper(),
        sample_size=values.get("sample_size"),
        method=values.get("method", ""),
        note=values.get("note", ""),
    )
    return Entry(values.get("organ", ""), content, tuple(faults))


def _days(values: Mapping[str, Any], faults: list[Fault]) -> tuple[date, date]:
    year, first, last = values.get("year"), values.get("first_on"), values.get("last_on")
    if first is None and last is None and year:
        if ONE_DAY.year <= year < MOST_YEAR:
            return date(year, 1, 1), date(year, 12, 31)
        faults.append(Fault("year", _("This is no year."), _("Enter four digits, such as 2025.")))
        return ONE_DAY, ONE_DAY
    if last is None:
        faults.append(
            Fault("last_on", _("The period is missing."), _("Enter a year, or first and last day."))
        )
        return ONE_DAY, ONE_DAY
    return first or last, last


def _dims(key: str, words: Sequence[str], faults: list[Fault]) -> dict[str, str]:
    datum = catalogue().data.get(key)
    dims: dict[str, str] = {}
    if datum is None:
        return dims
    known: dict[str, tuple[str, str]] = {}
    for name, values in datum.dimensions.items():
        for value in values:
            label = catalogue().value_label(datum, name, value)
            known |= dict.fromkeys((value, label.zh, label.en.lower()), (name, value))
    for word in words:
        place = known.get(word.strip()) or known.get(word.strip().lower())
        if place is None:
            faults.append(
                Fault(
                    "breakdown",
                    _("“%(text)s” is no breakdown of this datum.") % {"text": word[:40]},
                    _("Use the words of the form, or leave the cell empty."),
                )
            )
        else:
            dims[place[0]] = place[1]
    return dims


_FIELD_OF = dict.fromkeys((ITEM, *catalogue().dimensions), "breakdown")


def enter_statements(
    entries: Sequence[Entry], *, by: Actor, effective_on: date, batch: UUID, rehearse: bool
) -> list[EntryOutcome]:
    """The room's bulk door."""
    return [
        EntryOutcome(
            outcome.code,
            outcome.change,
            [EntryFault(_FIELD_OF.get(f.field, f.field), f.detail, f.cure) for f in outcome.faults],
        )
        for outcome in register_statistics(entries, by=by, batch=batch)
    ]


def take_back_statements(*, by: Actor, batch: UUID) -> list[EntryOutcome]:
    """The room's way back."""
    undone = undo_statistics(by=by, batch=batch)
    return [
        *(EntryOutcome(code, "changed") for code in undone.removed),
        *(EntryOutcome(code, "refused", [EntryFault("", why)]) for code, why in undone.kept),
    ]


def statement_value(entry: Entry, name: str) -> Any:
    """One value of an entry by field."""
    if name == "organ":
        return entry.organ
    if name == "breakdown":
        return tuple(entry.content.dims.values())
    return None if name == "year" else getattr(entry.content, name)


def current_statements(actor: Actor, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """The standing statements among some keys, by key and field."""
    wanted = set(keys)
    data = {key.partition(" ")[0] for key in keys}
    found: dict[str, Mapping[str, Any]] = {}
    for row in statistics_visible_to(actor).filter(datum__in=data, state__in=("submitted", "confirmed")):
        code = f"{row.datum} {row.organ.code} {row.first_on} {row.last_on} {row.dims_key}"
        if code in wanted:
            found[code] = _values(row)
    return found


def _values(row: Statistic) -> dict[str, Any]:
    values = {name.name: getattr(row, name.name, None) for name in FIELDS}
    return {**values, "organ": row.organ.code, "breakdown": tuple(row.dims.values())}


STATISTICS = Target(
    code="statistics",
    name=gettext_lazy("Statements"),
    permission=Permission.STATISTIC_ENTER,
    view=Permission.STATISTIC_VIEW,
    fields=FIELDS,
    entry=statement_entry,
    entry_type=Entry,
    key=entry_code,
    key_field="datum",
    register=enter_statements,
    undo=take_back_statements,
    current=current_statements,
    value=statement_value,
)
