"""What is measured inside the scratch installation: all figures of every plan, cold and kept."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from django.db import connection

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers.fill import PROVINCE_ORGAN
from yaojian.foundation.accounts.facade import organ_by_code
from yaojian.foundation.timekeeping import today
from yaojian.oversight.plans.facade import figures_in_plan, forget_values, plans, value_counted, values_of

KEPT_ROUNDS, PEER_ROUNDS = 11, 5
MS_PER_S = 1000
COMPARED = "000-03"
"""Drug and device operators inspected in the calendar year; counted by hand below."""
BY_HAND = """
SELECT count(*), count(*) FILTER (WHERE a.subject_id IS NOT NULL)
FROM enterprises_subject s
JOIN accounts_organ o ON o.id = s.responsible_organ_id AND o.tree = 'government'
LEFT JOIN (
    SELECT DISTINCT subject_id FROM ledger_act
    WHERE kind = 'inspection.concluded'
      AND claimed_at >= date_trunc('year', %s::timestamp) AT TIME ZONE 'Asia/Shanghai'
      AND claimed_at < (%s::timestamp + interval '1 day') AT TIME ZONE 'Asia/Shanghai'
) a ON a.subject_id = s.id
WHERE s.subject_type IN
      ('drug_wholesaler', 'chain_headquarters', 'chain_store', 'single_pharmacy', 'device_operator')
  AND s.division_code LIKE '15%%' AND s.merged_into_id IS NULL
  AND (s.closed_on IS NULL OR s.closed_on > %s) AND s.opened_on <= date_trunc('year', %s::timestamp)
"""


def values() -> dict[str, dict[str, float]]:
    """By plan, milliseconds for all its figures of the province: cold once, kept as a median."""
    organ, day = organ_by_code(PROVINCE_ORGAN), today()
    found: dict[str, dict[str, float]] = {}
    for plan in plans():
        figures = figures_in_plan(plan)
        forget_values()
        cold = _milliseconds(lambda figures=figures: values_of(figures, organ, day))  # type: ignore[misc]
        kept = statistics.median(
            _milliseconds(lambda figures=figures: values_of(figures, organ, day))  # type: ignore[misc]
            for _round in range(KEPT_ROUNDS)
        )
        found[plan.code] = {"cold": cold, "kept": kept, "figures": len(figures)}
    return found


def by_hand() -> dict[str, float]:
    """One figure by the engine and by hand-written SQL, by turns, in ms. Fails when the two differ."""
    organ, day = organ_by_code(PROVINCE_ORGAN), today()
    ours, theirs = [], []
    for _round in range(PEER_ROUNDS):
        began = time.perf_counter()
        value = value_counted(COMPARED, organ, day)
        ours.append((time.perf_counter() - began) * MS_PER_S)
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, [day, day, day, day])
            row = cursor.fetchone()
        theirs.append((time.perf_counter() - began) * MS_PER_S)
        if row != (value.denominator, value.numerator):
            raise BenchFailed(f"{COMPARED}: {value.numerator}/{value.denominator}, by hand {row}")
    return {"engine": statistics.median(ours), "by_hand": statistics.median(theirs)}


def _milliseconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * MS_PER_S
