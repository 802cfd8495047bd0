"""Whether a draw can be committed now: whether anybody is left to draw, and whose draw it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.mandates.models import Draw, Mandate
from yaojian.oversight.mandates.reading import rule_of
from yaojian.oversight.mandates.shares import wanted_number


class NoDraw(StrEnum):
    """Why no draw is offered."""

    DONE = "done"
    BELOW = "below"
    NOBODY = "nobody"
    REACHED = "reached"


NO_DRAW_NAMES: dict[NoDraw, Promise] = {
    NoDraw.DONE: _("Drawn for this period"),
    NoDraw.BELOW: _("It is for the organ of the mandate and those below it to draw"),
    NoDraw.NOBODY: _("No subject of your organ is a member of the share in this period"),
    NoDraw.REACHED: _("So many have been inspected in this period that nobody is left to draw"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Why an organ has nothing to draw in the present period (None: it has), and the draw that was made."""

    no_draw: NoDraw | None
    draw: Draw | None = None


_LEFT = """SELECT s.mandate_id, count(*), count(*) FILTER (WHERE s.done >= p.minimum)
  FROM mandates_standing s JOIN unnest(%s::bigint[], %s::date[], %s::int[]) AS p (mandate_id, start, minimum)
    USING (mandate_id)
 WHERE s.organ_id = ANY(%s) AND s.opened_on <= p.start GROUP BY 1"""


def offers_to(organ: Organ, mandates: Sequence[Mandate], day: date) -> dict[int, Offer]:
    """By mandate (of those that ask for a share), whether an organ can commit a draw for the period."""
    rules = [rule_of(mandate) for mandate in mandates]
    spans = {rule.key: rule.formula.period.bounds(day) for rule in rules if rule.formula.period is not None}
    path = organ.path or "-"
    organs = list(Organ.objects.filter(path__startswith=path).order_by().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        starts = [spans[rule.key][0] for rule in rules]
        minimums = [rule.formula.minimum for rule in rules]
        cursor.execute(_LEFT, [[rule.key for rule in rules], starts, minimums, organs])
        counted = {key: (members, inspected) for key, members, inspected in cursor.fetchall()}
    standing = Draw.objects.filter(
        mandate__in=spans, period_start__lte=day, period_end__gte=day, withdrawn_at=None
    ).select_related("organ")
    made = {draw.mandate_id: draw for draw in standing if _of_one_line(draw.organ.path or "-", path)}
    offers = {}
    for rule in rules:
        members, inspected = counted.get(rule.key, (0, 0))
        why = None
        if rule.key in made:
            why = NoDraw.DONE
        elif rule.reach is not None and not path.startswith(rule.reach.path):
            why = NoDraw.BELOW
        elif not members:
            why = NoDraw.NOBODY
        elif wanted_number(rule.share or Fraction(1), members) <= inspected:
            why = NoDraw.REACHED
        offers[rule.key] = Offer(why, made.get(rule.key))
    return offers


def _of_one_line(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
