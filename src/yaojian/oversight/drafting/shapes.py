"""The ways a figure can come about, in the words of an officer, and what each of them must be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_ACTS = ("scope", "within", "act", "period")
_SHARE = ("measure", "over", "select", "having", "whole", "period")
_DATUM = ("measure", "select", "period")


@dataclass(frozen=True, slots=True)
class Way:
    """A shape of formula over inspections (`acts`) or a datum; `parts`: keys of formulas it asks for."""

    shape: str
    meaning: Promise
    parts: tuple[str, ...]
    acts: bool = False


WAYS: dict[str, Way] = {
    "coverage:act": Way(
        "coverage",
        _("how many of the subjects have been inspected often enough; a duty when the row is a mandate"),
        (*_ACTS, "minimum"),
        True,
    ),
    "coverage": Way(
        "coverage",
        _("how many of those concerned have something, by data that are stated or stand in registers"),
        ("measure", "over", "select", "having", "whole", "scope", "within", "each", "period", "minimum"),
    ),
    "closure:act": Way("closure", _("how many rectifications that fell due were verified"), _ACTS, True),
    "closure": Way("closure", _("how many matters that fell due were closed, by stated data"), _SHARE),
    "count_acts": Way("count_acts", _("how many inspections were made"), _ACTS, True),
    "count": Way(
        "count", _("a number of things or people"), ("measure", "select", "scope", "within", "each", "period")
    ),
    "rate_per_population": Way(
        "rate_per_population",
        _("a number for so many inhabitants, such as reports per million"),
        ("measure", "over", "per", "select", "period"),
    ),
    "pass_rate": Way("pass_rate", _("how many of the samples tested conform"), _SHARE),
    "timeliness": Way("timeliness", _("how many were done in time"), _SHARE),
    "capability_share": Way(
        "capability_share", _("how many of the items required a laboratory can test"), _SHARE
    ),
    "structure_share": Way("structure_share", _("which share a group has of the whole"), _SHARE),
    "grade": Way("grade", _("the grade that was awarded, C to A"), ("measure", "select", "each")),
    "milestone": Way("milestone", _("done or not done"), ()),
    "composite": Way("composite", _("an index of several scores with weights"), ("components", "period")),
    "survey": Way("survey", _("the outcome of a survey among the public"), _DATUM),
    "growth": Way("growth", _("how much more than in a year before"), ("measure", "base_year", *_DATUM[1:])),
    "training_hours": Way(
        "training_hours", _("hours of training for each person"), ("measure", "over", "whole", *_DATUM[1:])
    ),
    "publicity": Way("publicity", _("how many works, broadcasts or events for the public"), _DATUM),
    "amount": Way("amount", _("an amount of money"), _DATUM),
}

CLASSES: dict[str, Promise] = {
    "indicator": _("computed from registers, acts and stated data"),
    "mandate": _("whom to inspect and how often; work arises from it"),
    "milestone": _("a task that is done or not, with evidence"),
    "entered": _("somebody states the figure, a second person confirms it"),
    "baseline": _("what the plan reports of the past; never judged"),
}
"""What the classes of rows mean."""

OPERATORS: dict[str, Promise] = {
    ">=": _("at least (≥)"),
    ">": _("more than (>)"),
    "<=": _("at most (≤)"),
    "<": _("less than (<)"),
    "=": _("exactly (=)"),
    "between": _("from … to …"),
    "about": _("about"),
    "done": pgettext_lazy("target", "to be done"),
}
"""How a figure is held against its goal."""


def way_of(formula: Mapping[str, Any]) -> str:
    """The way that a formula goes; empty without one, its own word for one that nobody knows."""
    shape = str(formula.get("shape", ""))
    counts_acts = f"{shape}:act"
    return counts_acts if "act" in formula and counts_acts in WAYS else shape
