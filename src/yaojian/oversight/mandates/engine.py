"""Where every subject stands under every mandate, counted by the database in one go.

The subjects alike in all that scopes ask of (a few hundred kinds) and alike in place are matched with the
mandates in memory, by `rules.py`; the rest is joins. `judging.py` says the same for one subject, and a slow
reference in the tests says it for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from yaojian.foundation.ledger.facade import acts_between
from yaojian.oversight.mandates.engine_sql import (
    ACTS,
    ENTERED,
    FRESH,
    KINDS,
    LEARN,
    PAIRS,
    PLACES,
    STANDING_OF,
    SUBJECTS,
    TABLES,
    VERSIONS,
)
from yaojian.oversight.mandates.reading import Organs, drawn_subjects, first_day_read
from yaojian.oversight.mandates.rules import Reach, Rule, in_scope
from yaojian.oversight.plans.definitions import Period
from yaojian.registers.enterprises.facade import subjects_open_on, versions_ended_before

_SUBJECT = (
    "pk",
    "subject_type",
    "flags",
    "risk_grade",
    "in_production",
    "division_code",
    "responsible_organ_id",
    "opened_on",
)
_VERSION = ("subject_id", *_SUBJECT[1:7], "closed_on", "valid_to")


@dataclass(frozen=True, slots=True)
class Program:
    """Mandates that count the same acts in the same period are counted together."""

    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    period: Period
    minimum: int
    ended: date | None
    """The last day of mandates that are over: only what was overdue then is counted."""

    @classmethod
    def of(cls, rule: Rule, as_of: date) -> Program:
        """The program of a mandate; the number matters where the database must look for the n-th act."""
        assert rule.formula.period is not None
        by_number = rule.formula.period.unit in ("rolling_years", "window")
        minimum = rule.formula.minimum if by_number else 1
        return cls(rule.kinds, rule.levels, rule.formula.period, minimum, rule.ended_on(as_of))


def count_standings(rules: Sequence[Rule], as_of: date, subjects: QuerySet[Any] | None = None) -> str:
    """Count into a temporary table, of the columns of `Standing`, and return its name.

    It lives until the transaction ends; `subjects` narrows whom to count. Without a transaction nothing can
    be kept: raises RuntimeError.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("standings are counted in a transaction")
    program_of = {rule.key: Program.of(rule, as_of) for rule in rules}
    programs = {program: place for place, program in enumerate(dict.fromkeys(program_of.values()))}
    reaches = {reach: place for place, reach in enumerate(dict.fromkeys(_reach(rule) for rule in rules))}
    levels = {found: place for place, found in enumerate(dict.fromkeys(rule.levels for rule in rules))}
    organs = Organs()
    with connection.cursor() as cursor:
        for statement in TABLES:
            cursor.execute(statement)
        _fill(
            cursor,
            SUBJECTS,
            (subjects_open_on(as_of) if subjects is None else subjects).values_list(*_SUBJECT),
        )
        _fill(cursor, VERSIONS, versions_ended_before(as_of).values_list(*_VERSION))
        cursor.execute(KINDS)
        cursor.execute(PLACES)
        for statement in LEARN:
            cursor.execute(statement)
        place_of = {key: programs[program] for key, program in program_of.items()}
        _match_kinds(cursor, rules, place_of, reaches, levels)
        _match_places(cursor, organs, reaches)
        _note_organs(cursor, organs, levels)
        _note_drawn(cursor, rules, as_of)
        cursor.execute(PAIRS)
        cursor.execute("ANALYZE run_pair")
        cursor.execute(ENTERED)
        _fill(
            cursor,
            ACTS,
            acts_between("inspection.concluded", first_day_read(rules, as_of), as_of)
            .filter(subject_id__isnull=False)
            .order_by()
            .values_list("subject_id", "claimed_at", "facts"),
        )
        for statement in FRESH:
            cursor.execute(statement)
        for program, place in programs.items():
            cursor.execute(STANDING_OF[_way(program.period)], _constants(program, place, as_of))
        cursor.execute("ANALYZE run_standing")
    return "run_standing"


def _reach(rule: Rule) -> tuple[Reach | None, str]:
    return rule.reach, (rule.formula.within or "") if rule.reach else ""


def _way(period: Period) -> str:
    return period.unit if period.unit in ("rolling_years", "window") else "calendar"


def _fill(cursor: Any, statement: str, rows: QuerySet[Any]) -> None:
    """Run a statement over what a query finds, without taking the rows out of the database."""
    query, parameters = rows.order_by().query.sql_with_params()
    cursor.execute(statement.replace("/*rows*/", query), parameters)


def _copy(cursor: Any, table: str, rows: Iterable[Sequence[object]]) -> None:
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _match_kinds(
    cursor: Any,
    rules: Sequence[Rule],
    programs: dict[int, int],
    reaches: dict[tuple[Reach | None, str], int],
    levels: dict[tuple[str, ...], int],
) -> None:
    cursor.execute("SELECT id, subject_type, flags, risk_grade, in_production FROM run_kind")
    kinds = [
        (key, kind, frozenset(flags), grade, works) for key, kind, flags, grade, works in cursor.fetchall()
    ]
    _copy(
        cursor,
        "run_kind_rule",
        (
            (
                key,
                rule.key,
                programs[rule.key],
                reaches[_reach(rule)],
                levels[rule.levels],
                rule.formula.minimum,
                rule.valid_from,
                rule.share is not None,
            )
            for rule in rules
            for key, kind, flags, grade, works in kinds
            if rule.formula.scope is not None and in_scope(rule.formula.scope, kind, flags, grade, works)
        ),
    )


def _match_places(cursor: Any, organs: Organs, reaches: dict[tuple[Reach | None, str], int]) -> None:
    cursor.execute("SELECT id, division_code, responsible_organ_id FROM run_place")
    places = [(key, code, organs.by_key[organ]) for key, code, organ in cursor.fetchall()]
    _copy(
        cursor,
        "run_place_reach",
        (
            (key, number)
            for (reach, within), number in reaches.items()
            for key, code, organ in places
            if reach is None or reach.covers(code, organ.path, organ.tree, by_territory=within == "territory")
        ),
    )


def _note_organs(cursor: Any, organs: Organs, levels: dict[tuple[str, ...], int]) -> None:
    _copy(
        cursor,
        "run_organ",
        (
            (key, number, *organs.executing(key, asked))
            for asked, number in levels.items()
            for key in organs.by_key
        ),
    )


def _note_drawn(cursor: Any, rules: Sequence[Rule], as_of: date) -> None:
    _copy(cursor, "run_drawn", drawn_subjects(rules, as_of))


def _constants(program: Program, place: int, as_of: date) -> dict[str, Any]:
    period = program.period
    until = program.ended or as_of
    start, end = period.bounds(until)
    constants: dict[str, Any] = {
        "program": place,
        "kinds": list(program.kinds),
        "levels": list(program.levels),
        "any_kind": not program.kinds,
        "any_level": not program.levels,
        "start": start,
        "end": end,
        "days": (end - start).days + 1,
        "until": until,
        "is_over": program.ended is not None,
        "n": period.n or 0,
        "minimum": program.minimum,
    }
    if _way(period) == "calendar":
        before = period.bounds(start - timedelta(days=1))
        constants |= {
            "before": before[0],
            "before_end": before[1],
            "next_end": period.bounds(end + timedelta(days=1))[1],
        }
    return constants
