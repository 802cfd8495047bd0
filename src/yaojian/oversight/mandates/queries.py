"""Every read of mandates and duties, scoped to the line of organs of the asking person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, organ_by_code
from yaojian.foundation.errors import NotFound
from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates.contracts import HORIZON, Source
from yaojian.oversight.mandates.engine import count_standings
from yaojian.oversight.mandates.engine_sql import RECURS
from yaojian.oversight.mandates.lines import paths_above
from yaojian.oversight.mandates.models import Draw, DrawEntry, Mandate, MandateVersion
from yaojian.oversight.mandates.reading import rules_on, stands
from yaojian.oversight.mandates.versions import as_it_was, mandates_on
from yaojian.oversight.plans.definitions import Formula
from yaojian.registers.enterprises.facade import Subject, subjects_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator

STATES = ("overdue", "due", "later", "met", "not_drawn", "nobody")
STORED = "mandates_standing"


@dataclass(frozen=True, slots=True)
class Seen:
    """A mandate as an actor sees it: for which organ, and whether only what that organ carries out."""

    mandate: Mandate
    organ: Organ
    narrowed: bool

    @property
    def formula(self) -> Formula:
        """The mandate's formula."""
        return Formula.from_dict(self.mandate.formula)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many subjects stand how under a mandate; members and reached are those of its coverage."""

    overdue: int = 0
    due: int = 0
    later: int = 0
    met: int = 0
    not_drawn: int = 0
    nobody: int = 0
    members: int = 0
    reached: int = 0

    @property
    def empty(self) -> bool:
        """Whether nobody stands under the mandate."""
        return not any(self.of(state) for state in STATES)

    @property
    def percent(self) -> float | None:
        """The coverage in percent; None without members."""
        return 100 * self.reached / self.members if self.members else None

    def of(self, state: str) -> int:
        """How many stand in a state."""
        return int(getattr(self, state))


@dataclass(frozen=True, slots=True)
class SubjectDuty:
    """A subject's standing under one mandate, for a list."""

    subject: Subject
    organ: Organ
    since: date
    due_on: date
    last_on: date | None
    met: bool
    late: bool
    done: int
    needed: int


def mandates_visible_to(actor: Actor, day: date | None = None, *, with_arrears: bool = False) -> list[Seen]:
    """The mandates along the actor's line of organs, and the national rules; those not enabled among them.

    Those that ended before a day (today unless given) are left out; not so `with_arrears` those of plans,
    whose overdue duties are still to be done.
    """
    on = day or today()
    own = organ_by_code(actor.organ_code)
    found = []
    for mandate in mandates_on(on):
        seen = _seen(mandate, actor, own)
        shown = mandate.enabled or mandate.source == Source.LAW.value
        if seen is not None and shown and stands(mandate, on, with_arrears=with_arrears):
            found.append(seen)
    return found


def _seen(mandate: Mandate, actor: Actor, own: Organ) -> Seen | None:
    organ = mandate.organ
    if organ is None:
        return Seen(mandate, own, own.parent_id is not None or own.level != "national")
    path = organ.path or "-"
    if path.startswith(actor.organ_path):
        return Seen(mandate, organ, narrowed=False)
    if actor.organ_path.startswith(path):
        return Seen(mandate, own, narrowed=True)
    return None


def mandate_visible_to(actor: Actor, code: str, day: date | None = None) -> Seen:
    """One mandate of the actor's line, as it was on a day (of none: as it is). Raises NotFound."""
    asked = Mandate.objects.select_related("organ").filter(code=code)
    mandate = next(iter(mandates_on(day, asked)), None) if day is not None else None
    mandate = mandate or asked.first()
    seen = _seen(mandate, actor, organ_by_code(actor.organ_code)) if mandate is not None else None
    if seen is None:
        raise NotFound(
            _("There is no such mandate for your organ."), cure=_("Choose one in the list of mandates.")
        )
    return seen


def overdue_under(figure_keys: Iterable[str], day: date) -> list[tuple[Mandate, int]]:
    """The mandates of some figures with duties that are overdue on a day (today's are kept), and how many."""
    overdue = Count(
        "standings",
        filter=Q(standings__met=False, standings__nobody=False, standings__due_on__lt=day),
    )
    found = Mandate.objects.filter(figure_key__in=list(figure_keys), enabled=True).annotate(overdue=overdue)
    return [(mandate, mandate.overdue) for mandate in found.filter(overdue__gt=0)]


def versions_of(mandate: Mandate) -> list[tuple[MandateVersion, Mandate]]:
    """What a mandate said before it was changed, the latest first."""
    return [(version, as_it_was(version, mandate)) for version in mandate.versions.all()]


@contextmanager
def standings_on(day: date, mandates: Sequence[Mandate]) -> Iterator[str]:
    """The table that holds the standings of a day: the stored one for today, else one counted for it."""
    if day == today():
        yield STORED
        return
    rules = rules_on(day, Mandate.objects.filter(pk__in=[m.pk for m in mandates]), with_arrears=True)
    with transaction.atomic():
        yield count_standings(rules, day)


def own_organs(actor_path: str) -> list[int]:
    """The keys of an organ and of those below it."""
    return list(Organ.objects.filter(path__startswith=actor_path).order_by().values_list("pk", flat=True))


_STATE = f"""CASE WHEN s.needed = 0 AND s.done = 0 THEN 'not_drawn'
  WHEN s.met AND NOT (s.due_on <= %(until)s AND {RECURS}) THEN 'met' WHEN s.nobody THEN 'nobody'
  WHEN s.due_on < %(day)s THEN 'overdue' WHEN s.due_on <= %(until)s THEN 'due' ELSE 'later' END"""
_TALLIES = """SELECT s.mandate_id, {state} AS state, count(*),
    count(*) FILTER (WHERE s.opened_on <= p.start),
    count(*) FILTER (WHERE s.opened_on <= p.start AND s.done >= p.minimum AND NOT s.late)
  FROM {table} s JOIN unnest(%(keys)s::bigint[], %(starts)s::date[], %(minimums)s::int[])
    AS p (mandate_id, start, minimum) ON p.mandate_id = s.mandate_id
 WHERE NOT s.mandate_id = ANY(%(narrowed)s) OR s.organ_id = ANY(%(organs)s)
 GROUP BY 1, 2"""


def tallies(seen: Sequence[Seen], actor_path: str, day: date, table: str = STORED) -> dict[int, Tally]:
    """By mandate, how many subjects stand how on a day; one question for all mandates."""
    if not seen:
        return {}
    asked: dict[str, Any] = {
        "day": day,
        "until": day + HORIZON,
        "keys": [one.mandate.pk for one in seen],
        "starts": [_start(one.formula, day) for one in seen],
        "minimums": [one.formula.minimum for one in seen],
        "narrowed": [one.mandate.pk for one in seen if one.narrowed],
        "organs": own_organs(actor_path) if any(one.narrowed for one in seen) else [],
    }
    counts: dict[int, dict[str, int]] = {one.mandate.pk: {} for one in seen}
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES.format(state=_STATE, table=table), asked)
        for key, state, number, members, reached in cursor.fetchall():
            found = counts[key]
            found[state] = number
            found["members"] = found.get("members", 0) + members
            found["reached"] = found.get("reached", 0) + reached
    return {key: Tally(**found) for key, found in counts.items()}


def _start(formula: Formula, day: date) -> date:
    assert formula.period is not None
    return formula.period.bounds(day)[0]


def _narrowing(seen: Seen, actor_path: str) -> tuple[str, dict[str, Any]]:
    condition, asked = "s.mandate_id = %(key)s", {"key": seen.mandate.pk}
    if seen.narrowed:
        return condition + " AND s.organ_id = ANY(%(organs)s)", {**asked, "organs": own_organs(actor_path)}
    return condition, asked


def subjects_in_state(
    seen: Seen,
    actor_path: str,
    day: date,
    state: str,
    table: str = STORED,
    until: tuple[date, date] | None = None,
) -> list[int]:
    """The subjects in one state, the most urgent first, then by name; `until`: those due in these days."""
    condition, asked = _narrowing(seen, actor_path)
    if until is not None:
        condition += " AND s.due_on BETWEEN %(first)s AND %(last)s"
        asked |= {"first": until[0], "last": until[1]}
    asked |= {"day": day, "until": day + HORIZON, "state": state}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.subject_id FROM {table} s JOIN enterprises_subject e ON e.id = s.subject_id"  # noqa: S608
            f" WHERE {condition} AND {_STATE} = %(state)s ORDER BY s.due_on, e.name, e.id",
            asked,
        )
        return [key for (key,) in cursor.fetchall()]


def duties_of(seen: Seen, subject_ids: Sequence[int], table: str = STORED) -> list[SubjectDuty]:
    """The standings of some subjects, in the order given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.subject_id, s.organ_id, s.since, s.due_on, s.last_on, s.met, s.late, s.done, s.needed"  # noqa: S608 — own names only
            f" FROM {table} s WHERE s.mandate_id = %s AND s.subject_id = ANY(%s)",
            [seen.mandate.pk, list(subject_ids)],
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    subjects = subjects_by_id(rows)
    organs = {organ.pk: organ for organ in Organ.objects.filter(pk__in={row[0] for row in rows.values()})}
    return [
        SubjectDuty(subjects[key], organs[rows[key][0]], *rows[key][1:]) for key in subject_ids if key in rows
    ]


def due_by_month(
    seen: Seen, actor_path: str, day: date, table: str = STORED, months: int = 12
) -> dict[str, int]:
    """How many duties fall due in each of the next months; what is overdue counts in the present one."""
    counts: dict[str, int] = {}
    month = day.replace(day=1)
    for _place in range(months):
        counts[month.strftime("%Y-%m")] = 0
        month = (month + timedelta(days=32)).replace(day=1)
    condition, asked = _narrowing(seen, actor_path)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_char(greatest(s.due_on, %(day)s), 'YYYY-MM'), count(*) FROM {table} s"  # noqa: S608
            f" WHERE {condition} AND NOT s.nobody AND (NOT s.met OR {RECURS}) GROUP BY 1",
            {**asked, "day": day},
        )
        for name, number in cursor.fetchall():
            if name in counts:
                counts[name] = number
    return counts


def due_by_organ(
    organ_ids: Iterable[int], first: date, last: date, unit: str, day: date
) -> dict[tuple[int, date], int]:
    """Subjects falling due by executing organ and first day of the month or week; overdue ones count today.

    A subject counts once in each, however many mandates ask for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organ_id, date_trunc(%(unit)s, greatest(due_on, %(day)s))::date,"  # noqa: S608
            " count(DISTINCT subject_id)"
            f" FROM mandates_standing s WHERE NOT nobody AND (NOT met OR {RECURS})"
            " AND organ_id = ANY(%(organs)s)"
            " AND greatest(due_on, %(day)s) BETWEEN %(first)s AND %(last)s GROUP BY 1, 2",
            {"unit": unit, "day": day, "organs": list(organ_ids), "first": first, "last": last},
        )
        return {(organ, start): number for organ, start, number in cursor.fetchall()}


def planned_by_organ(
    organ_ids: Iterable[int], first: date, last: date, unit: str
) -> dict[tuple[int, date], int]:
    """Visits of adopted schedules by organ and first day of the month or week."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.organ_id, date_trunc(%(unit)s, v.week)::date, count(*) FROM mandates_visit v"
            " JOIN mandates_schedule c ON c.id = v.schedule_id"
            " WHERE c.adopted_at IS NOT NULL AND v.organ_id = ANY(%(organs)s)"
            " AND v.week BETWEEN %(first)s AND %(last)s GROUP BY 1, 2",
            {"unit": unit, "organs": list(organ_ids), "first": first, "last": last},
        )
        return {(organ, start): number for organ, start, number in cursor.fetchall()}


def draws_visible_to(actor: Actor) -> QuerySet[Draw]:
    """The draws of the actor's organ, of those below it and of those above it, the newest first."""
    line = Q(organ__path__in=paths_above(actor)) | Q(organ__path__startswith=actor.organ_path)
    return Draw.objects.filter(line).select_related("mandate", "organ", "committed_by", "drawn_by")


def entries_visible_to(actor: Actor, draw: Draw) -> QuerySet[DrawEntry]:
    """The subjects of a draw: all to the organ that drew and those above it; to those below, their own.

    Who will be inspected unannounced elsewhere is nobody's business.
    """
    entries = draw.entries.select_related("subject")
    if (draw.organ.path or "-").startswith(actor.organ_path):
        return entries
    return entries.filter(subject__responsible_organ_id__in=own_organs(actor.organ_path))


def draw_visible_to(actor: Actor, draw_id: int) -> Draw:
    """One draw of the actor's line. Raises NotFound."""
    found = draws_visible_to(actor).filter(pk=draw_id).first()
    if found is None:
        raise NotFound(_("There is no such draw."), cure=_("Choose one in the list of draws."))
    return found
