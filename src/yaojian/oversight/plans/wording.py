"""Formulas in words, in Simplified Chinese and in English, for pages and reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from .vocabulary import language_of, vocabulary

if TYPE_CHECKING:
    from .definitions import ActFilter, Formula, Period, Scope


def describe(formula: Formula, language: str) -> str:
    """The formula in words: numerator, denominator, period. ``language`` is a code such as zh-hans or en."""
    zh = language_of(language) == "zh"
    clauses = _over_acts(formula, zh) if formula.act is not None else _over_data(formula, zh)
    if formula.period is not None:
        clauses.append((("时段", "Period")[not zh], _period(formula.period, zh)))
    if zh:
        return "；".join(f"{name}：{text}" for name, text in clauses) + "。"
    return "; ".join(f"{name}: {text}" for name, text in clauses) + "."


def _over_acts(formula: Formula, zh: bool) -> list[tuple[str, str]]:
    assert formula.act is not None
    assert formula.scope is not None
    subjects = _scope(formula.scope, formula.within, zh)
    inspections = _acts(formula.act, zh)
    if formula.shape == "closure":
        if zh:
            return [
                ("分子", "其中截至统计日已通过整改复核的检查次数"),
                ("分母", f"{subjects}所受{inspections}中，整改期限在时段内且已到期的检查次数"),
            ]
        return [
            ("Numerator", "those whose rectification had been verified by the data date"),
            (
                "Denominator",
                f"{inspections} of {subjects} whose rectification fell due in the period by the data date",
            ),
        ]
    if formula.shape == "count_acts":
        return (
            [("计数", f"时段内对{subjects}实施的{inspections}次数")]
            if zh
            else [("Count", f"{inspections} of {subjects} in the period")]
        )
    if zh:
        return [
            ("分子", f"分母中时段内完成{inspections}不少于{formula.minimum}次的户数"),
            ("分母", f"{subjects}，时段首日前（含当日）已开业且统计日尚未关闭的户数"),
        ]
    times = "one" if formula.minimum == 1 else str(formula.minimum)
    return [
        ("Numerator", f"those with at least {times} of: {inspections}, in the period"),
        ("Denominator", f"{subjects}, open by the first day of the period and still open on the data date"),
    ]


def _over_data(formula: Formula, zh: bool) -> list[tuple[str, str]]:
    clauses = [("类型" if zh else "Kind", _label("shapes", formula.shape, zh))]
    if formula.components:
        parts = [_weighted(c.zh if zh else c.en, c.weight, zh) for c in formula.components]
        clauses.append(("构成" if zh else "Components", _join(parts, zh)))
    if formula.measure:
        alone = formula.over is None and formula.scope is None and not (formula.having or formula.whole)
        name = ("数据", "Data") if alone else ("分子", "Numerator")
        narrowed = {**formula.select, **formula.having}
        clauses.append((name[not zh], datum_in_words(formula.measure, narrowed, zh)))
    if formula.over or formula.having or formula.whole:
        over = formula.over or formula.measure or ""
        narrowed = dict(formula.whole or formula.select)
        clauses.append(("分母" if zh else "Denominator", datum_in_words(over, narrowed, zh)))
    if formula.scope is not None:
        subjects = _scope(formula.scope, formula.within, zh)
        name = ("分母", "Denominator") if formula.over is None else ("对象", "Subjects")
        clauses.append((name[not zh], subjects))
    if formula.per:
        clauses.append(("折算", f"每{formula.per:,}") if zh else ("Scaled", f"per {formula.per:,}"))
    if formula.each:
        level = _label("organ_levels", formula.each, zh)
        words = (
            f"逐个{level}机关，取最低（达到的个数）"
            if zh
            else f"each {level} organ, the lowest (those that reach it)"
        )
        clauses.append(("口径" if zh else "Looked at", words))
    if formula.base_year:
        clauses.append(("基期", f"{formula.base_year}年") if zh else ("Baseline", str(formula.base_year)))
    if formula.minimum > 1:
        clauses.append(("最低次数" if zh else "Minimum", str(formula.minimum)))
    if formula.shape == "pass_rate":
        clauses.append(
            ("不计", "未出结论和复检推翻的样品")
            if zh
            else ("Left out", "samples without a conclusion, and overturned ones")
        )
    return clauses


def datum_in_words(datum: str, narrowed: Mapping[str, tuple[str, ...]], zh: bool) -> str:
    """A datum with the series or values by which it is narrowed."""
    known = vocabulary()
    values = [
        known.value_label(datum, dimension, value, "zh" if zh else "en")
        for dimension, chosen in narrowed.items()
        if dimension in known.data_keys[datum].select
        for value in chosen
    ]
    name = _label("data_keys", datum, zh)
    if not values:
        return name
    return f"{name}（{_join(values, zh)}）" if zh else f"{name} ({_join(values, zh)})"


def _scope(scope: Scope, within: str | None, zh: bool) -> str:
    types = _join((_label("types", t, zh) for t in scope.types), zh) or (
        "各类监管对象" if zh else "all subjects"
    )
    marks = []
    if scope.flags_all:
        names = _join((_label("flags", f, zh) for f in scope.flags_all), zh)
        marks.append(f"标记：{names}" if zh else f"marked: {names}")
    if scope.flags_any:
        names = _join((_label("flags", f, zh) for f in scope.flags_any), zh)
        marks.append(f"标记任一：{names}" if zh else f"marked with any of: {names}")
    if scope.risk_grades:
        names = _join((_label("risk_grades", g, zh) for g in scope.risk_grades), zh)
        marks.append(f"风险等级：{names}" if zh else f"risk: {names}")
    if scope.in_production is not None:
        marks.append(
            ("在产" if scope.in_production else "停产")
            if zh
            else ("in production" if scope.in_production else "not in production")
        )
    place = "" if within is None else _label("withins", within, zh)
    if zh:
        return f"{place}{'的' if place else ''}{types}" + (f"（{'；'.join(marks)}）" if marks else "")
    return types + (f" ({'; '.join(marks)})" if marks else "") + (f" {place}" if place else "")


def _acts(act: ActFilter, zh: bool) -> str:
    name = "监督检查（已作出结论）" if zh else _label("act_kinds", act.kind, zh)
    kinds = _join((_label("inspection_kinds", k, zh) for k in act.inspection_kinds), zh)
    levels = _join((_label("organ_levels", o, zh) for o in act.organ_levels), zh)
    if zh:
        limits = [
            text
            for text in (f"类型：{kinds}" if kinds else "", f"实施机关：{levels}" if levels else "")
            if text
        ]
        return name if not limits else f"监督检查（已作出结论；{'；'.join(limits)}）"
    return " ".join(filter(None, (kinds, name, f"by organs at the level: {levels}" if levels else "")))


def _period(period: Period, zh: bool) -> str:
    if period.unit == "rolling_years":
        return f"截至统计日的最近{period.n}年" if zh else f"the last {period.n} years up to the data date"
    if period.unit == "window":
        return f"{period.start}至{period.end}" if zh else f"{period.start} to {period.end}"
    return _label("period_units", period.unit, zh)


def _weighted(name: str, weight: float | None, zh: bool) -> str:
    if weight is None:
        return f"{name}（权重未定）" if zh else f"{name} (weight not decided)"
    return f"{name}（权重{weight:g}）" if zh else f"{name} (weight {weight:g})"


def _label(kind: str, word: str, zh: bool) -> str:
    return vocabulary().label(kind, word, "zh" if zh else "en")


def _join(words: Iterable[str], zh: bool) -> str:
    return ("、" if zh else ", ").join(words)
