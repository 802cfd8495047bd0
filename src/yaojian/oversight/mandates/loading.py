"""The table of mandates follows the plans' figures and the pack of national rules; twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import transaction

from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates.contracts import Source
from yaojian.oversight.mandates.law_pack import LawMandate, LawPack, law_pack
from yaojian.oversight.mandates.models import Mandate, MandateVersion
from yaojian.oversight.mandates.versions import definition_of, superseded
from yaojian.oversight.plans.facade import Figure, duty_bearing_figures, plans, target_for, targets_of
from yaojian.oversight.plans.targets import Target

FOLLOWED = (
    "source",
    "figure_key",
    "organ_id",
    "title_zh",
    "title_en",
    "formula",
    "share",
    "stratified_by",
    "responsible_level",
    "source_zh",
    "source_en",
    "article",
    "confidence",
    "article_confidence",
    "valid_from",
    "valid_to",
    "position",
    "enabled",
)
AFTER_PLANS = 100_000
"""National rules stand behind the plans in lists."""


def load_mandates(pack: LawPack | None = None, on: date | None = None) -> int:
    """Write what has changed in plans and national rules since; returns how many mandates that were.

    Mandates an organ has set itself are left alone. One that is gone from its source is not enabled any more.
    """
    day = on or today()
    wanted = {entry.code: entry for entry in (*_of_plans(day), *_of_law(pack or law_pack()))}
    with transaction.atomic():
        stored = {m.code: m for m in Mandate.objects.exclude(source=Source.OWN.value).select_for_update()}
        fresh = [entry for code, entry in wanted.items() if code not in stored]
        versions: list[MandateVersion] = []
        changed = [m for code, m in stored.items() if _follow(m, wanted.get(code), day, versions)]
        _note_successors(fresh, changed, day)
        Mandate.objects.bulk_create(fresh)
        MandateVersion.objects.bulk_create(versions)
        if changed:
            Mandate.objects.bulk_update(changed, [*FOLLOWED, "version_from"])
    return len(fresh) + len(changed)


def _follow(mandate: Mandate, wanted: Mandate | None, day: date, versions: list[MandateVersion]) -> bool:
    """Let a stored mandate say what its source says; whether anything has changed.

    What it said before is put to `versions`. What bound on after its plan's years ends on the day before the
    next plan is heard of, not years ago.
    """
    said = definition_of(mandate)
    changed = _say(mandate, wanted, day)
    if said != definition_of(mandate) and (version := superseded(mandate, said, day)) is not None:
        versions.append(version)
    return changed


def _say(mandate: Mandate, wanted: Mandate | None, day: date) -> bool:
    if wanted is None:
        was, mandate.enabled = mandate.enabled, False
        return was
    if wanted.valid_to is not None and mandate.source == Source.PLAN.value:
        wanted.valid_to = max(wanted.valid_to, mandate.valid_to or day - timedelta(days=1))
    before = [getattr(mandate, name) for name in FOLLOWED]
    after = [getattr(wanted, name) for name in FOLLOWED]
    for name, value in zip(FOLLOWED, after, strict=True):
        setattr(mandate, name, value)
    return before != after


def _note_successors(fresh: Sequence[Mandate], changed: Sequence[Mandate], day: date) -> None:
    """A plan that takes the place of another from a day on was not there before it."""
    followed = {mandate.organ_id for mandate in changed if mandate.valid_to == day - timedelta(days=1)}
    for mandate in fresh:
        if mandate.source == Source.PLAN.value and mandate.organ_id in followed and mandate.valid_from < day:
            mandate.version_from = day


def _of_plans(day: date) -> Iterator[Mandate]:
    last_days = last_days_of_plans()
    for place, figure in enumerate(duty_bearing_figures()):
        goals = [target for target in targets_of(figure) if not target.baseline]
        if not goals:
            continue
        plan = figure.row.plan
        yield Mandate(
            code=figure.key,
            source=Source.PLAN.value,
            figure_key=figure.key,
            organ_id=plan.organ_id,
            title_zh=figure.title_zh,
            title_en=figure.title_en,
            formula=figure.formula,
            share=_share_of(figure, day),
            responsible_level=figure.responsible_level,
            source_zh=plan.title,
            source_en=plan.title_en,
            article=f"L{figure.row.line}",
            valid_from=_first_day(plan.start_year, figure, goals),
            valid_to=last_days.get(plan.pk),
            position=place,
        )


def _first_day(start: int, figure: Figure, goals: Sequence[Target]) -> date:
    """The first day of a plan, or of the year from which its goal asks for each period.

    What is asked within a number of years begins as many years earlier: it must be done when the goal holds.
    """
    first = min((goal.since or start) if goal.every is not None else start for goal in goals)
    period = figure.formula["period"] if figure.formula else {}
    ahead = int(period.get("n") or 1) if period.get("unit") == "rolling_years" else 0
    return date(max(start, first - ahead), 1, 1)


def last_days_of_plans() -> dict[int, date]:
    """The last day of the duties under each plan that the next plan of its organ follows.

    A plan whose years are over binds on until there is a next one.
    """
    found = list(plans())
    last = {}
    for plan in found:
        later = [p.start_year for p in found if p.organ_id == plan.organ_id and p.start_year > plan.end_year]
        if later:
            last[plan.pk] = date(min(later), 1, 1) - timedelta(days=1)
    return last


def _share_of(figure: Figure, day: date) -> Decimal | None:
    """The share a goal asks for on a day: none where it wants everyone, or a number for each subject.

    A goal that was adjusted holds from its day; of a range its lower end is asked for.
    """
    goal = target_for(figure, day.year, day)
    value = None if goal is None else goal.low if goal.op == "between" else goal.value
    if figure.unit != "percent" or not isinstance(value, int | float) or value >= 100:
        return None
    return Decimal(str(value)).quantize(Decimal("0.01"))


def _of_law(pack: LawPack) -> Iterator[Mandate]:
    for place, entry in enumerate(pack.mandates):
        yield Mandate(**_law_fields(entry), position=AFTER_PLANS + place)


def _law_fields(entry: LawMandate) -> dict[str, Any]:
    return {
        "code": entry.code,
        "source": Source.LAW.value,
        "title_zh": entry.title.zh,
        "title_en": entry.title.en,
        "formula": entry.formula.to_dict(),
        "share": _percent(entry.share),
        "stratified_by": entry.stratified_by,
        "responsible_level": entry.responsible_level,
        "source_zh": entry.instrument.name.zh,
        "source_en": entry.instrument.name.en,
        "article": entry.article,
        "confidence": entry.confidence,
        "article_confidence": entry.article_confidence,
        "valid_from": entry.instrument.valid_from,
        "valid_to": entry.instrument.valid_to,
        "enabled": entry.enabled,
    }


def _percent(share: Fraction | None) -> Decimal | None:
    if share is None:
        return None
    return (Decimal(share.numerator) * 100 / share.denominator).quantize(Decimal("0.01"))
