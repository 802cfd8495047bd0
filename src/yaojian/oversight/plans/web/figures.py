"""What stands around a figure on its page: trend, organs below, forecast, exclusions, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.plans.contracts import EXCLUSION_NAMES, FigureValue
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.drilldown import records_begin
from yaojian.oversight.plans.evaluation import formula_of
from yaojian.oversight.plans.forecast import Assumption, Forecast, forecast
from yaojian.oversight.plans.kept import values_at
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.outcomes import Lack, ValueState
from yaojian.oversight.plans.queries import beside_own_target, organs_below
from yaojian.oversight.plans.vocabulary import vocabulary
from yaojian.oversight.plans.web import charts
from yaojian.oversight.plans.web.presentation import lack_in_words, unit_of

YEARS_BACK = 4


def around(figure: Figure, carrier: Figure, organ: Organ, day: date) -> dict[str, Any]:
    """The context of a figure's page: all values in one batch."""
    below = organs_below(organ, day)
    days = charts.trend_days(day)
    ends = [date(day.year - back, 12, 31) for back in range(1, YEARS_BACK + 1)]
    places = [(organ, each) for each in dict.fromkeys([day, *days, *ends])] + [(each, day) for each in below]
    found = {
        place: beside_own_target(figure, values[carrier.key], place[1])
        for place, values in values_at([carrier], places).items()
    }
    value = found[organ.pk, day]
    formula = formula_of(carrier)
    first = records_begin(carrier) if formula.act is not None else None
    past = {end.year: found[organ.pk, end] for end in ends}
    past = {y: v for y, v in past.items() if first is None or first <= (v.period_start or v.as_of)}
    unit = unit_of(figure)
    parts = [charts.Part(one, found[one.pk, day]) for one in below]
    return {
        "exclusions": exclusions_in_words(value),
        "records_begin": first,
        "trend": charts.trend(
            figure.title,
            {each: found[organ.pk, each] for each in days},
            first,
            unit,
            yearly=grows_anew(formula),
        ),
        "parts": charts.parts(figure.title, parts, unit),
        "lacks": lacks_in_words(value.outcome.lacks),
        "forecast": forecast_in_words(figure, value, expected(value, past, carrier)),
    }


def grows_anew(formula: Formula) -> bool:
    """Whether a figure is counted from nought each year or in shorter periods."""
    unit = formula.period.unit if formula.period is not None else ""
    return formula.act is not None and unit in ("year", "half_year", "quarter", "month")


def expected(value: FigureValue, ends: dict[int, FigureValue], carrier: Figure) -> Forecast | None:
    """The forecast for the year of the target in force; None where a number cannot be carried on.

    Values that lack something, now or at a year-end, are no ground for one.
    """
    number, target = value.outcome.number, value.target
    if number is None or target is None or value.outcome.grade or carrier.formula is None:
        return None
    if value.state is not ValueState.COMPUTED:
        return None
    period = formula_of(carrier).period
    year = target.year if target.year is not None else value.as_of.year
    past = {
        y: one.outcome.number
        for y, one in ends.items()
        if one.outcome.number is not None and one.state is ValueState.COMPUTED
    }
    return forecast(
        number,
        value.as_of,
        year,
        past,
        grows_within_year=period is not None and period.unit == "year" and carrier.computable,
        most=None if value.unit != "percent" else max(number, type(number)(100)),
    )


def forecast_in_words(figure: Figure, value: FigureValue, found: Forecast | None) -> dict[str, Any] | None:
    """A forecast with its assumption, and whether the target would be met."""
    if found is None or value.target is None:
        return None
    words = {"year": found.year, "number": f"{float(found.number):,.2f}{unit_of(figure)}", "n": found.years}
    if found.assumption is Assumption.PACE:
        text = _("Expected at the end of %(year)s: %(number)s, if it goes on at this year's pace.") % words
    else:
        text = (
            _("Expected at the end of %(year)s: %(number)s, along the straight line through %(n)s year-ends.")
            % words
        )
    return {"text": text, "met": value.target.met_by(float(found.number))}


def exclusions_in_words(value: FigureValue) -> list[str]:
    """Why something in scope does not count, with how many."""
    return [
        ngettext("%(n)s %(why)s", "%(n)s %(why)s", number) % {"n": number, "why": EXCLUSION_NAMES[reason]}
        for reason, number in value.excluded.items()
    ]


def lacks_in_words(lacks: tuple[Lack, ...]) -> list[dict[str, Any]]:
    """What is missing: datum, organ and year."""
    organs = Organ.objects.in_bulk({lack.organ_id for lack in lacks})
    return [
        {
            "datum": lack_in_words(lack),
            "key": lack.datum,
            "organ": organs[lack.organ_id].label if lack.organ_id in organs else "",
            "year": lack.year,
            "days": days_in_words(lack.days),
            "code": organs[lack.organ_id].code if lack.organ_id in organs else "",
            "narrowed": urlencode({name: values[0] for name, values in lack.dims if len(values) == 1}),
            "entered": vocabulary().data_keys[lack.datum].source == "entered",
        }
        for lack in lacks
    ]


def days_in_words(days: Sequence[date]) -> str:
    """The first and last day of a stretch; empty without one."""
    return _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]} if days else ""


def card_of(figure: Figure, value: FigureValue) -> dict[str, Any]:
    """The large number of a figure's page: a grade stands beside it in words."""
    goal = value.target.value if value.target else None
    share = value.outcome.met_share
    percent = value.unit == "percent"
    return {
        "shown_value": None if value.outcome.grade or value.outcome.done_on else value.number,
        "shown_decimals": 2 if percent or (value.number or 0) % 1 else 0,
        "unit": unit_of(figure).strip(),
        "target_value": goal if isinstance(goal, int | float) else None,
        "card_maximum": 100 if percent else None,
        "met_share": f"{float(100 * share):.2f}%" if share is not None else "",
    }
