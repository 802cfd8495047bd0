"""The facts of acts about statements, tasks and evaluations as names and values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from yaojian.oversight.statistics.facade import catalogue


def _datum(key: str) -> str:
    datum = catalogue().data.get(key)
    return datum.label.text(get_language() or "zh") if datum else key


def _measured_in(unit: str) -> str:
    words = catalogue().units.get(unit)
    return words.text(get_language() or "zh") if words else unit


def _breakdown(key: str) -> str:
    """The dimensions of a statement, from the text that an act keeps of them."""
    values = [part.partition("=")[2] for part in key.split(";") if part]
    known = {code: item.label for datum in catalogue().data.values() for code, item in datum.items.items()}
    known |= catalogue().values
    words = (known[value].text(get_language() or "zh") if value in known else value for value in values)
    return _(", ").join(words)


OVERSIGHT_FACTS: dict[str, tuple[Promise, Callable[[Any], Any]]] = {
    "row": (gettext_lazy("Row of the draft"), str),
    "overdue_kept": (gettext_lazy("Overdue duties of the earlier plan that stay open"), str),
    "datum": (gettext_lazy("Datum"), _datum),
    "period": (gettext_lazy("Period"), lambda text: str(text).replace("/", " – ")),
    "breakdown": (gettext_lazy("Breakdown"), _breakdown),
    "value": (pgettext_lazy("statement", "Value"), str),
    "measured_in": (gettext_lazy("Measured in"), _measured_in),
    "sample_size": (gettext_lazy("Sample size"), str),
    "figure": (gettext_lazy("Number of the figure"), str),
    "share_done": (gettext_lazy("Progress in percent"), str),
    "figures_met": (gettext_lazy("Figures on target"), str),
    "figures_missed": (gettext_lazy("Figures below target"), str),
    "target_before": (gettext_lazy("Target before"), str),
    "target_after": (gettext_lazy("Target after"), str),
    "replaces": (gettext_lazy("Number of the statement corrected"), str),
}
