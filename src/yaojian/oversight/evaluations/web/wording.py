"""Tasks, evaluations and adjustments in words for the pages of this room."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from yaojian.foundation.ledger.facade import Act
from yaojian.oversight.plans.facade import Figure
from yaojian.oversight.plans.targets import Target
from yaojian.oversight.plans.web.presentation import unit_of

PAGES = {
    "evaluations:milestones": lambda: _("Milestones"),
    "evaluations:tasks": lambda: _("Tasks"),
    "evaluations:list": lambda: _("Evaluations"),
    "evaluations:levels": lambda: _("Levels side by side"),
    "evaluations:adjustments": lambda: _("Adjustments of targets"),
    "evaluations:gaps": lambda: _("Data gaps"),
}


def tabs(active: str) -> list[dict[str, Any]]:
    """The pages of the room."""
    return [{"label": name(), "url": reverse(page), "active": page == active} for page, name in PAGES.items()]


def language() -> str:
    """The reader's language code."""
    return get_language() or "zh-hans"


def quarter_of(day: date) -> str:
    """The quarter of a day, as a heading."""
    return _("%(year)s, quarter %(n)s") % {"year": day.year, "n": (day.month + 2) // 3}


def amount(value: Decimal | None, figure: Figure | None) -> str:
    """A value with the unit of its figure; empty without one."""
    if value is None:
        return ""
    return f"{value.normalize():f}{unit_of(figure) if figure is not None else ''}"


def target_words(target: dict[str, Any] | None, unit: str) -> str:
    """A stored target in words."""
    return Target.from_dict(target).describe(unit, language()) if target else pgettext("target", "none")


def _plain(value: str) -> str:
    """A number without the noughts that a column gave it; anything else as it is."""
    try:
        return f"{Decimal(value).normalize():f}"
    except InvalidOperation:
        return value


def said_of_act(act: Act) -> dict[str, Any]:
    """What the history of a file says of an act besides."""
    facts = []
    if act.facts.get("share_done") is not None:
        facts.append((_("Progress"), f"{act.facts['share_done']}%"))
    if act.facts.get("value"):
        facts.append((pgettext("task", "Value"), _plain(act.facts["value"])))
    return {"text": act.facts.get("note") or act.facts.get("reason") or "", "facts": facts}
