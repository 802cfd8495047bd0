"""Mandates as rows of tables, in words and colours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from yaojian.oversight.mandates.contracts import SOURCE_NAMES, Source
from yaojian.oversight.mandates.models import Mandate
from yaojian.oversight.mandates.offering import NO_DRAW_NAMES, Offer
from yaojian.oversight.mandates.queries import Seen, Tally
from yaojian.oversight.mandates.wording import formula_in_words, frequency_in_words, mark_of, percent

STATE_NAMES: dict[str, Promise] = {
    "overdue": gettext_lazy("Overdue"),
    "due": gettext_lazy("Due within 60 days"),
    "later": gettext_lazy("Due later"),
    "met": gettext_lazy("Met"),
    "not_drawn": gettext_lazy("Not drawn"),
    "nobody": gettext_lazy("No organ of the level asked for"),
}
OUTCOME_NAMES: dict[str, Promise] = {
    "drawn": pgettext_lazy("draw", "Drawn"),
    "stand_in": pgettext_lazy("draw", "Standing in"),
    "not_drawn": pgettext_lazy("draw", "Not drawn"),
    "inspected": pgettext_lazy("draw", "Left out: inspected in the period already"),
    "opened_later": pgettext_lazy("draw", "Left out: opened after the period began"),
}
DRAW_STATES: dict[str, tuple[str, Promise]] = {
    "drawn": ("done", gettext_lazy("Drawn and revealed")),
    "committed": ("due_soon", gettext_lazy("Committed, not drawn yet")),
    "withdrawn": ("neutral", pgettext_lazy("draw", "Withdrawn")),
    "lapsed": ("neutral", pgettext_lazy("draw", "Lapsed: the period went by undrawn")),
}
REASON_NAMES: dict[str, Promise] = {
    "no_team": gettext_lazy("No team of two: the organ has fewer than two inspectors"),
    "no_room": gettext_lazy("All weeks in which it may take place are full"),
    "too_long": gettext_lazy("Longer than a team has in a week; more of the working time would help"),
}
SCHEDULE_STATES: dict[str, tuple[str, Promise]] = {
    "queued": ("info", pgettext_lazy("schedule", "Waiting")),
    "running": ("info", pgettext_lazy("schedule", "Being drawn up")),
    "done": ("neutral", pgettext_lazy("schedule", "Drawn up")),
    "adopted": ("done", pgettext_lazy("schedule", "Adopted")),
    "failed": ("overdue", pgettext_lazy("schedule", "Refused")),
    "cancelled": ("neutral", pgettext_lazy("schedule", "Cancelled")),
}
TABS = (
    ("mandates:list", gettext_lazy("Mandates")),
    ("mandates:calendar", gettext_lazy("Calendar")),
    ("mandates:planner", gettext_lazy("Capacity")),
    ("mandates:draws", gettext_lazy("Draws")),
    ("mandates:try", gettext_lazy("Dry run")),
)


def tabs(active: str) -> list[dict[str, Any]]:
    """The pages of this room."""
    return [{"url": reverse(name), "label": label, "active": name == active} for name, label in TABS]


def row_of(seen: Seen, tally: Tally, day: date) -> dict[str, Any]:
    """A mandate as a row of the list; of one that is over there is no coverage."""
    mandate = seen.mandate
    goal = 100.0 if mandate.share is None else float(mandate.share)
    ended = mandate.valid_to is not None and mandate.valid_to < day
    coverage = None if ended else tally.percent
    return {
        "mandate": mandate,
        "organ": seen.organ,
        "source": SOURCE_NAMES[Source(mandate.source)],
        "frequency": frequency_in_words(seen.formula, mandate.share),
        "formula": formula_in_words(seen.formula),
        "tally": tally,
        "ended": ended,
        "mark": mark_of(mandate),
        "coverage": coverage,
        "goal": goal,
        "short": coverage is not None and coverage < goal,
        "target": f"{percent(mandate.share)}%" if mandate.share is not None else "100%",
    }


def basis_of(mandate: Mandate) -> str:
    """Plan and line, or rule and article, with the mark of confidence."""
    text = " ".join(filter(None, (mandate.source_title, mandate.article)))
    return text


def offer_of(offer: Offer) -> dict[str, Any]:
    """Whether a draw is offered for a mandate; else why not, and the draw that was made."""
    return {
        "may_commit": offer.no_draw is None,
        "no_draw": NO_DRAW_NAMES[offer.no_draw] if offer.no_draw else "",
        "draw": offer.draw,
    }


def keeping(request: HttpRequest, **changes: str) -> str:
    """The page's own address with other parameters, from the first page on."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


def state_tabs(
    request: HttpRequest, tally: Tally, chosen: str, states: Sequence[str]
) -> list[dict[str, Any]]:
    """The groups of subjects under a mandate."""
    return [
        {
            "url": keeping(request, state=state),
            "label": STATE_NAMES[state],
            "count": tally.of(state),
            "active": state == chosen,
        }
        for state in states
    ]
